"""The DAG that one replica holds: vertices by round and source, and who reaches whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.vertex import Vertex, VertexId

NO_FREEZES = frozenset[tuple[int, int]]()  # Shared: hardly any history has a freeze in it.
Address = tuple[int, int]
"""(round, source): at most one vertex of a DAG stands at an address."""


class Held(NamedTuple):
    """A vertex of the DAG, and what follows from its edges."""

    vertex: Vertex
    strong: Mask
    """The sources of its strong edges."""
    frozen: frozenset[tuple[int, int]]
    """The (target, epoch) of all freezes in its history, its own included."""


@dataclass(frozen=True, slots=True)
class Dag:
    """``rows[r - 1][i]`` is replica i's vertex of round r, None while it is not held.

    Source: DAG-Rider, the local array DAG[r] of every process.
    """

    rows: tuple[tuple[Held | None, ...], ...] = ()

    def held(self, round_: int, source: int) -> Held | None:
        """What stands at an address, None while nothing does."""
        return self.rows[round_ - 1][source] if 0 < round_ <= len(self.rows) else None

    def get(self, round_: int, source: int) -> Vertex | None:
        """The vertex at an address, None while it is not held."""
        held = self.held(round_, source)
        return held and held.vertex

    def holds(self, name: VertexId) -> bool:
        """Whether exactly the named vertex is held: same address, same digest."""
        held = self.held(name.round, name.source)
        return held is not None and held.vertex.digest == name.digest

    def round_vertices(self, round_: int) -> tuple[Vertex, ...]:
        """The vertices held of one round, by source."""
        row = self.rows[round_ - 1] if 0 < round_ <= len(self.rows) else ()
        return tuple(held.vertex for held in row if held is not None)


def insert_vertex(configuration: Configuration, dag: Dag, vertex: Vertex) -> Dag:
    """A DAG with the vertex at its address; what stands there already stays.

    Source: DAG-Rider, construction of the DAG.
    """
    round_, source = vertex.round, vertex.source
    if dag.get(round_, source) is not None:
        return dag
    missing = max(0, round_ - len(dag.rows))
    rows = dag.rows + ((None,) * configuration.n,) * missing
    strong = sum(1 << edge.source for edge in vertex.strong_edges)
    frozen = frozen_before(dag, vertex)
    if vertex.freezes:
        frozen |= {(freeze.target, freeze.epoch) for freeze in vertex.freezes}
    row = rows[round_ - 1]
    row = (*row[:source], Held(vertex, strong, frozen), *row[source + 1 :])
    return Dag((*rows[: round_ - 1], row, *rows[round_:]))


def frozen_before(dag: Dag, vertex: Vertex) -> frozenset[tuple[int, int]]:
    """The (target, epoch) of all freezes in the history of a vertex, its own left out.

    Source: ours (spec/README.md, "Recovery").
    """
    found = (dag.held(*address) for address in predecessor_addresses(vertex))
    return NO_FREEZES.union(*(held.frozen for held in found if held)) or NO_FREEZES


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
        row, reached = dag.rows[r - 1], 0
        for held in row:
            if sources & 1 and held:
                reached |= held.strong
            sources >>= 1
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
        if (address := stack.pop()) in found:
            continue
        vertex = dag.get(*address)
        if vertex is None:
            continue
        found[address] = vertex
        stack.extend(edge for edge in predecessor_addresses(vertex) if edge in within)
    return tuple(found[address] for address in sorted(found))


def predecessor_addresses(vertex: Vertex) -> list[Address]:
    """Where the vertices stand that its edges name."""
    strong = [(vertex.round - 1, edge.source) for edge in vertex.strong_edges]
    return strong + [(edge.round, edge.source) for edge in vertex.weak_edges]
