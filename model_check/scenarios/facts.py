"""Whether what a scenario expects is so, by the events seen so far."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.scenarios.hopeless import hopes_of
from tee_rider.model_check.scenarios.narrate import edges_of, slot_of
from tee_rider.model_check.scenarios.outlook import look_ahead
from tee_rider.model_check.scenarios.text import Statement
from tee_rider.model_check.scenarios.totality import TOTALITY, totality
from tee_rider.model_check.world.system import System
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    Reject,
    Restart,
)
from tee_rider.spec.identifiers import replica_number
from tee_rider.spec.judgement import Premises, Status
from tee_rider.spec.properties.judging import judge


def check_fact(
    fact: Statement, history: Sequence[AnyEvent], premises: Premises, system: System
) -> tuple[bool, str]:
    """Whether the fact is so, and what is so instead or in detail.

    Raises:
        UsageError: it names a property that does not exist, or needs too large a search.
    """
    fields = {name: value for name, value in fact.fields.items() if value is not None}
    match fact.kind:
        case "edges":
            return _check_edges(fields["vertex"], fields["edges"], history)
        case "judged":
            return _check_property(fields["property"], fields["status"], premises, history, system)
        case "stuck":
            return _check_stuck(fields, system)
        case "comes":
            return _check_comes(fields, system)
    who = fields["who"]
    own = [event for event in history if event.replica == replica_number(who)]
    match fact.kind:
        case "delivers":
            delivered = [event.vertex.name for event in own if isinstance(event, ADeliver)]
            rest = iter(delivered)
            in_order = all(name in rest for name in fields["vertices"].split())
            return in_order, f"{who} has delivered {_listed(delivered)}"
        case "holds":
            held = [event.vertex.name for event in own if isinstance(event, InsertVertex)]
            return set(fields["vertices"].split()) <= set(held), f"{who} holds {_listed(held)}"
        case "commits":
            commits = list(_commits(own))
            wanted = fields["vertex"], fields.get("how")
            found = any(wanted in ((name, how), (name, None)) for name, how in commits)
            told = [f"{name} {how}" for name, how in commits]
            return found, f"{who} has committed {_listed(told)}"
        case "rejects":
            rejected = list(_rejections(own))
            wanted = fields["what"], fields.get("reason")
            found = any(wanted in ((name, reason), (name, None)) for name, reason in rejected)
            told = [f"{name}: {reason}" for name, reason in rejected]
            return found, f"{who} has rejected {_listed(told)}"
        case "refuses":
            refused = [e.reason for e in own if isinstance(e, Reject) and e.ui is None]
            return fields["reason"] in refused, f"{who} has refused {_listed(refused)}"
    now = _round_of(own)
    return now == int(fields["round"]), f"{who} is in round {now}"


def _round_of(events: Sequence[AnyEvent]) -> int:
    """The round that a replica is in; a restart takes it back to its backup's."""
    rounds = [0]
    for event in events:
        if isinstance(event, AdvanceRound):
            now = event.round
        elif isinstance(event, Restart):
            now = rounds[event.backup_seq]
        else:
            now = rounds[-1]
        rounds.append(now)
    return rounds[-1]


def _check_edges(name: str, edges: str, history: Sequence[AnyEvent]) -> tuple[bool, str]:
    found = {
        edges_of(event.vertex)
        for event in history
        if isinstance(event, CreateVertex | InsertVertex) and event.vertex.name == name
    }
    if not found:
        return False, f"nobody has made or inserted {name}"
    has_all = any(set(edges.split()) <= set(actual.split()) for actual in found)
    return has_all, f"{name} has edges {' or '.join(sorted(found)) or 'to nothing'}"


def _check_property(
    name: str, status: str, premises: Premises, history: Sequence[AnyEvent], system: System
) -> tuple[bool, str]:
    if name == TOTALITY:
        missing = totality(system, history)
        told = f": {missing.explanation.splitlines()[0]}" if missing else ""
        found = Status.VIOLATED if missing else Status.HOLDS
        return (missing is None) == (status == "holds"), f"{name}: {found}{told}"
    restarts = tuple(event for event in history if isinstance(event, Restart))
    judged = judge(replace(premises, restarts=restarts), history)
    outcomes = {outcome.property: outcome for outcome in judged}
    violated = [outcome.property for outcome in outcomes.values() if outcome.violation]
    if name == "any property":
        return bool(violated) == (status != "holds"), f"violated is {_listed(violated)}"
    if name not in outcomes:
        known = ", ".join(["any property", *outcomes, TOTALITY])
        raise UsageError(f"there is no property {name!r}; there are: {known}")
    outcome = outcomes[name]
    wanted = Status.HOLDS if status == "holds" else Status.VIOLATED
    told = outcome.violation.explanation if outcome.violation else outcome.reason
    first = told.split("\n")[0]
    return outcome.status is wanted, f"{name}: {outcome.status}{f': {first}' if first else ''}"


def _check_stuck(fields: dict[str, str], system: System) -> tuple[bool, str]:
    who, round_, last_round = fields["who"], int(fields["round"]), int(fields["last_round"])
    if last_round <= round_:
        raise UsageError(f"others must be allowed to go beyond round {round_}")
    found = hopes_of(system, replica_number(who), last_round)
    tried = f"{found.states} local states, {found.messages} messages"
    detail = f"rounds up to {last_round}, {tried}: {who} comes to round {found.highest}"
    return found.highest <= round_, detail


def _check_comes(fields: dict[str, str], system: System) -> tuple[bool, str]:
    who, round_ = fields["who"], int(fields["round"])
    found = look_ahead(system, replica_number(who), round_)
    detail = f"{found.states} states, {found.ends} ends: {who} is in round {found.lowest_at_end}"
    return found.lowest_at_end >= round_, detail


def _commits(events: Sequence[AnyEvent]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, CommitLeader):
            yield event.leader.name, "directly" if event.direct else "by walking back"


def _rejections(events: Sequence[AnyEvent]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, Reject) and event.ui is not None:
            yield slot_of(event), event.reason


def _listed(things: Sequence[str]) -> str:
    return ", ".join(things) or "nothing"
