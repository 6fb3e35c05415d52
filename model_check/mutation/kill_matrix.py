"""Each mutant on its own ground, and the true rules there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

from tee_rider.model_check.console import ExitCode, Ticker
from tee_rider.model_check.mutation.edits import EditError, in_force
from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.rules import Rules

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

    @property
    def dies_at(self) -> str | None:
        """How soon it died: by the property that came first, in its own measure."""
        return soonest(self.violated)

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "name": self.name,
            "rule": self.rule,
            "killed_by": sorted(self.violated),
            "bound": self.bound,
            "equivalent": self.equivalent,
            "checker": self.checker,
            "dies_at": self.dies_at,
            "replay": f"tee-rider mutants --only {quote(self.name)}" if self.violated else None,
        }


def soonest(violated: Mapping[str, tuple[str, ...]]) -> str | None:
    """The least that any of them says of how soon it was seen."""
    times = [lines[0].rstrip(":") for lines in violated.values() if lines]
    return min(times, key=lambda text: (len(text), text), default=None)


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


def exit_code(rows: Sequence[Row]) -> ExitCode:
    """Whether everything is as it should be."""
    return ExitCode.VIOLATED if any(row.fault for row in rows) else ExitCode.HOLDS
