"""The game against the coin: how often the scheduler can keep a wave from committing directly."""
