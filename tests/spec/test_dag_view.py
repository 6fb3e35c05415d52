"""The view of a DAG finds the paths that a search over the whole graph finds."""

import random

import networkx as nx
import pytest

from tee_rider.spec.dag_view import DagView, predecessor_addresses
from tee_rider.spec.identifiers import members
from tee_rider.spec.vertex import StrongEdge, Vertex, WeakEdge, make_vertex


def draw(n: int, rounds: int, seed: int) -> list[Vertex]:
    """A random DAG: two strong edges or more to the round before, and a weak edge now and then."""
    choose = random.Random(seed)
    vertices: list[Vertex] = []
    below: list[int] = []
    for round_ in range(1, rounds + 1):
        here = sorted(choose.sample(range(n), choose.randint(2, n)))
        for source in here:
            parents = choose.sample(below, choose.randint(2, len(below))) if below else []
            strong = tuple(StrongEdge(parent, "aa") for parent in parents)
            older = [v for v in vertices if v.round < round_ - 1]
            picked = choose.choice(older) if older and choose.random() < 0.3 else None
            weak = (WeakEdge(picked.round, picked.source, "aa"),) if picked else ()
            vertices.append(make_vertex(round_, source, strong, weak))
        below = here
    return vertices


def graph_of(vertices: list[Vertex], weak: bool) -> "nx.DiGraph[tuple[int, int]]":
    graph: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
    for vertex in vertices:
        edges = predecessor_addresses(vertex)
        graph.add_node((vertex.round, vertex.source))
        for edge in edges if weak else edges[: len(vertex.strong_edges)]:
            graph.add_edge((vertex.round, vertex.source), edge)
    return graph


@pytest.fixture(params=range(8))
def drawn(request):
    vertices = draw(5, 9, request.param)
    view = DagView()
    for vertex in vertices:
        view.insert(vertex)
    return vertices, view


def test_supporters_have_a_strong_path(drawn) -> None:
    vertices, view = drawn
    graph = graph_of(vertices, weak=False)
    for leader in graph:
        for round_ in range(leader[0], 10):
            expected = [s for r, s in graph if r == round_ and nx.has_path(graph, (r, s), leader)]
            assert list(members(view.supporters(leader, round_))) == sorted(expected)


def test_strong_edges_reach_what_strong_paths_lead_to(drawn) -> None:
    vertices, view = drawn
    graph = graph_of(vertices, weak=False)
    for top in graph:
        reached = {(r, s) for r, found in view.strongly_reached(top) for s in members(found)}
        assert reached == nx.descendants(graph, top)


def test_a_history_is_everything_reached(drawn) -> None:
    vertices, view = drawn
    graph = graph_of(vertices, weak=True)
    for top in graph:
        assert view.undelivered_history(top) == nx.descendants(graph, top) | {top}


def test_a_history_leaves_out_what_is_delivered(drawn) -> None:
    vertices, view = drawn
    graph = graph_of(vertices, weak=True)
    tops = [address for address in graph if address[0] == 5]
    for delivered in view.undelivered_history(tops[0]):
        view.deliver(delivered)
    assert view.undelivered(tops[0]) is None
    gone = nx.descendants(graph, tops[0]) | {tops[0]}
    for top in graph:
        expected = (nx.descendants(graph, top) | {top}) - gone
        assert view.undelivered_history(top) == (expected if top not in gone else set())


def test_what_is_forgotten_is_not_reached_and_the_rest_is(drawn) -> None:
    vertices, view = drawn
    view.forget_below(5)
    graph = graph_of(vertices, weak=False)
    for top in [address for address in graph if address[0] == 9]:
        reached = {(r, s) for r, found in view.strongly_reached(top) for s in members(found)}
        assert reached == {(r, s) for r, s in nx.descendants(graph, top) if r >= 5}
    view.insert(vertices[0])
    assert view.undelivered((1, vertices[0].source)) == vertices[0]


def test_a_leader_that_is_not_there_has_no_supporters() -> None:
    view = DagView()
    assert view.supporters((1, 0), 4) == 0
    assert view.undelivered_history((1, 0)) == set()
    assert [found for found in view.strongly_reached((5, 0)) if found[1]] == []
