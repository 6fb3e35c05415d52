"""Every DAG of three replicas and three rounds: does an old vertex stand where a new one may?

A and B are correct, C's epoch 1 is being replaced by 2. A and B say the freeze in any round or
never; each vertex exists or not, and builds on any quorum that includes its source. Any vertex may
turn out to be the leader whose delivery opens the epoch.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest

from tee_rider.reference.dag import Address, Dag, causal_history, insert_vertex
from tee_rider.reference.epochs import has_seen_freeze, knows_opening
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.opening import Opening
from tee_rider.spec.vertex import FreezeStatement, StrongEdge, Vertex, make_vertex

CONFIGURATION = largest_configuration(3)
C = 2
FREEZE = FreezeStatement(C, 1, 2, "")
ROUNDS = 3


def vertices(dag: Dag, round_: int, source: int) -> Iterator[Vertex | None]:
    """Every vertex that the source may make in a round, with and without the freeze, or none."""
    yield None
    below = dag.round_vertices(round_ - 1)
    if round_ > 1 and dag.get(round_ - 1, source) is None:
        return
    said = any(
        held is not None and (C, 1) in held.frozen and held.vertex.freezes
        for held in (dag.held(r, source) for r in range(1, round_))
    )
    freezes = [()] if source == C or said else [(), (FREEZE,)]
    for size in (2, 3) if round_ > 1 else (0,):
        for parents in combinations(below, size):
            edges = tuple(StrongEdge(v.source, v.digest) for v in parents)
            if round_ == 1 or source in (edge.source for edge in edges):
                for freeze in freezes:
                    vertex = make_vertex(round_, source, edges, freezes=freeze)
                    if source != C or not has_seen_freeze(dag, vertex, 1):
                        yield vertex


def dags(dag: Dag, round_: int) -> Iterator[Dag]:
    if round_ > ROUNDS:
        yield dag
        return
    for made in product(*(list(vertices(dag, round_, source)) for source in range(3))):
        grown = dag
        for vertex in made:
            if vertex is not None:
                grown = insert_vertex(CONFIGURATION, grown, vertex)
        if any(made):
            yield from dags(grown, round_ + 1)


def filled_twice(dag: Dag, freezes_needed: int) -> int:
    """How many (leader, address) there are at which both epochs may have a vertex."""
    everything = [v for r in range(1, ROUNDS + 1) for v in dag.round_vertices(r)]
    addresses: frozenset[Address] = frozenset((v.round, v.source) for v in everything)
    count = 0
    old = [v for v in everything if v.source == C and v.round > 1]
    for leader in everything if old else ():
        history = causal_history(dag, [(leader.round, leader.source)], addresses)
        if len({v.source for v in history if v.freezes}) < freezes_needed:
            continue
        for vertex in old:
            below = dag.round_vertices(vertex.round - 1)
            for parents in combinations(below, 2):
                edges = tuple(StrongEdge(v.source, v.digest) for v in parents)
                new = replace(vertex, strong_edges=edges)
                if knows_opening(dag, new, Opening(2, leader.id)):
                    count += 1
                    break
    return count


@pytest.mark.parametrize(("freezes_needed", "expected"), [(1, None), (2, 0)])
def test_no_address_is_filled_twice_exactly_if_q_and_r_meet(
    freezes_needed: int, expected: int | None
) -> None:
    seen, bad = 0, 0
    for dag in dags(Dag(), 1):
        seen += 1
        bad += filled_twice(dag, freezes_needed)
    print("dags", seen, "bad", bad)
    assert (bad > 0) if expected is None else (bad == expected)
