"""Every execution that the message level ends with is a shape, of a class that was visited."""

from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.shapes.fine_key import FineKey
from tee_rider.model_check.shapes.levels import FineLevel
from tee_rider.model_check.shapes.projection import Execution, project
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tests.shapes.test_projection import unvisited


class Ends(MessageLevel):
    """Notes the states that nothing follows."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.ends: list[tuple[int, ...]] = []

    def actions(self, state: tuple[int, ...]) -> Any:
        following = super().actions(state)
        if not following:
            self.ends.append(state)
        return following

    def execution(self, state: tuple[int, ...]) -> Execution:
        """What the correct replicas did on the way there."""
        execution = Execution(self.scope.n, len(self.scope.correct))
        for replica in self.scope.correct:
            for event in self.judge.logs.hear(self.locals.all[state[replica]].log):
                execution.observe(event)
        return execution


@pytest.mark.parametrize(
    ("rounds", "faulty", "ends", "dags"),
    [
        (2, 0, 8, 8),
        (3, 0, 124, 8**2),
        (3, 1, 392, 256),
        pytest.param(4, 0, 2552, 992, marks=pytest.mark.nightly),
    ],
)
def test_what_messages_lead_to_is_visited(make_scope, rounds, faulty, ends, dags):
    """A new vertex has two choices: its own and another. Later, two may be inserted together."""
    scope = replace(make_scope(waves=2, views=True), faulty=faulty)
    fine = FineLevel(scope)
    explore(fine)
    model = Ends(Scope(scope.setting, rounds=rounds, faulty=faulty, leaders=(0,)))
    explore(model)
    found = set()
    for state in model.ends:
        shapes = project(model.execution(state), scope)
        assert len(shapes) == rounds + 1
        assert unvisited(fine, fine, shapes) == 0
        found.add(tuple(v.strong_edges for row in shapes[-1].rows[:rounds] for v in row))
    assert (len(model.ends), len(found)) == (ends, dags)


def test_without_late_vertices_some_ends_are_not_visited(make_scope):
    """The comparison can fail."""
    scope = replace(make_scope(waves=2), faulty=0)
    fine = ShapeLevel(scope, FineKey(symmetry=True))
    explore(fine)
    model = Ends(Scope(scope.setting, rounds=3, leaders=(0,)))
    explore(model)
    ends = [project(model.execution(state), scope) for state in model.ends]
    assert sum(unvisited(fine, fine, shapes) > 0 for shapes in ends) == 20
