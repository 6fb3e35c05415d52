"""What the lemmas share: stating a claim, proving it, and showing that it can fail."""
