"""What a replica does that others can observe: the events of a trace, and all that properties see.

``reference`` emits them, ``spec.trace`` reads and writes them, ``spec.properties`` judges them.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tee_rider.spec.identifiers import LARGEST, Epoch, Replica, Round, Wave
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Vertex, VertexId

Number = Annotated[int, Field(ge=0, lt=LARGEST)]
Text = Annotated[str, Field(max_length=65536)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that one replica did.

    Whoever records events numbers them: ``seq`` counts 1, 2, ... per replica without holes, across
    restarts; 0 means not recorded yet.
    """

    seq: Number = 0
    replica: Replica = 0


@dataclass(frozen=True, slots=True)
class CreateVertex(Event):
    """The replica made a vertex and broadcast it (``r_bcast``)."""

    vertex: Vertex
    ui: StreamPosition
    event: Literal["create_vertex"] = "create_vertex"


@dataclass(frozen=True, slots=True)
class RDeliver(Event):
    """The reliable broadcast handed a valid vertex over (``r_deliver``)."""

    vertex: Vertex
    ui: StreamPosition
    event: Literal["r_deliver"] = "r_deliver"


@dataclass(frozen=True, slots=True)
class InsertVertex(Event):
    """The vertex entered the replica's DAG: all its predecessors are there."""

    vertex: Vertex
    ui: StreamPosition
    event: Literal["insert_vertex"] = "insert_vertex"


@dataclass(frozen=True, slots=True)
class Reject(Event):
    """An input was refused; ``ui`` is the slot that it used up, None if it used none."""

    reason: Annotated[str, Field(pattern="^[a-z0-9_]{1,64}$")]
    origin: Replica
    ui: StreamPosition | None
    event: Literal["reject"] = "reject"


@dataclass(frozen=True, slots=True)
class AdvanceRound(Event):
    """The replica entered ``round``."""

    round: Round
    event: Literal["advance_round"] = "advance_round"


@dataclass(frozen=True, slots=True)
class ReleaseCoin(Event):
    """The coin of ``wave`` showed ``leader`` to the replica."""

    wave: Wave
    leader: Replica
    event: Literal["release_coin"] = "release_coin"


@dataclass(frozen=True, slots=True)
class CommitLeader(Event):
    """The replica committed the leader of ``wave``: by a quorum of its own, or by walking back."""

    wave: Wave
    leader: VertexId
    direct: bool
    event: Literal["commit_leader"] = "commit_leader"


@dataclass(frozen=True, slots=True)
class ADeliver(Event):
    """The replica delivered a vertex in total order, in the history of the leader of ``wave``."""

    vertex: VertexId
    wave: Wave
    event: Literal["a_deliver"] = "a_deliver"


@dataclass(frozen=True, slots=True)
class ClientRequest(Event):
    """A client's request reached the replica."""

    client: Number
    number: Number
    operation: Text
    event: Literal["request"] = "request"


@dataclass(frozen=True, slots=True)
class ClientReply(Event):
    """The replica answered a client's request."""

    client: Number
    number: Number
    result: Text
    event: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True)
class Crash(Event):
    """The replica lost its enclave and everything since its last backup."""

    event: Literal["crash"] = "crash"


@dataclass(frozen=True, slots=True)
class Restart(Event):
    """The replica came back from the backup that had seen events up to ``backup_seq``.

    From here on it is where it was after that event, in a new epoch. What it did since is lost to
    it alone: it has happened, and others may have seen it.
    """

    epoch: Epoch
    attestation: Text
    backup_seq: Number
    event: Literal["restart"] = "restart"


@dataclass(frozen=True, slots=True)
class Freeze(Event):
    """The replica's vertex at ``ui``, of round ``last``, says that ``target`` leaves ``epoch``."""

    target: Replica
    epoch: Epoch
    last: Number
    ui: StreamPosition
    event: Literal["freeze"] = "freeze"


@dataclass(frozen=True, slots=True)
class Resume(Event):
    """The total order lets ``target`` go on in ``epoch``, in rounds above ``cut``, for ever.

    Its epoch before fills rounds up to ``cut`` alone: the round of the leader that decided it, at
    least the largest ``last`` of the ``freezers``.
    """

    target: Replica
    epoch: Epoch
    cut: Number
    freezers: tuple[Replica, ...]
    event: Literal["resume"] = "resume"


AnyEvent: TypeAlias = (
    CreateVertex
    | RDeliver
    | InsertVertex
    | Reject
    | AdvanceRound
    | ReleaseCoin
    | CommitLeader
    | ADeliver
    | ClientRequest
    | ClientReply
    | Crash
    | Restart
    | Freeze
    | Resume
)
"""Every event of a trace; ``event`` tells them apart."""
