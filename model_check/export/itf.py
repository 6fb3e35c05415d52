"""A path as an ITF trace: JSON that Apalache, Quint and their viewers read.

Source: Apalache, ADR 15 "Informal Trace Format in JSON"; the variables are ours.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tee_rider.model_check.exploration.deeds import Deed, Kind, happenings
from tee_rider.model_check.exploration.shrink import Telling
from tee_rider.model_check.scenarios.narrate import edges_of
from tee_rider.spec.events import ADeliver, CommitLeader, Event, InsertVertex
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex

Expression: TypeAlias = "str | int | bool | list[Expression] | dict[str, Expression]"

FORMAT = "https://apalache-mc.org/docs/adr/015adr-trace.html"
VERTEX = "{ name: Str, digest: Str, strong: Set(Str), weak: Set(Str) }"
TYPES: Mapping[str, str] = {
    "action": "{ kind: Str, replica: Str, message: Str }",
    "round": "Str -> Int",
    "dag": f"Str -> Set({VERTEX})",
    "committed": "Str -> Seq(Str)",
    "delivered": "Str -> Seq(Str)",
    "leaders": "Str -> Seq(Str)",
    "signed": "Str -> Seq(Str)",
}
"""All variables: maps from correct replicas, but for ``signed``, which is about faulty ones."""


def itf_text(telling: Telling, command: str) -> str:
    """The path as a file, a state a line; ``command`` is the line that tells it again."""
    model, path = telling.model, telling.path
    correct, faulty = model.scope.correct, model.scope.faulty_replicas
    done: dict[int, list[Event]] = {i: [] for i in correct}
    signed: dict[int, list[str]] = {i: [] for i in faulty}
    first: Expression = {"kind": "start", "replica": "", "message": ""}
    states = [_state(0, first, [0] * len(correct), done, signed, dict.fromkeys(correct, ()))]
    for number, (deed, events) in enumerate(happenings(model, path), start=1):
        if deed.replica in done:
            done[deed.replica] += events
        if deed.kind is Kind.SIGN:
            signed[deed.replica].append(deed.message)
        local = [model.locals.all[path.states[number][i]] for i in correct]
        rounds = [one.state.round for one in local]
        leaders = dict(enumerate(one.leaders for one in local))
        states.append(_state(number, _action(deed), rounds, done, signed, leaders))
    violated = telling.violation.property if telling.violation else None
    return document_text(states, TYPES, violated, command)


def document_text(
    states: Iterable[Expression], types: Mapping[str, str], violated: str | None, command: str
) -> str:
    """A document with these variables and states."""
    document: dict[str, Expression] = {
        "#meta": {
            "format": "ITF",
            "format-description": FORMAT,
            "description": f"violated in the last state: {violated or 'nothing'}",
            "source": command,
            "varTypes": {**types},
        },
        "params": [],
        "vars": [*types],
    }
    head = json.dumps(document, indent=1).removesuffix("\n}")
    lines = ",\n".join(f"  {json.dumps(state)}" for state in states)
    return f'{head},\n "states": [\n{lines}\n ]\n}}\n'


def _state(
    number: int,
    action: Expression,
    rounds: list[int],
    done: Mapping[int, list[Event]],
    signed: Mapping[int, list[str]],
    leaders: Mapping[int, tuple[int, ...]],
) -> Expression:
    committed = {
        i: [event.leader.name for event in events if isinstance(event, CommitLeader)]
        for i, events in done.items()
    }
    delivered = {
        i: [event.vertex.name for event in events if isinstance(event, ADeliver)]
        for i, events in done.items()
    }
    held = {
        i: [event.vertex for event in events if isinstance(event, InsertVertex)]
        for i, events in done.items()
    }
    shown = {i: [replica_name(leader) for leader in known] for i, known in leaders.items()}
    return {
        "#meta": {"index": number},
        "action": action,
        "round": _map({i: {"#bigint": str(round_)} for i, round_ in enumerate(rounds)}),
        "dag": _map({i: _set(map(_vertex, vertices)) for i, vertices in held.items()}),
        "committed": _lists(committed),
        "delivered": _lists(delivered),
        "leaders": _lists(shown),
        "signed": _lists(signed),
    }


def _action(deed: Deed) -> Expression:
    return {"kind": deed.kind, "replica": replica_name(deed.replica), "message": deed.message}


def _vertex(vertex: Vertex) -> Expression:
    edges = edges_of(vertex).split()
    return {
        "name": vertex.name,
        "digest": vertex.digest or "",
        "strong": _set(edge for edge in edges if not edge.startswith("~")),
        "weak": _set(edge.removeprefix("~") for edge in edges if edge.startswith("~")),
    }


def _lists(values: Mapping[int, list[str]]) -> Expression:
    return _map({i: list[Expression](value) for i, value in values.items()})


def _map(values: Mapping[int, Expression]) -> Expression:
    return {"#map": [[replica_name(i), value] for i, value in sorted(values.items())]}


def _set(values: Iterable[Expression]) -> Expression:
    return {"#set": list(values)}
