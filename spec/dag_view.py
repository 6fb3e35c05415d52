"""A replica's DAG as its events show it, for properties to walk: addresses, paths, histories.

Written apart from the reference on purpose: it searches upwards where that one searches downwards,
and keeps only what some judgement may still need.
"""

from collections.abc import Iterator

from tee_rider.spec.identifiers import Mask
from tee_rider.spec.vertex import Vertex

Address = tuple[int, int]
"""(round, source)."""


def predecessor_addresses(vertex: Vertex) -> list[Address]:
    """Where the vertices stand that a vertex names, strong edges first."""
    below = vertex.round - 1
    strong = [(below, source) for source, _ in vertex.strong_edges]
    return strong + [(round_, source) for round_, source, _ in vertex.weak_edges]


class DagView:
    """The vertices that one replica has inserted.

    Strong edges are kept from some round on, which moves up as waves are decided; whole vertices
    are kept until they are delivered.
    """

    def __init__(self) -> None:
        """Nothing is held."""
        self._strong: dict[int, dict[int, Mask]] = {}
        self._lowest = 1
        self._undelivered: dict[Address, Vertex] = {}

    def insert(self, vertex: Vertex) -> None:
        """The replica holds a vertex more."""
        self._undelivered[vertex.round, vertex.source] = vertex
        if vertex.round >= self._lowest:
            parents = 0
            for source, _ in vertex.strong_edges:
                parents |= 1 << source
            self._strong.setdefault(vertex.round, {})[vertex.source] = parents

    def deliver(self, address: Address) -> None:
        """The replica has delivered a vertex."""
        self._undelivered.pop(address, None)

    def forget_below(self, round_: int) -> None:
        """No path to a round before this one will be asked for any more."""
        self._lowest = max(self._lowest, round_)
        for old in [kept for kept in self._strong if kept < round_]:
            del self._strong[old]

    def undelivered(self, address: Address) -> Vertex | None:
        """The vertex there, if it is held and not delivered."""
        return self._undelivered.get(address)

    def supporters(self, leader: Address, round_: int) -> Mask:
        """Which vertices held of a later round have a path of strong edges to the leader.

        Source: DAG-Rider, strong_path.
        """
        reaching = 1 << leader[1]
        for above in range(leader[0] + 1, round_ + 1):
            row = self._strong.get(above, {})
            reaching = sum(1 << source for source, parents in row.items() if parents & reaching)
            if not reaching:
                break
        return reaching

    def strongly_reached(self, top: Address) -> Iterator[tuple[int, Mask]]:
        """Round by round downwards, the vertices that strong edges alone reach from the top.

        Yields (round, sources), from the round below the top on to the lowest that is kept.
        """
        round_, reached = top[0], 1 << top[1]
        while reached and round_ > self._lowest:
            row, below = self._strong.get(round_, {}), 0
            for source, parents in row.items():
                if reached >> source & 1:
                    below |= parents
            round_, reached = round_ - 1, below
            yield round_, reached

    def undelivered_history(self, top: Address) -> set[Address]:
        """Everything undelivered that the top reaches over edges of both kinds, itself included."""
        history: set[Address] = set()
        stack = [top]
        while stack:
            address = stack.pop()
            vertex = self._undelivered.get(address)
            if vertex is not None and address not in history:
                history.add(address)
                stack += predecessor_addresses(vertex)
        return history
