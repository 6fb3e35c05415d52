from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tee_rider.model_check.export.dag_view import DagView, Standing, dag_view
from tee_rider.spec.events import ADeliver, CommitLeader, InsertVertex, ReleaseCoin
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex


def names(view: DagView, standing: Standing) -> list[str]:
    return [node.id.name for node in view.nodes if node.standing is standing]


def test_the_union_holds_what_any_correct_replica_inserted(run: Any) -> None:
    view = dag_view(run.excerpt())
    inserted = {e.vertex.id: e.vertex for e in run.events if isinstance(e, InsertVertex)}
    assert len(view.nodes) == len(inserted) == 33
    for node in view.nodes:
        assert node.strong + node.weak == inserted[node.id].predecessors
    assert [node.id.name for node in view.nodes if node.weak] == ["A4"]


def test_one_replica_holds_what_it_inserted_itself(run: Any) -> None:
    view = dag_view(run.excerpt(), 2)
    mine = {e.vertex.id for e in run.events if isinstance(e, InsertVertex) and e.replica == 2}
    assert {node.id for node in view.nodes} == mine
    assert len(mine) == 31


def test_what_faulty_replicas_say_is_not_in_the_union(run: Any) -> None:
    before = dag_view(run.excerpt())
    run.insert(3, make_vertex(9, 3))
    assert dag_view(run.excerpt()).nodes == before.nodes


def test_deliveries_have_their_place_and_wave(run: Any) -> None:
    view = dag_view(run.excerpt())
    delivered = {node.positions: (node.id.name, node.wave) for node in view.nodes if node.positions}
    assert [delivered[(i,)][0] for i in range(1, 17)] == [
        *("C1", "A1", "B1", "D1", "A2", "B2", "C2", "D2"),
        *("A3", "B3", "C3", "D3", "A4", "B4", "C4", "B5"),
    ]
    assert [delivered[(i,)][1] for i in range(1, 17)] == [1] + [2] * 15


def test_leaders_are_told_apart(run: Any) -> None:
    view = dag_view(run.excerpt())
    assert names(view, Standing.WALKED_BACK) == ["C1"]
    assert names(view, Standing.DIRECT) == ["B5"]
    assert names(view, Standing.LEADER) == []
    assert [(w.number, w.leaders, w.direct) for w in view.waves] == [
        (1, (2,), False),
        (2, (1,), True),
        (3, (), False),
    ]


def test_a_leader_that_nobody_commits_is_still_the_leader(run: Any) -> None:
    run.events = [e for e in run.events if not isinstance(e, CommitLeader | ADeliver)]
    view = dag_view(run.excerpt())
    assert names(view, Standing.LEADER) == ["C1", "B5"]
    assert all(wave.held for wave in view.waves[:2])


def test_a_leader_that_is_not_held_is_missed(empty: Callable[..., Any]) -> None:
    run = empty(3)
    run.insert(0, make_vertex(1, 0))
    run.happen(0, ReleaseCoin(wave=1, leader=2))
    (wave,) = dag_view(run.excerpt()).waves
    assert wave.leaders == (2,)
    assert not wave.held


def test_supporters_have_a_strong_path_and_no_weak_one(run: Any) -> None:
    view = dag_view(run.excerpt())
    assert [node.id.name for node in view.nodes if node.supports] == [
        *("B4", "C4"),  # A4 has a weak edge to C1, and D4 does not exist.
        *("A8", "B8", "C8", "D8"),
    ]


def test_the_strong_path_of_a_walk_back_is_shown(run: Any) -> None:
    (walk,) = dag_view(run.excerpt()).walks
    assert [name.name for name in walk] == ["B5", "B4", "C3", "C2", "C1"]


def test_no_path_is_shown_where_the_leader_it_comes_from_is_not(run: Any) -> None:
    view = dag_view(run.excerpt((1, 4)))
    assert view.walks == ()
    assert names(view, Standing.WALKED_BACK) == ["C1"]
    assert max(node.id.round for node in view.nodes) == 4


def test_two_vertices_at_one_address_are_both_shown(empty: Callable[..., Any]) -> None:
    run = empty(3)
    one, other = make_vertex(1, 2), replace(make_vertex(1, 2), digest="ab")
    run.insert(0, one)
    run.insert(1, other)
    assert {node.id for node in dag_view(run.excerpt()).nodes} == {one.id, other.id}


def test_disagreement_is_shown(empty: Callable[..., Any]) -> None:
    run = empty(3)
    vertices = [make_vertex(1, i) for i in range(3)]
    for replica in (0, 1):
        run.insert(replica, *vertices)
        leader = vertices[replica].id
        run.happen(
            replica,
            ReleaseCoin(wave=1, leader=replica),
            CommitLeader(wave=1, leader=leader, direct=True),
            *(ADeliver(vertex=v.id, wave=1) for v in (vertices[replica], vertices[1 - replica])),
        )
    view = dag_view(run.excerpt())
    assert view.waves[0].leaders == (0, 1)
    assert view.waves[0].committed == (vertices[0].id, vertices[1].id)
    assert [node.positions for node in view.nodes] == [(1, 2), (1, 2), ()]


def test_deliveries_alone_are_shown_without_edges(run: Any) -> None:
    run.events = [e for e in run.events if isinstance(e, ADeliver)]
    view = dag_view(run.excerpt())
    assert len(view.nodes) == 16
    assert not any(node.strong or node.weak or node.supports for node in view.nodes)


def test_implementations_without_digests_can_be_drawn(empty: Callable[..., Any]) -> None:
    run = empty(3)
    first = [Vertex(1, i, None) for i in range(3)]
    edges = (StrongEdge(0, None), StrongEdge(1, None))
    run.insert(0, *first, Vertex(2, 0, None, edges))
    view = dag_view(run.excerpt())
    assert [node.id.name for node in view.nodes] == ["A1", "B1", "C1", "A2"]
    assert view.nodes[3].strong == (first[0].id, first[1].id)
