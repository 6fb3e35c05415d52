"""Whether what a scenario expects is so, by the events seen so far."""

from collections.abc import Iterator, Sequence

from tee_rider.model_check.scenarios.narrate import edges_of
from tee_rider.model_check.scenarios.text import Statement
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    Reject,
)
from tee_rider.spec.identifiers import replica_name, replica_number


def check_fact(fact: Statement, history: Sequence[AnyEvent]) -> tuple[bool, str]:
    """Whether the fact is so, and what is so instead or in detail."""
    fields = {name: value for name, value in fact.fields.items() if value is not None}
    if fact.kind == "edges":
        return _check_edges(fields["vertex"], fields["edges"], history)
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
    rounds = [event.round for event in own if isinstance(event, AdvanceRound)]
    now = rounds[-1] if rounds else 0
    return now == int(fields["round"]), f"{who} is in round {now}"


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


def _commits(events: Sequence[AnyEvent]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, CommitLeader):
            yield event.leader.name, "directly" if event.direct else "by walking back"


def _rejections(events: Sequence[AnyEvent]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, Reject) and event.ui is not None:
            yield f"{replica_name(event.origin)}#{event.ui.counter}", event.reason


def _listed(things: Sequence[str]) -> str:
    return ", ".join(things) or "nothing"
