from itertools import combinations, product

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.reference.dag import (
    Dag,
    causal_history,
    insert_vertex,
    predecessors_present,
    strong_path,
    strong_reach,
)
from tee_rider.reference.vertex_creation import set_weak_edges
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.vertex import StrongEdge, Vertex, WeakEdge, make_vertex

N, ROUNDS = 4, 5
CONFIGURATION = largest_configuration(N)
CHOICES = [edges for size in (3, 4) for edges in combinations(range(N), size)]


@st.composite
def dags(draw: st.DrawFn) -> Dag:
    """A full DAG of five rounds with drawn strong edges, and weak edges from round 4 on."""
    dag = Dag()
    for round_, source in product(range(1, ROUNDS + 1), range(N)):
        strong = draw(st.sampled_from(CHOICES)) if round_ > 1 else ()
        far = round_ > 3 and draw(st.booleans())
        below = [StrongEdge(i, digest(dag, round_ - 1, i)) for i in strong]
        weak = [WeakEdge(1, source, digest(dag, 1, source))] if far else []
        vertex = make_vertex(round_, source, tuple(below), tuple(weak))
        dag = insert_vertex(CONFIGURATION, dag, vertex)
    return dag


def digest(dag: Dag, round_: int, source: int) -> str | None:
    vertex = dag.get(round_, source)
    assert vertex is not None
    return vertex.digest


def vertices(dag: Dag) -> list[Vertex]:
    return [v for round_ in range(1, ROUNDS + 1) for v in dag.round_vertices(round_)]


def graph(dag: Dag, weak: bool) -> "nx.DiGraph[str]":
    """The same DAG for networkx: another way to the same answer."""
    result: nx.DiGraph[str] = nx.DiGraph()
    for vertex in vertices(dag):
        count = None if weak else len(vertex.strong_edges)
        for name in vertex.predecessors[:count]:
            result.add_edge(vertex.name, name.name)
    return result


@given(dags())
def test_strong_paths_are_those_of_the_graph(dag: Dag) -> None:
    strong = graph(dag, weak=False)
    for upper, lower in product(vertices(dag), repeat=2):
        expected = upper == lower or (
            lower.name in strong and lower.name in nx.descendants(strong, upper.name)
            if upper.name in strong
            else False
        )
        assert strong_path(dag, upper, lower) == expected


@given(dags(), st.sets(st.tuples(st.integers(1, ROUNDS), st.integers(0, N - 1))))
def test_a_history_is_closed_and_ordered(dag: Dag, delivered: set[tuple[int, int]]) -> None:
    everything = graph(dag, weak=True)
    top = vertices(dag)[-1]
    found = causal_history(dag, [(top.round, top.source)], frozenset(address_of(dag)))
    assert {v.name for v in found} == {top.name} | nx.descendants(everything, top.name)
    assert [(v.round, v.source) for v in found] == sorted((v.round, v.source) for v in found)


@given(dags(), st.sampled_from(CHOICES))
def test_weak_edges_reach_all_that_strong_ones_miss(dag: Dag, strong: tuple[int, ...]) -> None:
    edges = tuple(StrongEdge(i, digest(dag, ROUNDS, i)) for i in strong)
    weak = set_weak_edges(dag, frozenset(address_of(dag)), ROUNDS + 1, edges)
    vertex = make_vertex(ROUNDS + 1, 0, edges, weak)
    dag = insert_vertex(CONFIGURATION, dag, vertex)
    everything = graph(insert_vertex(CONFIGURATION, dag, vertex), weak=True)
    everything.add_edges_from((vertex.name, name.name) for name in vertex.predecessors)
    older = {v.name for v in vertices(dag) if v.round < ROUNDS}
    assert older <= nx.descendants(everything, vertex.name)
    for edge in weak:
        everything.remove_edge(vertex.name, make_vertex(edge.round, edge.source).name)
        assert not nx.has_path(everything, vertex.name, make_vertex(edge.round, edge.source).name)
        everything.add_edge(vertex.name, make_vertex(edge.round, edge.source).name)


def address_of(dag: Dag) -> list[tuple[int, int]]:
    return [(v.round, v.source) for v in vertices(dag)]


def test_a_predecessor_with_another_digest_is_not_there() -> None:
    dag = Dag()
    for source in range(3):
        dag = insert_vertex(CONFIGURATION, dag, make_vertex(1, source))
    edges = [StrongEdge(i, digest(dag, 1, i)) for i in range(3)]
    assert predecessors_present(dag, make_vertex(2, 0, tuple(edges)))
    edges[1] = StrongEdge(1, "00")
    assert not predecessors_present(dag, make_vertex(2, 0, tuple(edges)))


def test_an_address_is_filled_once() -> None:
    dag = insert_vertex(CONFIGURATION, Dag(), make_vertex(1, 0))
    other = make_vertex(1, 0, (), (), ())
    assert insert_vertex(CONFIGURATION, dag, other) is dag


@pytest.mark.parametrize(("target", "reached"), [(2, 0b1111), (1, 0b1111)])
def test_reach_of_several_sources_is_the_union(target: int, reached: int) -> None:
    dag = Dag()
    for round_, source in product(range(1, 4), range(N)):
        below = dag.round_vertices(round_ - 1)
        kept = [v for v in below if v.source != source]
        edges = tuple(StrongEdge(v.source, v.digest) for v in kept)
        dag = insert_vertex(CONFIGURATION, dag, make_vertex(round_, source, edges))
    assert strong_reach(dag, 0b0011, 3, target) == reached
    assert strong_reach(dag, 0b0001, 3, 2) == 0b1110
