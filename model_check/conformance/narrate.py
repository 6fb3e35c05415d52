"""What an event says, for a person."""

from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    ClientReply,
    ClientRequest,
    CommitLeader,
    Crash,
    CreateVertex,
    Freeze,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
    Restart,
    Resume,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex, VertexId

SHOWN_DIGITS = 8
"""Characters of a digest that a person compares."""


def narrate(event: AnyEvent) -> str:
    """One clause whose subject is the replica, as in ``inserts A4``."""
    match event:
        case CreateVertex(vertex=vertex):
            return f"creates {with_edges(vertex)}"
        case RDeliver(vertex=vertex):
            return f"r_delivers {with_digest(vertex.id)} at counter {event.ui.counter}"
        case InsertVertex(vertex=vertex):
            return f"inserts {with_digest(vertex.id)} into its DAG"
        case Reject():
            return f"refuses an input of {replica_name(event.origin)}: {event.reason}"
        case AdvanceRound():
            return f"goes to round {event.round}"
        case ReleaseCoin():
            return f"is shown {replica_name(event.leader)} by the coin of wave {event.wave}"
        case CommitLeader(leader=leader):
            how = "by a quorum of supporters" if event.direct else "by walking back"
            return f"commits {with_digest(leader)}, leader of wave {event.wave}, {how}"
        case ADeliver(vertex=vertex):
            return f"a_delivers {with_digest(vertex)} with the leader of wave {event.wave}"
        case _:
            return _narrate_life(event)


def _asked(event: ClientRequest | ClientReply) -> str:
    return f"request {event.number} of client {event.client}"


def _narrate_life(event: AnyEvent) -> str:
    """What happens around the protocol: to clients, and in crashes and returns."""
    match event:
        case ClientRequest():
            return f"hears {_asked(event)}"
        case ClientReply():
            return f"answers {_asked(event)}"
        case Crash():
            return "crashes"
        case Restart():
            return f"returns in epoch {event.epoch}, as it was after its event {event.backup_seq}"
        case Freeze():
            return f"freezes epoch {event.epoch} of {replica_name(event.target)}"
        case Resume():
            freezers = ", ".join(map(replica_name, event.freezers)) or "nobody"
            opened = f"opens epoch {event.epoch} of {replica_name(event.target)}"
            return f"{opened} above round {event.cut}, frozen by {freezers}"
        case _:
            return f"has the event {event.event}"


def with_digest(name: VertexId) -> str:
    """A4 with the beginning of its digest, as in A4 [9f01c3aa]."""
    return f"{name.name} [{'no digest' if name.digest is None else name.digest[:SHOWN_DIGITS]}]"


def with_edges(vertex: Vertex) -> str:
    """A vertex without its digest, with all that its edges name."""
    strong = [with_digest(name) for name in vertex.predecessors[: len(vertex.strong_edges)]]
    weak = ["~" + with_digest(VertexId(*edge)) for edge in vertex.weak_edges]
    return f"{vertex.name} with edges to {', '.join(strong + weak) or 'nothing'}"
