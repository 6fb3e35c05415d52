"""What each replica may do in the next layer, by the real code: any edges that it accepts."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from random import Random

from tee_rider.model_check.shapes.late import NOTHING, Extra, Late
from tee_rider.model_check.shapes.local_steps import Local, LocalSteps, unheld
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import NOWHERE, Choice, Shape, joined, reach_of
from tee_rider.reference.dag import Address
from tee_rider.reference.replica import may_advance
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.vertex import StrongEdge, Vertex, WeakEdge, make_vertex


class Choices:
    """All that each replica may do after a shape."""

    def __init__(self, scope: ShapeScope) -> None:
        """Nothing is tried yet."""
        self.scope = scope
        self.steps = LocalSteps(scope.setting)
        self._valid: dict[tuple[int, tuple[int, ...], bool], bool] = {}
        self._round = 0
        self._signed: dict[tuple[object, ...], Vertex] = {}
        self._late_after: Late | None = None

    def first(self) -> tuple[Choice, ...]:
        """Everybody's vertex of round 1."""
        created = [self.steps.first(replica) for replica in self.scope.correct]
        correct = [Choice(vertex, NOWHERE, local) for local, vertex in created]
        faulty = range(len(self.scope.correct), self.scope.n)
        return (*correct, *(Choice(make_vertex(1, i), NOWHERE) for i in faulty))

    def after(self, shape: Shape, replica: int, random: Random | None = None) -> list[Choice]:
        """What a replica may do next.

        Of the sets of older vertices that may arrive late only those that ``Late`` tells apart;
        with ``random``, also one drawn from all.
        """
        if shape.round != self._round:
            self._round = shape.round
            self._signed.clear()
            self.steps.forget()
        if replica in self.scope.correct:
            return list(self._correct(shape, replica, random))
        return list(self._faulty(shape, replica, random))

    def _correct(self, shape: Shape, replica: int, random: Random | None) -> Iterator[Choice]:
        """Deliver sets of vertices of the newest layer, in every order of size, and advance."""
        row, steps = shape.rows[-1], self.steps
        local = shape.locals[replica]
        pending: list[tuple[Local, int]] = [(local, 0)]
        while pending:
            local, first = pending.pop()
            if complete := may_advance(local.state):
                for extra in self._late(shape).at(local, random):
                    yield self._advanced(shape, local, extra)
            if self.scope.batch or not complete:
                for source in range(self.scope.n - 1, first - 1, -1):
                    if not local.holds(shape.round, source):
                        more = steps.deliver(local, row[source], shape.rows)
                        pending.append((more, source + 1))

    def _advanced(self, shape: Shape, local: Local, extra: Extra) -> Choice:
        for round_, source in extra:
            local = self.steps.deliver(local, shape.rows[round_ - 1][source], shape.rows)
        after, vertex = self.steps.advance(local, shape.leaders)
        return Choice(vertex, reach_of(shape, vertex), after)

    def _late(self, shape: Shape) -> Late:
        if self._late_after is None or self._late_after.shape is not shape:
            self._late_after = Late(self.scope, shape)
        return self._late_after

    def _faulty(self, shape: Shape, replica: int, random: Random | None) -> Iterator[Choice]:
        """Sign any vertex that correct replicas accept."""
        row = shape.rows[-1]
        weak_edges = self.scope.views and self.scope.setting.profile.weak_edges is not None
        for size in range(1, self.scope.n + 1):
            for sources in combinations(range(self.scope.n), size):
                if not self._accepted(shape.round + 1, replica, sources, ()):
                    continue
                reach = joined([shape.frontier[source] for source in sources])
                options: Collection[Extra] = (NOTHING,)
                if weak_edges and shape.round > 1:
                    older = self._uncovered(shape, [row[source] for source in sources])
                    options = self._late(shape).sets(older, reach.full, random)
                for extra in options:
                    if self._accepted(shape.round + 1, replica, sources, extra):
                        vertex = self._sign(shape, replica, sources, extra)
                        yield Choice(vertex, reach_of(shape, vertex) if extra else reach)

    def _uncovered(self, shape: Shape, parents: Sequence[Vertex]) -> list[Address]:
        covered = {
            (vertex.round, vertex.source)
            for parent in parents
            for vertex in unheld(None, parent, shape.rows)
        }
        older = [(r, s) for r in range(1, shape.round) for s in range(self.scope.n)]
        return [address for address in older if address not in covered]

    def _accepted(
        self, round_: int, replica: int, sources: tuple[int, ...], weak: tuple[Address, ...]
    ) -> bool:
        """What the reference says of edges to these places in a replica's first vertex.

        A faulty replica may begin in any round, so without an edge to its own predecessor; that it
        may do so once only is not asked. Digests are nothing to the reference, nor is the round;
        all weak edges are to older rounds.
        """
        key = replica, sources, bool(weak)
        known = self._valid.get(key)
        if known is None:
            strong = tuple(StrongEdge(source, "") for source in sources)
            vertex = make_vertex(round_, replica, strong, tuple(WeakEdge(*w, "") for w in weak))
            rejection = vertex_rejection(self.scope.setting, replica, 0, vertex)
            known = self._valid[key] = rejection is None
        return known

    def _sign(
        self, shape: Shape, replica: int, sources: tuple[int, ...], weak: tuple[Address, ...]
    ) -> Vertex:
        row = shape.rows[-1]
        strong = tuple(StrongEdge(source, row[source].digest) for source in sources)
        others = tuple(WeakEdge(r, s, shape.rows[r - 1][s].digest) for r, s in weak)
        key = shape.round, replica, strong, others
        vertex = self._signed.get(key)
        if vertex is None:
            vertex = self._signed[key] = make_vertex(shape.round + 1, replica, strong, others)
        return vertex
