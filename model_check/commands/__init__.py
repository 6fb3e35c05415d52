"""The verbs of the command line, one a file; ``cli`` puts them together."""
