"""What the maps read off a state of the reference: nothing else of the bridges touches its fields.

Whoever changes the reference's states changes this file, and the bridges follow.
"""

from collections.abc import Iterator

from tee_rider.reference.reliable_broadcast import Stream
from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex, VertexId

Source = tuple[int, int]
"""A stream: whose, and of which epoch."""


def name_of(source: Source) -> str:
    """C, or C.2 for the stream of its second epoch."""
    replica, epoch = source
    return replica_name(replica) + ("" if epoch == 1 else f".{epoch}")


def streams(state: ReplicaState) -> dict[Source, Stream]:
    """What a replica knows of each stream that it reads."""
    origins = enumerate(state.broadcast.streams)
    return {(i, stream.epoch): stream for i, streams in origins for stream in streams}


def slots_used(state: ReplicaState) -> dict[Source, int]:
    """How many slots of each stream are used up, whatever was in them."""
    return {source: stream.accepted for source, stream in streams(state).items()}


def last_rounds(state: ReplicaState) -> dict[Source, int]:
    """The round of the last vertex taken from each stream, 0 for none."""
    return {source: stream.last_round for source, stream in streams(state).items()}


def taken(state: ReplicaState) -> Iterator[tuple[Source, Vertex]]:
    """All vertices taken from streams: they wait for echoes or predecessors, or are in the DAG."""
    read = streams(state)
    for source, stream in read.items():
        yield from ((source, vertex) for _, vertex in stream.undelivered)
    of = {replica: (replica, epoch) for replica, epoch in read}
    yield from ((of[vertex.source], vertex) for vertex, _ in state.waiting)
    yield from ((of[vertex.source], vertex) for vertex in inserted(state))


def inserted(state: ReplicaState) -> Iterator[Vertex]:
    """The vertices of a replica's DAG."""
    return (held.vertex for row in state.dag.rows for held in row if held is not None)


def same_dag(before: ReplicaState, after: ReplicaState) -> bool:
    """Whether nothing was inserted in between."""
    return before.dag is after.dag


def decided(state: ReplicaState) -> int:
    """The last wave whose leader is committed, 0 for none."""
    return state.ordering.decided


def leaders(state: ReplicaState) -> tuple[int, ...]:
    """Whom the coin showed, from wave 1 on."""
    return state.ordering.leaders


def openings(state: ReplicaState) -> dict[Source, VertexId | None]:
    """The epochs that were opened, those open by now and before, each with its opening leader."""
    of_replicas = enumerate(state.recovery.openings)
    return {(i, each.epoch): each.leader for i, opened in of_replicas for each in opened}


def freezes_counted(state: ReplicaState) -> list[tuple[int, Source]]:
    """Who froze which epoch, of the delivered freezes that count, in the total order."""
    counted = state.recovery.counted
    return [(source, (freeze.target, freeze.epoch)) for source, freeze in counted]
