"""A cell of the kill matrix: one mutant and one checker, on all of its grounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tee_rider.model_check.mutation.endless import MOST_SECONDS, NO_END, NoEndError, at_most
from tee_rider.model_check.mutation.grounds import ANYTHING, Ground, Trial
from tee_rider.model_check.mutation.kill_matrix import Row, kill, soonest, tried
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.reach import can_tell
from tee_rider.model_check.mutation.rules import Rules


class Fate(StrEnum):
    """What becomes of a mutant at a checker."""

    KILLED = "killed"
    SURVIVES = "survives"
    UNREACHED = "not reached"
    """What it replaces is never used there."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One mutant and one checker."""

    checker: str
    fate: Fate
    bound: str | None = None
    """The first ground that kills it; its own, if that is of this checker."""
    violated: tuple[str, ...] = ()
    dies_at: str | None = None
    """How soon, in the measure of the ground."""

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        killed = {"bound": self.bound, "violates": list(self.violated), "dies_at": self.dies_at}
        return {"fate": str(self.fate), **(killed if self.fate is Fate.KILLED else {})}


@dataclass(frozen=True, slots=True)
class Line:
    """One mutant and all checkers."""

    row: Row
    """What became of it on its own ground."""
    cells: tuple[Cell, ...]
    faults: tuple[str, ...]
    """What is not as it should be."""

    @property
    def killers(self) -> tuple[str, ...]:
        """The checkers that kill it."""
        return tuple(cell.checker for cell in self.cells if cell.fate is Fate.KILLED)

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        cells = {cell.checker: cell.as_json() for cell in self.cells}
        return {**self.row.as_json(), "cells": cells, "faults": list(self.faults)}


def limited(ground: Ground, rules: Rules, until: frozenset[str]) -> Trial:
    """Try rules on a ground; to go on for ever is a violation, too."""
    try:
        with at_most(MOST_SECONDS):
            return tried(ground, rules, until)
    except (NoEndError, MemoryError) as error:
        return Trial({NO_END: ("no end:", str(error) or "out of memory")})


def line(
    mutant: Mutant, grounds: Mapping[str, Sequence[Ground]], used: Mapping[Ground, frozenset[str]]
) -> Line:
    """Try a mutant at every checker; ``used`` is what each ground uses of the reference."""
    row = kill(mutant)
    cells, faults = [], [row.fault] if row.fault else []
    for checker, own in grounds.items():
        within = [g for g in own if g != mutant.ground and can_tell(g, used[g], mutant.rules)]
        cell = Cell(checker, Fate.SURVIVES if within else Fate.UNREACHED)
        if checker == row.checker:
            cell = _killed(checker, row.bound, row.violated) if row.violated else cell
        for ground in within:
            claimed = mutant.is_harmless_on(ground)
            if cell.fate is Fate.KILLED and not claimed:
                continue
            # Where it should do no harm, the whole ground is tried, and not its beginning alone.
            found = limited(ground, mutant.rules, frozenset() if claimed else ANYTHING).violated
            if claimed and (wrong := sorted(found.keys() - {*mutant.killers, *mutant.noticed})):
                what = f"violates {', '.join(wrong)} on {ground.bound}: {found[wrong[0]][-1]}"
                faults.append(f"it was held to be harmless, but {what}")
            if found and cell.fate is not Fate.KILLED:
                cell = _killed(checker, ground.bound, found)
        cells.append(cell)
    return Line(row, tuple(cells), tuple(faults))


def _killed(checker: str, bound: str, violated: Mapping[str, tuple[str, ...]]) -> Cell:
    return Cell(checker, Fate.KILLED, bound, tuple(sorted(violated)), soonest(violated))
