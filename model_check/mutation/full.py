"""The whole kill matrix: every mutant at every checker, by any number of processes."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.mutation.cells import Line, line
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT
from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.homes import EVERY_GROUND
from tee_rider.model_check.mutation.kill_matrix import Row, spare
from tee_rider.model_check.mutation.machine_kills import NAME, machine_cell
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.reach import overheard

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who kills whom."""

    checkers: tuple[str, ...]
    lines: tuple[Line, ...]
    """In the order of the mutants."""
    baseline: tuple[Row, ...]
    """The true rules on every ground."""

    @property
    def faults(self) -> tuple[str, ...]:
        """All that is not as it should be."""
        of_mutants = (f"{line.row.name}: {fault}" for line in self.lines for fault in line.faults)
        of_truth = (f"{row.name}: {row.fault}" for row in self.baseline if row.fault)
        return (*of_mutants, *of_truth)

    def alone(self, checker: str) -> tuple[str, ...]:
        """The mutants that one checker alone kills, harmless ones left out."""
        lines = (line for line in self.lines if line.row.equivalent is None)
        return tuple(line.row.name for line in lines if line.killers == (checker,))


def full_matrix(
    mutants: Sequence[Mutant] = EVERY_MUTANT,
    grounds: Sequence[Ground] = EVERY_GROUND,
    workers: int = 1,
    tick: Ticker | None = None,
) -> Matrix:
    """Every mutant at every checker; the same for any number of workers.

    Workers are told the places of mutants and grounds in the project's tables: not all of what
    these are made of can be sent.
    """
    chosen = tuple(map(EVERY_GROUND.index, grounds))
    baseline: list[Row] = []
    used: dict[int, frozenset[str]] = {}
    lines: list[Line] = []
    with _workers(workers) as work:
        for place, (row, names) in zip(chosen, work(_true_rules, chosen), strict=True):
            baseline.append(row)
            used[place] = names
            if tick:
                tick(f"true rules on {len(baseline)} of {len(chosen)} grounds")
        for found in work(partial(_line, used), map(EVERY_MUTANT.index, mutants)):
            lines.append(found)
            if tick:
                tick(f"{len(lines)} of {len(mutants)} mutants, the last one {found.row.name}")
    checkers = (*by_checker(grounds), NAME)
    return Matrix(checkers, tuple(lines), tuple(baseline))


def by_checker(grounds: Iterable[Ground]) -> Mapping[str, Sequence[Ground]]:
    """The grounds of each checker, in order."""
    found: dict[str, list[Ground]] = {}
    for ground in grounds:
        found.setdefault(ground.checker, []).append(ground)
    return found


def _true_rules(place: int) -> tuple[Row, frozenset[str]]:
    with overheard() as used:
        row = spare(EVERY_GROUND[place])
    return row, used()


def _line(used: Mapping[int, frozenset[str]], place: int) -> Line:
    grounds = {EVERY_GROUND[i]: names for i, names in used.items()}
    found = line(EVERY_MUTANT[place], by_checker(grounds), grounds)
    return replace(found, cells=(*found.cells, machine_cell(EVERY_MUTANT[place])))


class _Work(Protocol):
    """Does one thing to each of many, and gives the results in order."""

    def __call__(self, do: Callable[[Given], Made], each: Iterable[Given]) -> Iterator[Made]:
        """Begin."""


@contextmanager
def _workers(count: int) -> Iterator[_Work]:
    """So many processes, or this one."""
    if count == 1:
        yield _in_turn
        return
    # Not by fork: a copy would hold locks of our threads.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:

        def spread(do: Callable[[Given], Made], each: Iterable[Given]) -> Iterator[Made]:
            return pool.map(do, each)

        yield spread


def _in_turn(do: Callable[[Given], Made], each: Iterable[Given]) -> Iterator[Made]:
    return map(do, each)
