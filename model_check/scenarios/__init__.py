"""Runs that a text describes, move by move."""
