"""Hypothesis profiles: the same examples on every run, and more and fresh ones at night."""

from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.register_profile("nightly", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("deterministic")
