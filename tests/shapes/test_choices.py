"""What a replica may do in a layer is decided by the reference."""

from dataclasses import replace
from random import Random

import pytest

from tee_rider.model_check.shapes.choices import Choices
from tee_rider.model_check.shapes.late import supporters
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import EMPTY, Shape
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.spec.vertex import Vertex, WeakEdge

HARDENED_WITH_ALL = replace(HARDENED, commit_quorum=lambda configuration: configuration.n)


def every(scope: ShapeScope) -> Choices:
    return Choices(scope, told_apart=True)


def first(choices: Choices) -> Shape:
    return EMPTY.extended(choices.first(), 0)


def edges(choices: Choices, shape: Shape, replica: int) -> set[str]:
    found = choices.after(shape, replica)
    sets = [tuple(edge.source for edge in choice.vertex.strong_edges) for choice in found]
    assert len(sets) == len(set(sets))
    return {"".join("ABCDE"[source] for source in sources) for sources in sets}


def test_a_correct_replica_holds_its_own_vertex_and_a_quorum(make_scope):
    eager, batch = every(make_scope(batch=False)), every(make_scope())
    assert edges(eager, first(eager), 0) == {"AB", "AC"}
    assert edges(batch, first(batch), 0) == {"AB", "AC", "ABC"}


def test_a_faulty_replica_signs_any_quorum(make_scope):
    choices = every(make_scope(batch=False))
    assert edges(choices, first(choices), 2) == {"AB", "AC", "BC", "ABC"}


def test_a_faulty_replica_may_begin_late_without_an_edge_to_itself(make_scope):
    choices = every(make_scope(profile=replace(TEE_RIDER, self_edge_required=True)))
    assert edges(choices, first(choices), 2) == {"AB", "AC", "BC", "ABC"}


def test_with_one_edge_less_a_replica_advances_alone(make_scope, wrong):
    choices = every(make_scope(profile=wrong["q - 1 edges"], batch=False))
    assert edges(choices, first(choices), 0) == {"A"}
    assert edges(choices, first(choices), 2) == {"A", "B", "C", "AB", "AC", "BC", "ABC"}


@pytest.mark.parametrize(("n", "eager", "batch", "faulty"), [(4, 3, 4, 5), (5, 6, 11, 16)])
def test_how_many_sets_of_edges_there_are(make_scope, n, eager, batch, faulty):
    for is_batch, expected in ((False, eager), (True, batch)):
        choices = every(make_scope(n, batch=is_batch))
        assert len(choices.after(first(choices), 0)) == expected
        assert len(choices.after(first(choices), n - 1)) == faulty


def walk(scope: ShapeScope, seed: int, rounds: int) -> Shape:
    choices, random = Choices(scope), Random(seed)
    shape = first(choices)
    while shape.round < rounds:
        row = [random.choice(choices.after(shape, i, random)) for i in range(scope.n)]
        shape = shape.extended(row, None)
    return shape


def test_older_vertices_that_arrive_late_get_weak_edges(make_scope):
    shapes = [walk(make_scope(views=True), seed, 4) for seed in range(10)]
    weak = [len(v.weak_edges) for s in shapes for row in s.rows for v in row[:2]]
    assert max(weak) >= 1
    without = [walk(make_scope(), seed, 4) for seed in range(10)]
    assert not any(v.weak_edges for s in without for row in s.rows for v in row)


def test_no_weak_edges_where_the_profile_has_none(make_scope):
    scope = make_scope(views=True, profile=replace(TEE_RIDER, weak_edges=None))
    assert not any(v.weak_edges for row in walk(scope, 1, 4).rows for v in row)


def test_steps_asked_for_again_are_not_taken_again(make_scope):
    choices = Choices(make_scope())
    shape = first(choices)
    once = choices.after(shape, 0)
    taken = choices.steps.taken
    again = choices.after(shape, 0)
    assert [choice.local for choice in once] == [choice.local for choice in again]
    assert choices.steps.taken == taken


ROWS = (("AB", "BC", "BC"), ("AB", "BC", "BC"), ("AB", "BC", "AC"), ("AB", "AB", "AB"))
"""Edges of rounds 2 to 5: A4 and C4 support A1; in round 5 A and B have not heard of C4."""


def awaiting(scope: ShapeScope) -> tuple[Choices, Shape]:
    choices = every(scope)
    shape = first(choices)
    for names in ROWS:
        row = []
        for replica, name in enumerate(names):
            found = choices.after(shape, replica)
            row += [choice for choice in found if edges_of(choice.vertex) == set(name)]
        shape = shape.extended(row, None)
    return choices, shape


def edges_of(vertex: Vertex) -> set[str]:
    return {"ABC"[edge.source] for edge in vertex.strong_edges}


def test_supporters_arrive_late_where_waves_are_evaluated_later(make_scope):
    choices, shape = awaiting(make_scope(profile=HARDENED))
    assert shape.round == 5
    outcomes = {
        (tuple(e.source for e in c.vertex.strong_edges), c.vertex.weak_edges, len(c.local.commits))
        for c in choices.after(shape, 0)
        if c.local is not None
    }
    late = WeakEdge(4, 2, shape.rows[3][2].digest)
    assert outcomes == {
        (sources, weak, len(weak))
        for sources in ((0, 1), (0, 2), (0, 1, 2))
        for weak in ((), (late,))
    }


def test_where_they_are_not_nothing_arrives_late(make_scope):
    choices, shape = awaiting(make_scope())
    assert all(not choice.vertex.weak_edges for choice in choices.after(shape, 0))
    assert supporters(choices.scope, shape.reach) == ()


def test_supporters_that_are_too_few_are_not_awaited(make_scope):
    """Without C's support A1 is not committed, whoever hears of it."""
    scope = make_scope(profile=HARDENED)
    _, shape = awaiting(scope)
    assert supporters(scope, shape.reach[:-1]) == (((4, 0), (4, 2)),)
    alone = replace(scope, setting=replace(scope.setting, profile=HARDENED_WITH_ALL))
    assert supporters(alone, shape.reach[:-1]) == ((),)
