"""Keeps a trace's vertices once for all replicas, and only as long as one has to deliver them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.reference.dag import Dag, Held
from tee_rider.reference.profile import Setting
from tee_rider.reference.recovery import Recovery
from tee_rider.reference.replica import ReplicaState
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import CreateVertex, InsertVertex, RDeliver
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId, content_digest

ShowsVertex: TypeAlias = CreateVertex | RDeliver | InsertVertex
Delivered: TypeAlias = tuple[VertexId, bool]
"""What a replica delivered, and whether for good: a restart may take it back."""


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
        self._rows: dict[int, tuple[Held | None, ...]] = {}

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

    def forget_delivered(self, state: ReplicaState, delivered: Sequence[Delivered]) -> ReplicaState:
        """The replica with only the names of what it delivered in its DAG.

        The reference reads no content of a delivered vertex. Nor does it read strong edges as far
        down as a delivered vertex stands: all waves there are decided. Only a vertex of an epoch
        that was opened must have a path down to the leader that opened it.
        """
        dag, lowest = state.dag, _lowest_cut(state.recovery)
        rows = list(dag.rows)
        for name, for_good in delivered:
            row = rows[name.round - 1]
            held, low = row[name.source], lowest is None or name.round <= lowest
            assert held is not None, "what is delivered is held"
            stub = self._delivered(state.replica, name, for_good)
            stub_held = Held(stub, 0 if low else held.strong, held.frozen)
            rows[name.round - 1] = (*row[: name.source], stub_held, *row[name.source + 1 :])
        for round_ in sorted({name.round for name, _ in delivered}):
            if rows[round_ - 1] == self._rows.get(round_):
                rows[round_ - 1] = self._rows[round_]
            self._rows[round_] = rows[round_ - 1]
        return replace(state, dag=Dag(tuple(rows)))

    def _delivered(self, replica: int, name: VertexId, for_good: bool) -> Vertex:
        key = (name.round, name.source, name.digest)
        known = self._known.get(key)
        if known is None:
            return Vertex(*key)
        if for_good:
            known.delivered_by |= 1 << replica
        if not self._replicas & ~known.delivered_by:
            del self._known[key]
        return known.stub

    def _first_seen(self, vertex: Vertex) -> Known:
        # Other implementations encode in their own way, so the digest itself is not judged.
        named = replace(vertex, digest=content_digest(vertex))
        rejection = vertex_rejection(self._setting, vertex.source, 0, named)
        if not all(map(self._may_be_frozen, vertex.freezes)):
            rejection = RejectionReason.FREEZE_NOT_ATTESTED
        return Known(vertex, Vertex(vertex.round, vertex.source, vertex.digest), rejection)

    def _may_be_frozen(self, freeze: FreezeStatement) -> bool:
        """Whether there can be such a freeze; certificates are each implementation's own."""
        possible = freeze.target < self._setting.configuration.n and freeze.epoch < freeze.successor
        return possible and self._setting.profile.replicas_return


def _lowest_cut(recovery: Recovery) -> int | None:
    """The lowest round whose leader opened an epoch; None if none did."""
    cuts = [each.cut for openings in recovery.openings for each in openings if each.leader]
    return min(cuts, default=None)
