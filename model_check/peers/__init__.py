"""General model checkers on the same system, side by side with ours: ``make bench-peers``."""
