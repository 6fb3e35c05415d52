"""Mutants under the rule-based machines: the same few examples in every run."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test

from tee_rider.model_check.mutation.edits import in_force
from tee_rider.model_check.mutation.endless import NoEndError, at_most
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.world.network import Flight
from tests.stateful.machine import TeeRider
from tests.stateful.test_returning import Returning

MACHINES: dict[str, type[TeeRider]] = {"TEE_RIDER": TeeRider, "HARDENED": Returning}
EXAMPLES = 25
MOST_SECONDS = 60
MOST_MOVES = 20_000
"""At once; the true rules need far fewer."""


def deliver_some(machine: TeeRider, wanted: Callable[[Flight], bool]) -> None:
    """As the machine does, but what wrong rules send for ever is an end to it."""
    moves = 0
    while flight := machine.network.pick(wanted):
        moves += 1
        assert moves < MOST_MOVES, "there is always something more to deliver"
        machine.system.deliver(flight)


def the_same_draws() -> AbstractContextManager[object]:
    """Hypothesis also draws constants that it reads in the modules loaded so far: not here.

    Else the examples would change with the tests that ran before, and with any number in the code.
    """
    return patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None)


def killed_by(mutant: Mutant, machine: str, examples: int = EXAMPLES) -> bool:
    """Whether the machine finds anything wrong, be it an error or no end."""
    base = MACHINES[machine]
    parts = {"profile": mutant.rules.over(base.profile), "deliver_all": deliver_some}
    wrong: Any = type("Wrong", (base,), parts)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=40,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
    )
    try:
        with in_force(mutant.rules.edits), the_same_draws(), at_most(MOST_SECONDS, again=5):
            run_state_machine_as_test(wrong, settings=chosen)
    except (Exception, NoEndError):
        return True
    return False
