"""What ``simulate`` says at the end of a run: findings, verdict, and how to see it again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.console import ExitCode
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Status, Violation
from tee_rider.spec.properties import Outcome
from tee_rider.spec.trace import event_line

VERDICTS = {
    ExitCode.HOLDS: "HOLDS",
    ExitCode.VIOLATED: "VIOLATED",
    ExitCode.INCONCLUSIVE: "INCONCLUSIVE",
}


@dataclass(frozen=True, slots=True)
class RunReport:
    """The end of a run."""

    outcomes: tuple[Outcome, ...]
    """One for each property."""
    failures: tuple[str, ...]
    """What went wrong beyond the properties: replicas that are stuck, expectations that fail."""
    bound: str
    """Within what nothing was found, as in "this run of 4 waves"."""
    command: str
    """Shows the run again."""
    partial: bool = False
    """Whether the run is there to show one thing, so that not all properties need be judged."""

    @property
    def exit_code(self) -> ExitCode:
        """What the command ends with."""
        statuses = {outcome.status for outcome in self.outcomes}
        if self.failures or Status.VIOLATED in statuses:
            return ExitCode.VIOLATED
        if self.partial or statuses <= {Status.HOLDS}:
            return ExitCode.HOLDS
        return ExitCode.INCONCLUSIVE

    def lines(self) -> Iterator[str]:
        """All of it, for a person."""
        yield f"{'property':22} {'status':10} judged"
        for outcome in self.outcomes:
            row = f"{outcome.property:22} {outcome.status:10} {outcome.judged:6}  {outcome.reason}"
            yield row.rstrip()
        for outcome in self.outcomes:
            if outcome.violation is not None:
                yield from _violation_lines(outcome.violation)
        yield from (f"FAILS: {failure}" for failure in self.failures)
        verdict = VERDICTS[self.exit_code]
        match self.exit_code:
            case ExitCode.HOLDS:
                met = "every expectation is met, and " if self.partial else ""
                yield f"{verdict}: {met}no violation within {self.bound}"
            case ExitCode.INCONCLUSIVE:
                yield f"{verdict}: {self.bound} gave some property nothing to judge; try more waves"
            case _:
                yield verdict
                yield f"to see it again: {self.command}"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "verdict": VERDICTS[self.exit_code],
            "exit_code": int(self.exit_code),
            "properties": [
                {
                    "name": outcome.property,
                    "source": outcome.source,
                    "status": outcome.status,
                    "judged": outcome.judged,
                    "reason": outcome.reason or None,
                }
                for outcome in self.outcomes
            ],
            "violations": [
                _violation_json(outcome.violation)
                for outcome in self.outcomes
                if outcome.violation is not None
            ],
            "failures": list(self.failures),
            "command": self.command,
        }


def _violation_json(violation: Violation) -> dict[str, Any]:
    return {
        "property": violation.property,
        "source": violation.source,
        "explanation": violation.explanation.splitlines(),
        "witness": [json.loads(event_line(event)) for event in violation.witness],
    }


def _violation_lines(violation: Violation) -> Iterator[str]:
    yield f"VIOLATED: {violation.property} (source: {violation.source})"
    for event in violation.witness:
        yield f"  {replica_name(event.replica)}, its event {event.seq}: {narrate(event)}"
    yield from (f"  {line}" for line in violation.explanation.splitlines())
