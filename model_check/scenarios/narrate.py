"""What happened, for a person: a few events at a time, a line or two for each replica."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    Crash,
    CreateVertex,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
    Restart,
    Resume,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.unique_identifier import UniqueIdentifier
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
    made = {event.vertex.round for event in events if isinstance(event, CreateVertex)}
    told = [
        told
        for event in events
        if not (isinstance(event, AdvanceRound) and event.round in made)
        and (told := _tell(event, created, inserted))
    ]
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
        case Reject(reason=reason, ui=ui) if ui:
            return f"rejects {slot_of(event)}:", reason
        case ReleaseCoin():
            return f"sees the coin of wave {event.wave}:", replica_name(event.leader)
        case CommitLeader(leader=leader, direct=direct):
            return f"commits {leader.name}", "directly" if direct else "by walking back"
        case ADeliver(vertex=name):
            return "delivers", name.name
    return _tell_recovery(event)


def _tell_recovery(event: AnyEvent) -> Told | None:
    match event:
        case Crash():
            return "crashes", ""
        case AdvanceRound(round=round_):
            return "enters round", str(round_)
        case Restart(epoch=epoch):
            return "returns in epoch", str(epoch)
        case Resume(target=target, epoch=epoch, cut=cut):
            return f"opens {replica_name(target)}'s epoch {epoch}", f"above round {cut}"
    return None


def slot_of(event: Reject) -> str:
    """The place in a stream that a rejected message used up, as in B#7."""
    ui = event.ui
    return UniqueIdentifier(event.origin, ui.epoch, ui.counter, b"").name if ui else ""
