"""A judgement as text for a person, and as one JSON document."""

import json
import shlex
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.conformance.replay import Divergence
from tee_rider.model_check.conformance.verdict import Judgement, Row, Verdict
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Violation
from tee_rider.spec.trace import Header, event_line
from tee_rider.spec.trace_error import TraceError, shown

MOST_DIVERGENCES = 5
"""Divergences that a person is shown; one is most often the cause of the others."""


def text_of(judgement: Judgement) -> str:
    """All that ``check`` says of one file."""
    return "\n".join(_lines(judgement))


def _lines(judgement: Judgement) -> Iterator[str]:
    yield f"{judgement.file}: {judgement.verdict}{_bound(judgement)}"
    if judgement.problem is not None:
        yield f"  {problem_text(judgement)}"
    if judgement.header is not None:
        yield f"  {_about(judgement.header, judgement)}"
    if judgement.rows:
        yield from _table(judgement.rows)
    for violation in judgement.violations:
        yield from _violation(judgement, violation)
    for divergence in judgement.divergences[:MOST_DIVERGENCES]:
        yield from _divergence(judgement, divergence)
    more = judgement.divergences[MOST_DIVERGENCES:]
    if more:
        names = ", ".join(replica_name(divergence.found.replica) for divergence in more)
        yield f"  later the replay diverges at {names} too (--json lists all)"
    if judgement.verdict is not Verdict.CONFORMS:
        yield f"  to see it again: {command_of(judgement)}"


def _bound(judgement: Judgement) -> str:
    if judgement.verdict is not Verdict.CONFORMS:
        return ""
    return f", no violation within its {judgement.events} events"


def _about(header: Header, judgement: Judgement) -> str:
    """Whose trace it is; names are printed as JSON, so that they cannot steer a terminal."""
    whose, configuration = header.implementation, header.configuration
    faulty = ", ".join(map(replica_name, header.faulty)) or "none"
    return (
        f"implementation {shown(whose.name)}, version {shown(whose.version)};"
        f" n = {configuration.n}, f = {configuration.f}, faulty: {faulty};"
        f" profile {header.profile}; {judgement.events} events, tier {judgement.tier}"
    )


def _table(rows: tuple[Row, ...]) -> Iterator[str]:
    cells = [("property", "status", "judged", "")]
    cells += [(row.name, row.status, str(row.judged), row.reason) for row in rows]
    name, status, judged = (max(len(cell[i]) for cell in cells) for i in range(3))
    for cell in cells:
        line = f"  {cell[0]:{name}}  {cell[1]:{status}}  {cell[2]:>{judged}}  {cell[3]}"
        yield line.rstrip()


def _violation(judgement: Judgement, violation: Violation) -> Iterator[str]:
    yield f"  VIOLATED: {violation.property} (source: {violation.source})"
    for event in violation.witness:
        yield f"    {place(judgement, event)}: {sentence(event)}"
    for line in violation.explanation.splitlines():
        yield f"    {line}"


def _divergence(judgement: Judgement, divergence: Divergence) -> Iterator[str]:
    event = divergence.found
    yield f"  REPLAY DIVERGES: {replica_name(event.replica)}, first at {place(judgement, event)}"
    yield f"    found:         {sentence(event)}"
    yield f"    the reference: {divergence.reference}"
    if divergence.reason:
        yield f"    because:       {divergence.reason}"
    yield f"    rule:          {divergence.rule.statement} (source: {divergence.rule.source})"


def place(judgement: Judgement, event: AnyEvent) -> str:
    """file:line of an event; by its ``seq`` if the file was a pipe, which is not read twice."""
    line = judgement.lines.get((event.replica, event.seq))
    return f"{judgement.file}:{line or f' seq {event.seq}'}"


def sentence(event: AnyEvent) -> str:
    """What a replica did."""
    return f"{replica_name(event.replica)} {narrate(event)}"


def command_of(judgement: Judgement) -> str:
    """The command that judges the file again."""
    return f"tee-rider check {shlex.quote(judgement.file)}"


def problem_text(judgement: Judgement) -> str:
    """Why there is no verdict on the events."""
    problem = judgement.problem
    if problem is None or isinstance(problem, TraceError):
        return str(problem or "")
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"the check failed, which says nothing of the trace: {problem!r}{place}; please report it"
    )


def document_of(judgement: Judgement) -> dict[str, Any]:
    """The same for programs."""
    return {
        "file": judgement.file,
        "verdict": judgement.verdict,
        "exit_code": judgement.verdict.exit_code,
        "tier": judgement.tier,
        "events": judgement.events,
        "properties": [
            {
                "name": row.name,
                "source": row.source,
                "status": row.status,
                "judged": row.judged,
                "reason": row.reason or None,
            }
            for row in judgement.rows
        ],
        "violations": [
            {
                "property": violation.property,
                "source": violation.source,
                "explanation": violation.explanation.splitlines(),
                "witness": [_event_document(judgement, event) for event in violation.witness],
            }
            for violation in judgement.violations
        ],
        "divergences": [
            {
                **_event_document(judgement, divergence.found),
                "reference": divergence.reference,
                "reason": divergence.reason or None,
                "rule": divergence.rule.statement,
                "source": divergence.rule.source,
            }
            for divergence in judgement.divergences
        ],
        "problem": _problem_document(judgement),
        "command": command_of(judgement),
    }


def _event_document(judgement: Judgement, event: AnyEvent) -> dict[str, Any]:
    line = judgement.lines.get((event.replica, event.seq))
    return {"line": line, "replica": event.replica, "event": json.loads(event_line(event))}


def _problem_document(judgement: Judgement) -> dict[str, Any] | None:
    problem = judgement.problem
    if problem is None:
        return None
    if not isinstance(problem, TraceError):
        return {"error": problem_text(judgement)}
    what = problem.problem
    return {
        "line": problem.line,
        "field": what.field or None,
        "found": what.found,
        "allowed": what.allowed,
        "mend": what.mend or None,
    }
