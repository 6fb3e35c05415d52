"""What ``check`` says of a trace: one verdict, and one row for each thing that was judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tee_rider.model_check.conformance.replay import Divergence
from tee_rider.model_check.console import ExitCode
from tee_rider.spec.judgement import Status, Violation
from tee_rider.spec.trace import Header


class Verdict(StrEnum):
    """Source: DESIGN, "Conformance"."""

    CONFORMS = "CONFORMS"
    """No violation within the events of the trace, and everything that it carries was judged."""
    VIOLATES = "VIOLATES"
    INCONCLUSIVE = "INCONCLUSIVE"
    """No violation, but something that the trace should show it does not show."""
    MALFORMED = "MALFORMED"
    """It is no trace."""
    HARNESS_ERROR = "HARNESS_ERROR"
    """The check itself failed; nothing is said of the trace."""

    @property
    def exit_code(self) -> ExitCode:
        """What the command ends with."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.CONFORMS: ExitCode.HOLDS,
    Verdict.VIOLATES: ExitCode.VIOLATED,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Verdict.MALFORMED: ExitCode.USAGE,
    Verdict.HARNESS_ERROR: ExitCode.HARNESS_ERROR,
}
_WORST_FIRST = (
    Verdict.HARNESS_ERROR,
    Verdict.VIOLATES,
    Verdict.MALFORMED,
    Verdict.INCONCLUSIVE,
    Verdict.CONFORMS,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several traces together."""
    return min(verdicts, key=_WORST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one property, or of the replay."""

    name: str
    source: str
    status: Status
    judged: int
    """How often it had something to judge."""
    reason: str = ""
    """Why it was not judged."""
    carried: bool = True
    """Whether a trace of this tier and profile has all that it needs."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that is known of one trace after the check."""

    file: str
    verdict: Verdict
    header: Header | None = None
    tier: int = 0
    """1: deliveries only; 2: also the DAG, the coin and commits; 0: no events."""
    events: int = 0
    rows: tuple[Row, ...] = ()
    violations: tuple[Violation, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    """At most one for each replica, the first in the file first."""
    lines: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Line of each event in a witness or divergence, by (replica, seq)."""
    problem: Exception | None = None
    """Why it is malformed (a TraceError), or what failed in the check."""


def verdict_of(rows: Iterable[Row]) -> Verdict:
    """Conforms: all that the trace carries was judged, and holds.

    Source: DESIGN, "Conformance".
    """
    rows = tuple(rows)
    if any(row.status is Status.VIOLATED for row in rows):
        return Verdict.VIOLATES
    carried = [row.status for row in rows if row.carried]
    if carried and all(status is Status.HOLDS for status in carried):
        return Verdict.CONFORMS
    return Verdict.INCONCLUSIVE
