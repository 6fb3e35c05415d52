"""The explorer visits everything once, finds shortest paths, and knows when it has to stop."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path as File

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.model import Always, Model, Path, Property, Sometimes
from tee_rider.spec.judgement import Violation


class Grid(Model[tuple[int, int], str]):
    """A walk to the right and up, on a square."""

    name = "grid"

    def __init__(self, size: int, *properties: Property[tuple[int, int]]) -> None:
        self.size = size
        self.bound = f"a square of {size}"
        self.asked = properties

    def initial_states(self) -> Sequence[tuple[int, int]]:
        return [(0, 0), (0, 0)]

    def actions(self, state: tuple[int, int]) -> Sequence[tuple[str, tuple[int, int]]]:
        right, up = state
        return [("right", (right + 1, up)), ("up", (right, up + 1))]

    def within_bound(self, state: tuple[int, int]) -> bool:
        return sum(state) < self.size

    def properties(self) -> Sequence[Property[tuple[int, int]]]:
        return self.asked

    def format_action(
        self, before: tuple[int, int], action: str, after: tuple[int, int]
    ) -> Sequence[str]:
        return [action]

    def format_state(self, state: tuple[int, int]) -> Sequence[str]:
        return [str(state)]

    def facts(self) -> dict[str, int]:
        return {"corners": 4}


def never(name: str, bad: Callable[[tuple[int, int]], bool]) -> Always[tuple[int, int]]:
    violation = Violation(name, "the test", (), "It is bad.\nIt must not be.")
    return Always(name, lambda state: [violation] if bad(state) else [])


def test_every_state_is_visited_once() -> None:
    seen: list[tuple[int, int]] = []

    def note(state: tuple[int, int]) -> list[Violation]:
        seen.append(state)
        return []

    report = explore(Grid(4, Always("noted", note)))
    assert report.states == 15
    assert sorted(seen) == sorted({(i, j) for i in range(5) for j in range(5 - i)})
    assert (report.transitions, report.depth, report.facts) == (20, 4, {"corners": 4})
    assert report.verdict == "no violation within a square of 4"
    assert report.exit_code == ExitCode.HOLDS


def test_a_violation_comes_with_a_shortest_path_that_replays() -> None:
    model = Grid(9, never("not (2, 1)", lambda state: state == (2, 1)))
    (found,) = explore(model).discoveries
    assert len(found.path.steps) == 3
    assert found.path.end == (2, 1)
    assert Path.replay(model, found.path.code).end == (2, 1)


def test_a_violation_in_the_first_state_is_found() -> None:
    (found,) = explore(Grid(3, never("nowhere", lambda state: True))).discoveries
    assert (found.path.code, found.path.steps) == ("0", ())


def test_states_on_the_bound_are_judged_and_not_left() -> None:
    report = explore(Grid(3, never("not far", lambda state: sum(state) == 3)))
    assert report.exit_code == ExitCode.VIOLATED
    assert explore(Grid(3, never("not far", lambda state: sum(state) == 4))).states == 10


def test_the_first_violation_ends_the_search_unless_others_are_wanted() -> None:
    near = never("near", lambda state: state == (1, 0))
    far = never("far", lambda state: state == (0, 3))
    assert [d.violation.property for d in explore(Grid(5, near, far)).discoveries] == ["near"]
    both = explore(Grid(5, near, far), until=frozenset({"far"}))
    assert [d.violation.property for d in both.discoveries] == ["near", "far"]
    assert both.states < 21
    all_ = explore(Grid(5, near, far), until=frozenset({"near", "far", "something else"}))
    assert all_.states == 21


def test_what_must_be_reached_fails_the_exploration_if_it_is_not() -> None:
    reached: Property[tuple[int, int]] = Sometimes("a corner", lambda state: state == (0, 3))
    missed: Property[tuple[int, int]] = Sometimes("the moon", lambda state: state == (9, 9))
    good = explore(Grid(3, reached))
    assert (good.reached, good.unreached, good.exit_code) == ({"a corner": 3}, (), ExitCode.HOLDS)
    vacuous = explore(Grid(3, reached, missed))
    assert vacuous.unreached == ("the moon",)
    assert vacuous.exit_code == ExitCode.INCONCLUSIVE


def test_a_limit_on_states_stops_the_search_and_says_so() -> None:
    report = explore(Grid(10**9), Limits(states=3_000))
    assert 3_000 <= report.states < 4_000
    assert report.stopped == f"stopped after {report.states:,} states (limit 3,000)"
    assert report.exit_code == ExitCode.INCONCLUSIVE


def test_a_limit_on_memory_stops_the_search_and_says_so() -> None:
    report = explore(Grid(10**9), Limits(megabytes=1))
    assert report.stopped == "stopped after 1 states, out of memory (limit 1 MB)"
    assert report.exit_code == ExitCode.INCONCLUSIVE


def test_progress_is_told() -> None:
    told: list[str] = []

    def tick(text: str) -> None:
        told.append(text)

    explore(Grid(2), tick=tick)
    assert told == ["1 states, depth 0", "3 states, depth 1", "6 states, depth 2"]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_as_before(enabled: bool, tmp_path: File) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        explore(Grid(2))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
