"""How fast the tools are, as ratios to a loop measured beside them: ``make bench``."""
