"""A leader committed after its coin, message by message, is in the shapes explored for HARDENED."""

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.projection import Execution, project
from tee_rider.reference.profiles import HARDENED

SCENARIO = """\
replicas 3
profile hardened
coin 1 = A

everybody advances
B -> A C
C -> B
everybody advances
# A learns of C1 too late to build on it; so B2 can enter.
deliver C1 to A
B -> A C
C -> B
everybody advances
deliver C2 to A
B -> A
C -> B
# C hears of A's vertices: of round 4, A4 and C4 will have a path to A1, but not B4.
deliver A1 to C
deliver A2 to C
A -> C
everybody advances
expect A4 has edges A3 B3
expect B4 has edges B3 C3
expect C4 has edges A3 C3

# C falls silent.
deliver C3 to A
deliver B4 to A
deliver A1 to B
deliver A2 to B
deliver A3 to B
deliver A4 to B
A B advance
A -> B
B -> A
A B advance
expect not A commits A1
deliver C4 to A
| A inserts C4
| A commits A1 directly
| A delivers A1
A -> B
B -> A
A B advance
expect A7 has edges A6 B6 ~C4
expect not B commits A1
"""


@pytest.fixture
def execution() -> Execution:
    seen = Execution(n=3, correct=2)
    scenario = Scenario(parse(SCENARIO, "scenario"), [seen.observe])
    scenario.play()
    assert not scenario.failures
    return seen


def test_the_replica_commits_when_the_supporter_arrives(make_scope, execution):
    shapes = project(execution, make_scope(profile=HARDENED))
    assert [len(shape.locals[0].commits) for shape in shapes] == [0] * 6 + [1]
    assert not any(shape.locals[1].commits for shape in shapes)
    before = shapes[5].locals[0].state.ordering
    assert (before.leaders, before.decided) == ((0,), 0), "the coin is known, A1 is not committed"


@pytest.mark.parametrize(
    ("level_class", "liberties"),
    [(FrontierLevel, {}), (FineLevel, {"waves": 2}), (FineLevel, {"waves": 1, "views": True})],
)
def test_its_classes_were_visited(make_scope, execution, level_class, liberties):
    scope = make_scope(profile=HARDENED, **liberties)
    level = level_class(scope)
    explore(level)
    found = [level.of(shape) for shape in project(execution, scope)]
    assert all(state.key in level.successors for state in found if level.within_bound(state))
