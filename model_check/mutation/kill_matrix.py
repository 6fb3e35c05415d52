"""The kill matrix: every mutant on its ground, and the true rules on every ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.console import ExitCode, Ticker
from tee_rider.model_check.mutation.grounds import Ground, Rules
from tee_rider.model_check.mutation.mutants import Mutant

TRUE_RULES = "TEE_RIDER"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one mutant, or of the true rules."""

    name: str
    rule: str
    bound: str
    violated: Mapping[str, tuple[str, ...]]
    """By which properties it was killed, and how that is seen."""
    equivalent: str | None
    fault: str | None
    """What is not as it should be."""

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "name": self.name,
            "rule": self.rule,
            "killed_by": sorted(self.violated),
            "bound": self.bound,
            "equivalent": self.equivalent,
        }


def kill(mutant: Mutant) -> Row:
    """Try a mutant on its ground."""
    until = frozenset() if mutant.spared else frozenset(mutant.killers)
    found = mutant.ground.trial(mutant.rules, until)
    fault = None
    refuted = sorted(found.violated.keys() & set(mutant.spared))
    missing = sorted(set(mutant.killers) - found.violated.keys())
    if refuted:
        fault = f"it was held to be harmless, but violates {', '.join(refuted)}"
    elif missing:
        fault = f"it survives {', '.join(missing)}"
    return Row(
        mutant.name, mutant.rule, mutant.ground.bound, found.violated, mutant.equivalent, fault
    )


def spare(ground: Ground) -> Row:
    """Try the true rules on a ground; nothing may be violated."""
    found = ground.trial(Rules(), frozenset())
    fault = f"they violate {', '.join(sorted(found.violated))}" if found.violated else None
    return Row(TRUE_RULES, "none is replaced", ground.bound, found.violated, None, fault)


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


def exit_code(rows: Sequence[Row]) -> ExitCode:
    """Whether everything is as it should be."""
    return ExitCode.VIOLATED if any(row.fault for row in rows) else ExitCode.HOLDS
