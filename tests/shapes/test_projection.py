"""Executions, message by message, are shapes; and land in classes that were visited."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes.fine_key import FineKey
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.projection import Execution, ProjectionError, project
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.profiles import HARDENED, TEE_RIDER

WAVES = 6
SEEDS = range(6)


RULES = (TEE_RIDER, replace(HARDENED, replicas_return=False))
"""Nobody returns: there is no place for freezes in a shape."""


def executions(scope) -> Iterator[Execution]:
    for scheduler in Scheduler:
        for seed in SEEDS:
            execution = Execution(scope.n, len(scope.correct))
            run = Simulation(
                setting=scope.setting,
                waves=WAVES,
                seed=seed,
                faulty=scope.faulty,
                scheduler=scheduler,
            )
            simulate(run, [execution.observe])
            yield execution


def unvisited(level: ShapeLevel, walker: ShapeLevel, shapes) -> int:
    """How many shapes, from the first on, are of classes that were not visited."""
    count = 0
    for shape in shapes:
        state = walker.of(shape)
        if not walker.within_bound(state):
            break
        count += state.key not in level.successors
    return count


@pytest.mark.parametrize("rules", RULES)
def test_simulated_runs_land_in_visited_classes(make_scope, rules):
    """The projection itself compares vertices, commits and deliveries with those of the run."""
    scope, two_waves = make_scope(profile=rules), make_scope(waves=2, views=True, profile=rules)
    frontier, fine = FrontierLevel(scope), FineLevel(two_waves)
    for level in (frontier, fine):
        explore(level)
    rounds = weak_edges = commits = 0
    for execution in executions(scope):
        shapes = project(execution, scope)
        rounds += len(shapes)
        weak_edges += sum(bool(v.weak_edges) for row in shapes[-1].rows for v in row)
        commits += len(shapes[-1].locals[0].commits)
        assert unvisited(fine, fine, project(execution, two_waves)) == 0
        for monitored in range(1, WAVES + 1):
            walker = FrontierLevel(scope, monitored)
            assert unvisited(frontier, walker, shapes[4 * (monitored - 1) :]) == 0
    late = scope.setting.profile.coin_release == "next_round_quorum"
    assert rounds == len(Scheduler) * len(SEEDS) * (4 * WAVES + 1 + late)
    assert weak_edges > 50
    assert commits > 100


@pytest.mark.parametrize("rules", RULES)
def test_runs_of_four_replicas_too(make_scope, rules):
    scope = make_scope(4, profile=rules)
    frontier = FrontierLevel(scope)
    explore(frontier)
    for execution in islice(executions(scope), 6):
        shapes = project(execution, scope)
        for monitored in range(1, WAVES + 1):
            walker = FrontierLevel(scope, monitored)
            assert unvisited(frontier, walker, shapes[4 * (monitored - 1) :]) == 0


def test_without_late_vertices_some_runs_land_elsewhere(make_scope):
    """What the exploration leaves out is missed: the comparison can fail."""
    fine = ShapeLevel(make_scope(waves=2), FineKey(symmetry=True))
    explore(fine)
    elsewhere = 0
    for execution in executions(make_scope()):
        elsewhere += unvisited(fine, fine, project(execution, make_scope())) > 0
    assert elsewhere > 0


@pytest.mark.parametrize("what", ["vertex", "commit"])
def test_an_execution_of_other_rules_is_no_shape(make_scope, what):
    execution = next(executions(make_scope()))
    if what == "vertex":
        vertex = execution.vertices[6, 0]
        execution.vertices[6, 0] = replace(vertex, digest="00")
        message = "A6 is another vertex"
    else:
        del execution.commits[0][0]
        message = "A commits"
    with pytest.raises(ProjectionError, match=message):
        project(execution, make_scope())
