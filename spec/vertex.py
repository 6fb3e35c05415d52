"""A vertex of the DAG: one replica's statement for one round, with edges to what it builds on."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field

from tee_rider.spec.encoding import Encodable, digest_of
from tee_rider.spec.identifiers import LARGEST, Epoch, Replica, Round, replica_name

Digest = Annotated[str, Field(pattern="^[0-9a-f]{1,128}$")] | None
"""Lower-case hex; None where an implementation has none."""


class StrongEdge(NamedTuple):
    """An edge to a vertex of the previous round, which it names with its digest."""

    source: Replica
    digest: Digest


class WeakEdge(NamedTuple):
    """An edge to a vertex of an earlier round that no other path reaches."""

    round: Round
    source: Replica
    digest: Digest


class Request(NamedTuple):
    """What a client asks for; a trace may leave the operation out."""

    client: Annotated[int, Field(ge=0, lt=LARGEST)]
    number: Annotated[int, Field(ge=0, lt=LARGEST)]
    operation: Annotated[str, Field(max_length=65536)] = ""


class FreezeStatement(NamedTuple):
    """FREEZE: the vertex's source has seen that target asks to replace its epoch by a later one."""

    target: Replica
    epoch: Epoch
    successor: Epoch
    certificate: Annotated[str, Field(pattern="^([0-9a-f]{2}){0,512}$")]
    """Lower-case hex: that of the first message of the later epoch, which asks for it."""


@dataclass(frozen=True, slots=True, order=True)
class VertexId:
    """The name of a vertex: its address (round, source) and the digest of its content."""

    round: Round
    source: Replica
    digest: Digest

    @property
    def name(self) -> str:
        """A4 is A's vertex of round 4."""
        return f"{replica_name(self.source)}{self.round}"


@dataclass(frozen=True, slots=True)
class Vertex:
    """Round, source, block and edges; the digest names exactly this content.

    Edges and requests are tuples; edges are sorted and without duplicates. Round 1 has no edges.

    Source: DAG-Rider, vertex structure; edges that name a digest: ours (spec/README.md, "Vertex").
    """

    round: Round
    source: Replica
    digest: Digest
    strong_edges: tuple[StrongEdge, ...] = ()
    weak_edges: tuple[WeakEdge, ...] = ()
    requests: tuple[Request, ...] = ()
    freezes: tuple[FreezeStatement, ...] = ()

    def __hash__(self) -> int:
        """That of its name, which nearly tells vertices apart; equality looks at all of them."""
        return hash((self.round, self.source, self.digest))

    @property
    def id(self) -> VertexId:
        """The vertex's name."""
        return VertexId(self.round, self.source, self.digest)

    @property
    def name(self) -> str:
        """A4 is A's vertex of round 4."""
        return f"{replica_name(self.source)}{self.round}"

    @property
    def predecessors(self) -> tuple[VertexId, ...]:
        """What its edges name: strong ones first, then weak ones."""
        strong = tuple(VertexId(self.round - 1, *edge) for edge in self.strong_edges)
        return strong + tuple(VertexId(*edge) for edge in self.weak_edges)


def vertex_fields(vertex: Vertex) -> tuple[Encodable, ...]:
    """Everything that a vertex says: its address, its edges and its block; not its digest.

    Freezes are rare: the element for them is left out where there are none.

    Source: ours (spec/README.md, "Encoding").
    """
    strong = tuple((edge.source, edge.digest or "") for edge in vertex.strong_edges)
    weak = tuple((edge.round, edge.source, edge.digest or "") for edge in vertex.weak_edges)
    freezes = (vertex.freezes,) if vertex.freezes else ()
    return ("vertex", vertex.round, vertex.source, strong, weak, vertex.requests, *freezes)


def content_digest(vertex: Vertex) -> str:
    """The digest that names exactly this content.

    Source: ours (spec/README.md, "Vertex").
    """
    return _digest_of(vertex_fields(vertex))


@lru_cache(maxsize=2**12)  # All replicas ask for the same one within a short time.
def _digest_of(fields: tuple[Encodable, ...]) -> str:
    return digest_of(fields)


def make_vertex(
    round_: int,
    source: int,
    strong_edges: tuple[StrongEdge, ...] = (),
    weak_edges: tuple[WeakEdge, ...] = (),
    requests: tuple[Request, ...] = (),
    freezes: tuple[FreezeStatement, ...] = (),
) -> Vertex:
    """A vertex with sorted edges and the digest of its content.

    Source: ours (spec/README.md, "Vertex").
    """
    strong, weak = tuple(sorted(strong_edges)), tuple(sorted(weak_edges))
    nameless = Vertex(round_, source, None, strong, weak, requests, freezes)
    return replace(nameless, digest=content_digest(nameless))
