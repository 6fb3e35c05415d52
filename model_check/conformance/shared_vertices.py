"""Keeps a trace's vertices once for all replicas, and only as long as one has to deliver them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.reference.dag import Dag
from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import CreateVertex, InsertVertex, RDeliver
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import Vertex, VertexId, content_digest

ShowsVertex: TypeAlias = CreateVertex | RDeliver | InsertVertex


@dataclass(slots=True)
class Known:
    """One vertex of the trace."""

    vertex: Vertex
    stub: Vertex
    """The same name without the content: all that a DAG needs of a delivered vertex."""
    rejection: RejectionReason | None
    """Why the reference refuses it wherever it stands in its source's stream."""
    delivered_by: Mask = 0


class SharedVertices:
    """The vertices that some replayed replica still has to deliver."""

    def __init__(self, setting: Setting, replicas: Mask) -> None:
        """``replicas`` are those that are replayed."""
        self._setting = setting
        self._replicas = replicas
        self._known: dict[tuple[int, int, str | None], Known] = {}
        self._rows: dict[int, tuple[Vertex | None, ...]] = {}
        self._no_parents = (0,) * setting.configuration.n

    def __len__(self) -> int:
        """How many vertices are kept."""
        return len(self._known)

    def know(self, vertex: Vertex) -> Known:
        """What is known of the vertex."""
        key = (vertex.round, vertex.source, vertex.digest)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._first_seen(vertex)
        elif known.vertex is not vertex and known.vertex != vertex:
            # One name, two contents: the property non-equivocation speaks of it.
            return self._first_seen(vertex)
        return known

    def share(self, event: ShowsVertex) -> ShowsVertex:
        """The event with the one copy of its vertex that all replicas share."""
        vertex = self.know(event.vertex).vertex
        if vertex is event.vertex:
            return event
        return type(event)(vertex=vertex, ui=event.ui, seq=event.seq, replica=event.replica)

    def leave(self, replica: int) -> None:
        """The replica is replayed no more."""
        self._replicas &= ~(1 << replica)

    def forget_delivered(self, replica: int, dag: Dag, delivered: Iterable[VertexId]) -> Dag:
        """The replica's DAG with only the names of what it delivered.

        The reference reads no content of a delivered vertex. Nor does it read strong edges as far
        down as a delivered vertex stands: all waves there are decided.
        """
        rows, parents = list(dag.rows), list(dag.strong_parents)
        for name in delivered:
            row = rows[name.round - 1]
            stub = self._delivered(replica, name)
            rows[name.round - 1] = (*row[: name.source], stub, *row[name.source + 1 :])
        for round_ in sorted({name.round for name in delivered}):
            parents[round_ - 1] = self._no_parents
            if rows[round_ - 1] == self._rows.get(round_):
                rows[round_ - 1] = self._rows[round_]
            self._rows[round_] = rows[round_ - 1]
        return replace(dag, rows=tuple(rows), strong_parents=tuple(parents))

    def _delivered(self, replica: int, name: VertexId) -> Vertex:
        key = (name.round, name.source, name.digest)
        known = self._known.get(key)
        if known is None:
            return Vertex(*key)
        known.delivered_by |= 1 << replica
        if not self._replicas & ~known.delivered_by:
            del self._known[key]
        return known.stub

    def _first_seen(self, vertex: Vertex) -> Known:
        # Other implementations encode in their own way, so the digest itself is not judged.
        named = replace(vertex, digest=content_digest(vertex))
        rejection = vertex_rejection(self._setting, vertex.source, 0, named)
        return Known(vertex, Vertex(vertex.round, vertex.source, vertex.digest), rejection)
