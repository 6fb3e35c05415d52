"""The value of the game by trying everything, on the reference's own DAG, edges and paths.

Nothing is left out but names: every set of vertices that can be fixed when the coin shows, every
continuation, every view. ``exact`` must give the same numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, permutations, product
from typing import TypeAlias

from tee_rider.model_check.game.rules import Watched
from tee_rider.reference.dag import Dag, insert_vertex, strong_reach
from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.identifiers import Mask, mask_of, members
from tee_rider.spec.vertex import StrongEdge, make_vertex

Rows: TypeAlias = tuple[tuple[Mask, ...], ...]
"""``rows[r - 2][i]``: the parents of replica i's vertex of round r, 0 while there is none."""


@dataclass(frozen=True)
class BruteForce:
    """A game of one wave, played by a profile's rules for edges, validity and commits."""

    setting: Setting
    faulty: int
    """How many: the last ones."""
    shown_in: int
    """The round of which the coin's proof holds vertices."""
    proof: int
    """How many valid vertices of it the proof holds."""
    evaluated: bool = False
    """Whether the first correct replica that counts has done so before the coin shows."""
    on_arrival: bool = False
    """Whether votes count whenever they arrive."""
    proof_shown: bool = False
    """Whether the vertices of the proof come to everybody."""
    watched: Watched = Watched.ANY
    own_edges: bool = True
    """Whether correct replicas hold their own vertex when they make the next one."""
    fewest_edges: bool = False
    """Whether vertices have no more edges than they must."""
    wave_length: int = WAVE_LENGTH
    options: dict[tuple[int, int, int, Mask], tuple[Mask, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many replicas."""
        return self.setting.configuration.n

    @property
    def quorum(self) -> int:
        """How many vertices complete a round."""
        return self.setting.profile.edge_quorum(self.setting.configuration)

    @property
    def correct(self) -> range:
        """The first ones."""
        return range(self.n - self.faulty)

    @property
    def last_round(self) -> int:
        """The last that is of interest."""
        return max(self.wave_length, self.shown_in)

    def most_starved(self) -> tuple[int, int]:
        """How many leaders can be starved from one fixed part, and how many parts were tried."""
        most = tried = 0
        for rows in self.fixed_parts():
            tried += 1
            starved: set[int] = set()
            for dag in self.continuations(2, 0, self.dag_of(rows)):
                votes = self.votes(dag)
                starved |= {
                    leader
                    for leader in range(self.n)
                    if leader not in starved and self.is_starved(dag, votes[leader], rows)
                }
                if len(starved) == self.n:
                    break
            most = max(most, len(starved))
        return most, tried

    def fixed_parts(self, rows: Rows = ()) -> Iterator[Rows]:
        """All that can be fixed: the proof and what it reaches; one for each choice of names."""
        round_ = len(rows) + 2
        below = mask_of(tuple(i for i in range(self.n) if rows[-1][i])) if rows else -1
        below &= (1 << self.n) - 1
        if round_ > self.shown_in:
            if all(rows <= renamed for renamed in self._renamed(rows)):
                yield rows
            return
        choices = [
            # A correct replica has made all its vertices up to its last.
            (0, *(self.edges(i, round_, round_ - 1, below) if below >> i & 1 else ()))
            if i in self.correct
            else (0, *self.edges(i, round_, _last_round(rows, i), below))
            for i in range(self.n)
        ]
        for row in product(*choices):
            size = sum(map(bool, row))
            enough = size == self.proof if round_ == self.shown_in else size >= self.quorum
            made = mask_of(tuple(i for i in self.correct if row[i]))
            if enough and (round_ == 2 or not below & ~(_union(row) | made)):
                yield from self.fixed_parts((*rows, row))

    def continuations(self, round_: int, replica: int, dag: Dag) -> Iterator[Dag]:
        """Every way to go on when the leader is known; correct replicas do go on."""
        if replica == self.n:
            round_, replica = round_ + 1, 0
        if round_ > self.last_round:
            yield dag
            return
        held = dag.get(round_, replica) is not None
        if held or replica not in self.correct:
            yield from self.continuations(round_, replica + 1, dag)
        if not held:
            made = [r for r, row in enumerate(dag.rows, start=1) if row[replica] is not None]
            for parents in self.edges(replica, round_, made[-1], present(dag, round_ - 1)):
                more = self.insert(dag, round_, replica, parents)
                yield from self.continuations(round_, replica + 1, more)

    def votes(self, dag: Dag) -> list[Mask]:
        """For each leader, whose vertex of the wave's last round has a strong path to it."""
        last = self.wave_length
        reached = [(i, strong_reach(dag, 1 << i, last, 1)) for i in members(present(dag, last))]
        return [
            mask_of(tuple(i for i, leaders in reached if leaders >> leader & 1))
            for leader in range(self.n)
        ]

    def is_starved(self, dag: Dag, votes: Mask, rows: Rows) -> bool:
        """Whether, with these votes, those who are watched can be kept from a direct commit."""
        fixed = mask_of(tuple(i for i, parents in enumerate(rows[-1]) if parents)) if rows else 0
        firsts = [i for i in self.correct if fixed >> i & 1] if self.evaluated else [None]
        return any(self._starved(dag, votes, fixed, first) for first in firsts)

    def _starved(self, dag: Dag, votes: Mask, fixed: Mask, first: int | None) -> bool:
        blocked = (
            self._too_few(votes & fixed)
            if i == first
            else any(self._too_few(votes & view) for view in self.views(dag, i, fixed))
            for i in self.correct
        )
        match self.watched:
            case Watched.ANY:
                return all(blocked)
            case Watched.ALL:
                return any(blocked)
            case Watched.GIVEN:
                return next(blocked)

    def views(self, dag: Dag, replica: int, fixed: Mask) -> Iterator[Mask]:
        """Which votes a replica may hold when it has to decide; supersets may be left out."""
        last = self.wave_length
        correct = mask_of(tuple(self.correct))
        if self.on_arrival:
            held = correct & present(dag, last)
            held |= fixed & present(dag, last) if self.proof_shown else 0
            if self.shown_in > last:
                later = (dag.held(last + 1, i) for i in self.correct)
                held |= _union(one.strong for one in later if one is not None)
            yield held
            return
        own = 1 << replica if self.own_edges else 0
        counted_in = max(last, self.shown_in)
        others = members(present(dag, counted_in) & ~own)
        for size in range(self.quorum - own.bit_count(), len(others) + 1):
            for chosen in combinations(others, size):
                held = own | mask_of(chosen)
                yield strong_reach(dag, held, counted_in, last)

    def edges(self, replica: int, round_: int, last_round: int, below: Mask) -> tuple[Mask, ...]:
        """The parents, of those there are, that a replica's vertex can have after its last one."""
        key = replica, round_, last_round, below
        if key not in self.options:
            everyone = members(below)
            sets = (
                mask_of(chosen)
                for size in range(len(everyone) + 1)
                for chosen in combinations(everyone, size)
            )
            self.options[key] = tuple(
                s for s in sets if self._may_have(replica, round_, last_round, s)
            )
        return self.options[key]

    def dag_of(self, rows: Rows) -> Dag:
        """The reference's DAG of what is fixed, all of round 1 included."""
        dag = Dag()
        for round_, row in enumerate(((0,) * self.n, *rows), start=1):
            for i, parents in enumerate(row):
                if parents or round_ == 1:
                    dag = self.insert(dag, round_, i, parents)
        return dag

    def insert(self, dag: Dag, round_: int, replica: int, parents: Mask) -> Dag:
        """The reference's DAG with one more vertex."""
        edges = tuple(StrongEdge(i, None) for i in members(parents))
        return insert_vertex(self.setting.configuration, dag, _vertex(round_, replica, edges))

    def _may_have(self, replica: int, round_: int, last_round: int, parents: Mask) -> bool:
        if replica in self.correct and self.own_edges and not parents >> replica & 1:
            return False
        if self.fewest_edges and parents.bit_count() > self.quorum:
            return False
        edges = tuple(StrongEdge(i, None) for i in members(parents))
        vertex = _vertex(round_, replica, edges)
        return vertex_rejection(self.setting, replica, last_round, vertex) is None

    def _too_few(self, votes: Mask) -> bool:
        return votes.bit_count() < self.setting.profile.commit_quorum(self.setting.configuration)

    def _renamed(self, rows: Rows) -> Iterator[Rows]:
        faulty = range(self.n - self.faulty, self.n)
        for order in product(permutations(self.correct), permutations(faulty)):
            to = sum(order, ())
            back = sorted(range(self.n), key=to.__getitem__)
            yield tuple(tuple(_rename(row[back[i]], to) for i in range(self.n)) for row in rows)


def present(dag: Dag, round_: int) -> Mask:
    """Of whom there is a vertex in a round."""
    return mask_of(tuple(vertex.source for vertex in dag.round_vertices(round_)))


_vertex = cache(make_vertex)


def _last_round(rows: Rows, replica: int) -> int:
    return max((r for r, row in enumerate(rows, start=2) if row[replica]), default=1)


@cache
def _rename(mask: Mask, to: tuple[int, ...]) -> Mask:
    return mask_of(tuple(to[i] for i in members(mask)))


def _union(masks: Iterator[Mask] | tuple[Mask, ...]) -> Mask:
    union = 0
    for mask in masks:
        union |= mask
    return union
