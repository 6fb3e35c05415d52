"""What happened, for a person: a few events at a time, a line or two for each replica."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    Crash,
    CreateVertex,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex, VertexId

Told = tuple[str, str]
"""A verb phrase, and its object: events with the same phrase are told together."""


def narrate(events: Iterable[AnyEvent]) -> list[str]:
    """Replica by replica; what follows from something told already is left out."""
    by_replica: dict[int, list[AnyEvent]] = {}
    for event in events:
        by_replica.setdefault(event.replica, []).append(event)
    return [line for i in sorted(by_replica) for line in _narrate_replica(i, by_replica[i])]


def edges_of(vertex: Vertex) -> str:
    """The vertices that it has edges to, as in "A1 B1 ~C1"; empty in round 1."""
    strong = [VertexId(vertex.round - 1, *edge).name for edge in vertex.strong_edges]
    return " ".join([*strong, *(f"~{VertexId(*edge).name}" for edge in vertex.weak_edges)])


def _narrate_replica(replica: int, events: Sequence[AnyEvent]) -> list[str]:
    created = {event.vertex.id for event in events if isinstance(event, CreateVertex)}
    inserted = {event.vertex.id for event in events if isinstance(event, InsertVertex)}
    told = [told for event in events if (told := _tell(event, created, inserted))]
    return [
        f"{replica_name(replica)} {' '.join([phrase, *(thing for _, thing in things)])}".rstrip()
        for phrase, things in groupby(told, key=lambda pair: pair[0])
    ]


def _tell(event: AnyEvent, created: set[VertexId], inserted: set[VertexId]) -> Told | None:
    match event:
        case CreateVertex(vertex=vertex):
            edges = edges_of(vertex)
            return f"enters round {vertex.round} and creates {vertex.name}", (
                f"on {edges}" if edges else ""
            )
        case InsertVertex(vertex=vertex) if vertex.id not in created:
            return "inserts", vertex.name
        case RDeliver(vertex=vertex) if vertex.id not in inserted:
            return "keeps waiting", vertex.name
        case Reject(reason=reason, ui=None, origin=origin):
            whose = "" if origin == event.replica else f" a message of {replica_name(origin)}:"
            return f"refuses{whose}", reason
        case Reject(reason=reason, ui=ui, origin=origin) if ui:
            return f"rejects {replica_name(origin)}#{ui.counter}:", reason
        case ReleaseCoin():
            return f"sees the coin of wave {event.wave}:", replica_name(event.leader)
        case CommitLeader(leader=leader, direct=direct):
            return f"commits {leader.name}", "directly" if direct else "by walking back"
        case ADeliver(vertex=name):
            return "delivers", name.name
        case Crash():
            return "crashes", ""
    return None
