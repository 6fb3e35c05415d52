"""The questions put to TLC, to Spin and to us, and who answers each of them how."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tee_rider.model_check.bench.cost import PROGRAM, cost_of
from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.peers.tools import (
    HOLDS,
    VIOLATED,
    Outcome,
    missing_spin,
    missing_tlc,
    run_spin,
    run_tlc,
)

Run: TypeAlias = Callable[[Path], Outcome]
ANSWERS: dict[int, str] = {
    ExitCode.HOLDS: HOLDS,
    ExitCode.VIOLATED: VIOLATED,
    ExitCode.INCONCLUSIVE: "nothing to judge",
}
TLC, TLC_BARE, SPIN, SPIN_BARE = "TLC", "TLC, states only", "Spin", "Spin, states only"
BY_SHAPE, EVERY_DAG = "ours, by shape", "ours, every DAG"
BY_MESSAGE, BY_END = "ours, by message", "ours, by message, one way to each end"
OURS = (BY_SHAPE, EVERY_DAG, BY_MESSAGE, BY_END)
THREE, FOUR, FIVE = "3 rounds", "4 rounds", "5 rounds"
MUTANT = "5 rounds, quorum 1"
TWO_WAVES = "2 waves, 1 faulty"
ANY_WAVES = "any number of waves, 1 faulty"
TOO_SLOW = "129,181,384 states: more than an hour"
SLOW = "129,181,384 states: minutes and 7 GB, only with --slow"
HOPELESS = "about 2,500,000,000,000 states, even without a fault"


@dataclass(frozen=True, slots=True)
class Row:
    """One question to one of us."""

    question: str
    who: str
    run: Run | None
    """None: it is not asked."""
    absent: str | None = None
    """The tool is not here: how to get it."""
    left_out: str | None = None
    """Why it is not asked."""


def questions(slow: bool) -> Iterator[Row]:
    """In the order in which they are put."""
    tlc, spin = missing_tlc(), missing_spin()
    yield Row(THREE, TLC, partial(run_tlc, "TeeRider_R3"), tlc)
    yield Row(THREE, SPIN_BARE, partial(run_spin, 3), spin)
    yield Row(THREE, BY_MESSAGE, _ours("explore --n 3 --rounds 3 --every-state"))
    yield Row(FOUR, TLC, partial(run_tlc, "TeeRider_R4"), tlc)
    yield Row(FOUR, TLC_BARE, partial(run_tlc, "TeeRider_R4_bare"), tlc)
    yield Row(FOUR, SPIN_BARE, partial(run_spin, 4), spin)
    yield Row(FOUR, BY_SHAPE, _ours("fine --n 3 --faulty 0 --waves 1"))
    yield Row(FOUR, EVERY_DAG, partial(_every_dag, ""))
    yield Row(FOUR, BY_MESSAGE, _ours("explore --n 3 --rounds 4 --every-state"))
    yield Row(FOUR, BY_END, _ours("explore --n 3 --rounds 4"))
    yield Row(FIVE, TLC, None, tlc, TOO_SLOW)
    yield Row(FIVE, SPIN, partial(run_spin, 5), spin, None if slow else SLOW)
    yield Row(MUTANT, TLC, partial(run_tlc, "TeeRider_R5_q1"), tlc)
    yield Row(MUTANT, SPIN, partial(run_spin, 5, quorum=1), spin)
    yield Row(MUTANT, EVERY_DAG, partial(_every_dag, "--quorum 1"))
    yield Row(TWO_WAVES, TLC, None, tlc, HOPELESS)
    yield Row(TWO_WAVES, SPIN, None, spin, HOPELESS)
    yield Row(TWO_WAVES, BY_SHAPE, _ours("fine --n 3 --faulty 1 --waves 2"))
    yield Row(ANY_WAVES, BY_SHAPE, _ours("frontier --n 3"))


def _ours(arguments: str) -> Run:
    return partial(_run_ours, (*PROGRAM, *arguments.split()), f"tee-rider {arguments}")


def _every_dag(arguments: str, folder: Path) -> Outcome:
    module = "tee_rider.model_check.peers.every_dag"
    command = (sys.executable, "-m", module, *arguments.split())
    return _run_ours(command, f"python -m {module} {arguments}".strip(), folder)


def _run_ours(command: tuple[str, ...], shown: str, _: Path) -> Outcome:
    cost = cost_of([*command, "--json"], tuple(ANSWERS))
    return Outcome(shown, int(cost.document["states"]), ANSWERS[cost.exit_code], cost)
