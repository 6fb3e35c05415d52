"""Every interleaving of messages within a bound."""
