"""Larger searches: one exploration over several processes or machines, and over interruptions."""
