"""Sets of edges that lead to the same: trying one of each finds what trying all finds."""

from dataclasses import replace

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes import choices as choices_module
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.alike import Alike
from tee_rider.model_check.shapes.choices import Choices
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.shape import EMPTY
from tee_rider.reference.profiles import HARDENED
from tests.shapes.conftest import with_wrong_rule
from tests.shapes.test_choices import awaiting


@pytest.mark.parametrize(
    ("level_class", "n", "liberties"),
    [
        (FrontierLevel, 3, {}),
        (FrontierLevel, 4, {}),
        (FrontierLevel, 4, {"batch": False}),
        pytest.param(FrontierLevel, 5, {}, marks=pytest.mark.nightly),
        (FrontierLevel, 3, {"symmetry": False}),
        (FineLevel, 3, {"waves": 2}),
        (FineLevel, 3, {"waves": 1, "views": True}),
        pytest.param(FineLevel, 3, {"waves": 2, "views": True}, marks=pytest.mark.nightly),
        pytest.param(FineLevel, 5, {"waves": 2}, marks=pytest.mark.nightly),
    ],
)
def test_the_same_classes_follow_each_class(make_scope, profile, level_class, n, liberties):
    scope = make_scope(n, profile=profile, **liberties)
    some, every = level_class(scope), level_class(replace(scope, alike=False))
    reports = [explore(level) for level in (some, every)]
    assert some.successors == every.successors
    assert [(r.states, r.transitions, r.depth, dict(r.reached)) for r in reports[:1]] == [
        (r.states, r.transitions, r.depth, dict(r.reached)) for r in reports[1:]
    ]
    assert some.choices.steps.taken < every.choices.steps.taken


@pytest.mark.parametrize("level_class", [FrontierLevel, FineLevel])
@pytest.mark.parametrize("name", ["commit with q - 1", "no walk-back"])
def test_a_violation_is_found_as_soon(make_scope, profile, level_class, name):
    waves = 2 if level_class is FineLevel else None
    scope = make_scope(waves=waves, profile=with_wrong_rule(profile, name))
    some, every = (
        explore(level_class(one)).discoveries[0].path
        for one in (scope, replace(scope, alike=False))
    )
    assert len(some.steps) == len(every.steps)


def test_what_sets_are_alike(make_scope):
    """A leads, so sets with A1 differ from those without; B1 and C1 lead to nothing."""
    scope = make_scope()
    shape = EMPTY.extended(Choices(scope).first(), 0)
    alike = Alike(scope, shape)
    kinds = {alike.kind(vertices): vertices for vertices in range(1, 8)}
    assert sorted(kinds.values()) == [0b110, 0b111]
    told_apart = Alike(scope, shape, told_apart=True)
    assert len({told_apart.kind(vertices) for vertices in range(1, 8)}) == 7


def test_supporters_are_counted(make_scope):
    """A4 and C4 support A1: one of them is not both, though both reach no more."""
    scope = make_scope()
    _, shape = awaiting(scope)
    fourth = replace(shape, rows=shape.rows[:4], reach=shape.reach[:4])
    alike = Alike(scope, fourth)
    assert alike.kind(0b011) == alike.kind(0b110) != alike.kind(0b101)


def test_supporters_that_are_awaited_are_told_apart(make_scope):
    scope = make_scope(profile=HARDENED)
    _, shape = awaiting(scope)
    fourth = replace(shape, rows=shape.rows[:4], reach=shape.reach[:4])
    alike = Alike(scope, fourth)
    assert len({alike.kind(vertices) for vertices in (0b011, 0b110, 0b101)}) == 3


class CountsNoSupporters(Alike):
    """Takes a set with a quorum of supporters for one with a single supporter."""

    def kind(self, vertices):
        return self._reached[vertices] if not self.told_apart else vertices


@pytest.mark.parametrize("level_class", [FrontierLevel, FineLevel])
def test_what_is_wrongly_called_alike_is_an_alarm(make_scope, monkeypatch, level_class):
    monkeypatch.setattr(choices_module, "Alike", CountsNoSupporters)
    waves = 2 if level_class is FineLevel else None
    report = explore_shapes(level_class(make_scope(waves=waves)), samples=200)
    assert "ALARM" in report.verdict
