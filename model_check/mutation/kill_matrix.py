"""The kill matrix: mutants on their grounds, or on every ground there is; and the true rules."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from shlex import quote
from types import CodeType, FrameType, FunctionType
from typing import Any

from tee_rider.model_check.console import ExitCode, Ticker
from tee_rider.model_check.mutation.edits import EditError, function_of, in_force
from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.reference.profiles import HARDENED, TEE_RIDER

TRUE_RULES = "TEE_RIDER"
NO_CRASH = "no error"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one mutant, or of the true rules."""

    name: str
    rule: str
    bound: str
    violated: Mapping[str, tuple[str, ...]]
    """By which properties it was killed, and how that is seen: how soon in the first line."""
    equivalent: str | None
    fault: str | None
    """What is not as it should be."""
    checker: str = ""
    by_checker: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """If all were asked: for each that kills it, by which properties."""

    @property
    def dies_at(self) -> str | None:
        """How soon it died: by the property that came first, in its own measure."""
        soonest = [lines[0].rstrip(":") for lines in self.violated.values() if lines]
        return min(soonest, key=lambda text: (len(text), text), default=None)

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "name": self.name,
            "rule": self.rule,
            "killed_by": sorted(self.violated),
            "bound": self.bound,
            "equivalent": self.equivalent,
            "checker": self.checker,
            "by_checker": {name: list(killers) for name, killers in self.by_checker.items()},
            "dies_at": self.dies_at,
            "replay": f"tee-rider mutants --only {quote(self.name)}" if self.violated else None,
        }


def tried(ground: Ground, rules: Rules, until: frozenset[str]) -> Trial:
    """Try rules on a ground; wrong rules that raise an error are found out, too.

    Raises:
        EditError: the reference has changed where a mutant replaces its words.
    """
    with in_force(rules.edits):
        try:
            return ground.trial(rules, until)
        except EditError:
            raise
        except Exception as error:
            return Trial({NO_CRASH: ("at once:", f"{type(error).__name__}: {error}")})


def kill(mutant: Mutant) -> Row:
    """Try a mutant on its ground."""
    until = frozenset() if mutant.spared else frozenset(mutant.killers)
    found = tried(mutant.ground, mutant.rules, until)
    fault = None
    refuted = sorted(found.violated.keys() & set(mutant.spared))
    missing = sorted(set(mutant.killers) - found.violated.keys())
    if refuted:
        fault = f"it was held to be harmless, but violates {', '.join(refuted)}"
    elif missing:
        fault = f"it survives {', '.join(missing)}"
    return Row(
        mutant.name,
        mutant.rule,
        mutant.ground.bound,
        found.violated,
        mutant.equivalent,
        fault,
        mutant.ground.checker,
    )


def spare(ground: Ground) -> Row:
    """Try the true rules on a ground; nothing may be violated."""
    found = tried(ground, Rules(), frozenset())
    fault = f"they violate {', '.join(sorted(found.violated))}" if found.violated else None
    return Row(
        TRUE_RULES,
        "none is replaced",
        ground.bound,
        found.violated,
        None,
        fault,
        ground.checker,
    )


def kill_matrix(
    mutants: Sequence[Mutant], tick: Ticker | None = None
) -> tuple[list[Row], list[Row]]:
    """A row for each mutant, and a row for the true rules on each ground that is used."""
    rows: list[Row] = []
    for mutant in mutants:
        if tick:
            tick(f"{len(rows)} of {len(mutants)}, now {mutant.name}")
        rows.append(kill(mutant))
    grounds = dict.fromkeys(mutant.ground for mutant in mutants)
    return rows, [spare(ground) for ground in grounds]


def cross(
    mutants: Sequence[Mutant], grounds: Sequence[Ground], tick: Ticker | None = None
) -> tuple[list[Row], list[Row]]:
    """Every mutant on every ground, and the true rules.

    A ground whose true run never comes to what a mutant replaces cannot tell it from the true
    rules, since it is deterministic: there the mutant is not tried.
    """
    reached: list[frozenset[CodeType]] = []
    baseline: list[Row] = []
    for ground in grounds:
        if tick:
            tick(f"true rules: {ground.bound}")
        with _overhearing() as codes:
            baseline.append(spare(ground))
        reached.append(frozenset(codes))
    rows: list[Row] = []
    for mutant in mutants:
        row = kill(mutant)
        by_checker = {row.checker: sorted(row.violated)} if row.violated else {}
        violated = dict(row.violated)
        for ground, codes_of in zip(grounds, reached, strict=True):
            if tick:
                tick(f"{len(rows)} of {len(mutants)}, {mutant.name}: {ground.bound}")
            if ground == mutant.ground or not _can_tell(mutant.rules, codes_of):
                continue
            found = tried(ground, mutant.rules, frozenset()).violated
            if found:
                known = by_checker.get(ground.checker, [])
                by_checker[ground.checker] = sorted({*known, *found})
                violated = {**found, **violated}
        rows.append(_with(row, violated, by_checker))
    return rows, baseline


def _with(
    row: Row, violated: Mapping[str, tuple[str, ...]], by_checker: Mapping[str, Sequence[str]]
) -> Row:
    return Row(
        row.name,
        row.rule,
        row.bound,
        violated,
        row.equivalent,
        row.fault,
        row.checker,
        by_checker,
    )


@contextmanager
def _overhearing() -> Iterator[set[CodeType]]:
    """Which functions of whatever module are called meanwhile."""
    codes: set[CodeType] = set()

    def overhear(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(overhear)
    try:
        yield codes
    finally:
        sys.setprofile(before)


def _can_tell(rules: Rules, codes: frozenset[CodeType]) -> bool:
    """Whether anything that is replaced is ever used, as far as that can be known."""
    true = Rules()
    if any(
        getattr(rules, part.name) != getattr(true, part.name)
        for part in fields(Rules)
        if part.name not in ("wrong", "edits")
    ):
        return True
    used = [function_of(edit.function).__code__ in codes for edit in rules.edits]
    for name in rules.wrong:
        for profile in (TEE_RIDER, HARDENED):
            rule = getattr(profile, name)
            used.append(not isinstance(rule, FunctionType) or rule.__code__ in codes)
    return any(used)


def exit_code(rows: Sequence[Row]) -> ExitCode:
    """Whether everything is as it should be."""
    return ExitCode.VIOLATED if any(row.fault for row in rows) else ExitCode.HOLDS
