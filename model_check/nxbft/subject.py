"""NxBFT as the simulated world plays it."""

from tee_rider.model_check.nxbft.replica import initial_state, may_advance, restart, step
from tee_rider.model_check.world.subject import Subject

SUBJECT = Subject("nxbft", initial_state, step, restart, may_advance)
"""The second protocol under test."""
