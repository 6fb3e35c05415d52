"""The DAG that one replica holds: vertices by round and source, and who reaches whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.vertex import Vertex, VertexId

Item = TypeVar("Item")
NOTHING = frozenset[tuple[int, int]]()
"""Shared, because hardly any history has a freeze in it."""
Address = tuple[int, int]
"""(round, source): at most one vertex of a DAG stands at an address."""


@dataclass(frozen=True, slots=True)
class Dag:
    """``rows[r - 1][i]`` is replica i's vertex of round r, None while it is not held.

    The others have the same shape: for each vertex the sources of its strong edges, and the
    (target, epoch) of all freezes in its history, its own included.

    Source: DAG-Rider, the local array DAG[r] of every process.
    """

    rows: tuple[tuple[Vertex | None, ...], ...] = ()
    strong_parents: tuple[tuple[Mask, ...], ...] = ()
    frozen: tuple[tuple[frozenset[tuple[int, int]], ...], ...] = ()

    def get(self, round_: int, source: int) -> Vertex | None:
        """The vertex at an address, None while it is not held."""
        return self.rows[round_ - 1][source] if 0 < round_ <= len(self.rows) else None

    def holds(self, name: VertexId) -> bool:
        """Whether exactly the named vertex is held: same address, same digest."""
        vertex = self.get(name.round, name.source)
        return vertex is not None and vertex.digest == name.digest

    def round_vertices(self, round_: int) -> tuple[Vertex, ...]:
        """The vertices held of one round, by source."""
        row = self.rows[round_ - 1] if 0 < round_ <= len(self.rows) else ()
        return tuple(vertex for vertex in row if vertex is not None)


def insert_vertex(configuration: Configuration, dag: Dag, vertex: Vertex) -> Dag:
    """A DAG with the vertex at its address; what stands there already stays.

    Source: DAG-Rider, construction of the DAG.
    """
    if dag.get(vertex.round, vertex.source) is not None:
        return dag
    missing = max(0, vertex.round - len(dag.rows))
    rows = dag.rows + ((None,) * configuration.n,) * missing
    parents = dag.strong_parents + ((0,) * configuration.n,) * missing
    frozen = dag.frozen + ((NOTHING,) * configuration.n,) * missing
    strong = sum(1 << edge.source for edge in vertex.strong_edges)
    own = {(freeze.target, freeze.epoch) for freeze in vertex.freezes}
    seen = frozen_before(dag, vertex) | own if own else frozen_before(dag, vertex)
    return Dag(
        _put(rows, vertex, vertex), _put(parents, vertex, strong), _put(frozen, vertex, seen)
    )


def frozen_before(dag: Dag, vertex: Vertex) -> frozenset[tuple[int, int]]:
    """The (target, epoch) of all freezes in the history of a vertex, its own left out.

    Source: ours (spec/README.md, "Recovery").
    """
    held = [address for address in predecessor_addresses(vertex) if dag.get(*address)]
    return NOTHING.union(*(dag.frozen[round_ - 1][source] for round_, source in held)) or NOTHING


def predecessors_present(dag: Dag, vertex: Vertex) -> bool:
    """A vertex may enter the DAG when everything that its edges name is there.

    Source: DAG-Rider, construction of the DAG.
    """
    return all(dag.holds(name) for name in vertex.predecessors)


def strong_reach(dag: Dag, sources: Mask, round_: int, target_round: int) -> Mask:
    """The sources of target_round that the given vertices of a round reach over strong edges.

    Source: DAG-Rider, strong_path, for many vertices at once.
    """
    for r in range(round_, target_round, -1):
        row, reached, source = dag.strong_parents[r - 1], 0, 0
        while sources:
            if sources & 1:
                reached |= row[source]
            sources >>= 1
            source += 1
        sources = reached
    return sources


def strong_path(dag: Dag, upper: Vertex, lower: Vertex) -> bool:
    """Whether strong edges alone lead from the upper vertex to the lower one, both held.

    Source: DAG-Rider, strong_path.
    """
    if upper.round < lower.round:
        return False
    reached = strong_reach(dag, 1 << upper.source, upper.round, lower.round)
    return bool(reached >> lower.source & 1)


def causal_history(
    dag: Dag, start: Iterable[Address], within: frozenset[Address]
) -> tuple[Vertex, ...]:
    """Everything held that the starting addresses reach, themselves included, inside ``within``.

    Stopping at the border of ``within`` loses nothing when it is the set of undelivered vertices:
    whatever a delivered vertex reaches is delivered too.

    Source: DAG-Rider, path and the delivery of a leader's causal history.
    """
    found: dict[Address, Vertex] = {}
    stack = [address for address in start if address in within]
    while stack:
        address = stack.pop()
        vertex = dag.get(*address)
        if vertex is None or address in found:
            continue
        found[address] = vertex
        stack.extend(edge for edge in predecessor_addresses(vertex) if edge in within)
    return tuple(found[address] for address in sorted(found))


def predecessor_addresses(vertex: Vertex) -> list[Address]:
    """Where the vertices stand that its edges name."""
    strong = [(vertex.round - 1, edge.source) for edge in vertex.strong_edges]
    return strong + [(edge.round, edge.source) for edge in vertex.weak_edges]


def _put(
    rows: tuple[tuple[Item, ...], ...], at: Vertex, item: Item
) -> tuple[tuple[Item, ...], ...]:
    row = rows[at.round - 1]
    row = (*row[: at.source], item, *row[at.source + 1 :])
    return (*rows[: at.round - 1], row, *rows[at.round :])
