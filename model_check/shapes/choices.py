"""What each replica may do in the next layer, by the real code: any edges that it accepts."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from functools import cache
from itertools import combinations
from random import Random

from tee_rider.model_check.shapes.alike import Alike
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

    def __init__(self, scope: ShapeScope, told_apart: bool = False) -> None:
        """Nothing is tried yet; ``told_apart``: alike vertices do not stand for each other."""
        self.scope = scope
        self.told_apart = told_apart or not scope.alike
        self.steps = LocalSteps(scope.setting)
        self._sets = subsets(tuple(range(scope.n)))
        self._valid: dict[tuple[int, tuple[int, ...], bool], bool] = {}
        self._round = 0
        self._signed: dict[tuple[object, ...], Vertex] = {}
        self._late_after: Late | None = None
        self._alike_after: Alike | None = None

    def first(self) -> tuple[Choice, ...]:
        """Everybody's vertex of round 1."""
        created = [self.steps.first(replica) for replica in self.scope.correct]
        correct = [Choice(vertex, NOWHERE, local) for local, vertex in created]
        faulty = range(len(self.scope.correct), self.scope.n)
        return (*correct, *(Choice(make_vertex(1, i), NOWHERE) for i in faulty))

    def after(
        self, shape: Shape, replica: int, random: Random | None = None, told_apart: bool = False
    ) -> list[Choice]:
        """What a replica may do next.

        Of the sets of vertices of the newest layer only those that ``Alike`` tells apart, unless
        all are to be; of older ones that may arrive late only those that ``Late`` does. With
        ``random``, any of sets that are alike, and a set of older ones drawn from all as well.
        """
        self._forget_other_rounds(shape)
        alike = self._alike(shape, self.told_apart or told_apart)
        if replica in self.scope.correct:
            return list(self._correct(shape, replica, alike, random))
        return list(self._faulty(shape, replica, alike, random))

    def drawn(self, shape: Shape, replica: int, random: Random) -> Choice:
        """Something that a replica may do next, drawn at random."""
        self._forget_other_rounds(shape)
        if replica not in self.scope.correct:
            accepted = [s for s in self._sets if self._accepted(shape.round + 1, replica, s, ())]
            return random.choice([*self._signs(shape, replica, random.choice(accepted), random)])
        holder = shape.locals[replica]
        for source in random.sample(range(self.scope.n), self.scope.n):
            enough = may_advance(holder.state)
            if enough and (random.random() < 0.5 or not self.scope.batch):
                break
            if not holder.holds(shape.round, source):
                holder = self.steps.deliver(holder, shape.rows[-1][source], shape.rows)
        return random.choice([*self._advances(shape, holder, random)])

    def _forget_other_rounds(self, shape: Shape) -> None:
        if shape.round != self._round:
            self._round = shape.round
            self._signed.clear()
            self.steps.forget()

    def _correct(
        self, shape: Shape, replica: int, alike: Alike, random: Random | None
    ) -> Iterator[Choice]:
        """Deliver vertices of the newest layer, fewest first, and advance if that is enough."""
        row, steps, local = shape.rows[-1], self.steps, shape.locals[replica]
        absent = tuple(s for s in range(self.scope.n) if not local.holds(shape.round, s))
        tried: dict[Hashable, int] = {}
        for sources in self._in_order(subsets(absent), random):
            if tried and not self.scope.batch and len(sources) > min(tried.values()):
                break
            kind = alike.kind(sum(1 << source for source in sources))
            if kind in tried:
                continue
            holder = local
            for source in sources:
                holder = steps.deliver(holder, row[source], shape.rows)
            if may_advance(holder.state):
                tried[kind] = len(sources)
                yield from self._advances(shape, holder, random)

    def _in_order(
        self, sets: Sequence[tuple[int, ...]], random: Random | None
    ) -> Sequence[tuple[int, ...]]:
        """The fewest first, or at random; but the fewest first in any case if they suffice."""
        if random is not None:
            sets = random.sample(sets, len(sets))
        return sets if self.scope.batch else sorted(sets, key=len)

    def _advances(self, shape: Shape, holder: Local, random: Random | None) -> Iterator[Choice]:
        """Deliver older vertices that come late, and advance."""
        for extra in self._late(shape).at(holder, random):
            local = holder
            for round_, source in extra:
                local = self.steps.deliver(local, shape.rows[round_ - 1][source], shape.rows)
            after, vertex = self.steps.advance(local, shape.leaders)
            yield Choice(vertex, reach_of(shape, vertex), after)

    def _late(self, shape: Shape) -> Late:
        if self._late_after is None or self._late_after.shape is not shape:
            self._late_after = Late(self.scope, shape)
        return self._late_after

    def _faulty(
        self, shape: Shape, replica: int, alike: Alike, random: Random | None
    ) -> Iterator[Choice]:
        """Sign any vertex that correct replicas accept."""
        tried: set[Hashable] = set()
        for sources in self._in_order(self._sets, random):
            kind = alike.kind(sum(1 << source for source in sources)), replica in sources
            if kind in tried or not self._accepted(shape.round + 1, replica, sources, ()):
                continue
            tried.add(kind)
            yield from self._signs(shape, replica, sources, random)

    def _signs(
        self, shape: Shape, replica: int, sources: tuple[int, ...], random: Random | None
    ) -> Iterator[Choice]:
        """Sign vertices with these strong edges, and with weak edges to older vertices."""
        reach = joined([shape.frontier[source] for source in sources])
        options: Collection[Extra] = (NOTHING,)
        weak_edges = self.scope.views and self.scope.setting.profile.weak_edges is not None
        if weak_edges and shape.round > 1:
            older = self._uncovered(shape, [shape.rows[-1][source] for source in sources])
            options = self._late(shape).sets(older, reach.full, random)
        for extra in options:
            if self._accepted(shape.round + 1, replica, sources, extra):
                vertex = self._sign(shape, replica, sources, extra)
                yield Choice(vertex, reach_of(shape, vertex) if extra else reach)

    def _alike(self, shape: Shape, told_apart: bool) -> Alike:
        known = self._alike_after
        if known is None or known.shape is not shape or known.told_apart != told_apart:
            known = self._alike_after = Alike(self.scope, shape, told_apart)
        return known

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


@cache
def subsets(sources: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """All sets of these sources, the empty one first, fewest first."""
    return tuple(s for size in range(len(sources) + 1) for s in combinations(sources, size))
