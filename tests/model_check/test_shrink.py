"""Counterexamples become as small as they can, and still violate the same."""

from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.exploration.deeds import Cost, Deed, Kind, deeds_of, follow, unfolded
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.exploration.shrink import Telling, shrink, unfold
from tests.model_check.counterexamples import first_discovery, found, model_of

FOUND: dict[str, tuple[dict[str, Any], str, Cost, Cost]] = {
    "counter gap": (
        {"rounds": 2, "any_order": True},
        "stream order",
        Cost(6, 4, 3),
        Cost(5, 3, 2),
    ),
    "equivocation": (
        {"rounds": 2, "faulty": 1},
        "non-equivocation",
        Cost(7, 5, 3),
        Cost(4, 2, 3),
    ),
    "junk not forwarded": (
        {"rounds": 2, "faulty": 1, "junk": 1},
        "totality",
        Cost(12, 7, 3),
        Cost(2, 1, 2),
    ),
    "no weak edges": ({"rounds": 3}, "validity", Cost(10, 6, 3), Cost(10, 6, 3)),
    "insertion before predecessors": (
        {"rounds": 2},
        "well-formedness",
        Cost(8, 5, 3),
        Cost(6, 3, 3),
    ),
    "delivery twice": (
        {"rounds": 4, "leaders": (0,)},
        "integrity",
        Cost(17, 10, 3),
        Cost(16, 9, 2),
    ),
    "own coin": ({"rounds": 4}, "agreement", Cost(20, 11, 3), Cost(18, 10, 2)),
}
"""The bound, what is violated, and how long the path is before and after."""


@pytest.mark.parametrize("mutant", FOUND)
def test_what_is_found_shrinks_to_what_is_known(mutant: str) -> None:
    bound, name, before, after = FOUND[mutant]
    telling = found(mutant, **bound)
    assert telling.violation is not None
    assert (telling.violation.property, telling.cost) == (name, before)
    smallest = shrink(telling)
    assert smallest.violation is not None
    assert (smallest.violation.property, smallest.cost) == (name, after)
    assert shrink(smallest).path.code == smallest.path.code
    again = MessageLevel(smallest.model.scope)
    assert Path.replay(again, smallest.path.code).lines() == smallest.path.lines()


@pytest.mark.parametrize(
    "mutant", ["counter gap", "equivocation", "junk not forwarded", "insertion before predecessors"]
)
def test_no_search_finds_a_shorter_one(mutant: str) -> None:
    smallest = shrink(found(mutant, **FOUND[mutant][0]))
    shortest = first_discovery(MessageLevel(smallest.model.scope))
    assert smallest.violation is not None
    assert shortest.violation.property == smallest.violation.property
    assert len(shortest.path.steps) == smallest.cost.steps


def test_needless_steps_go() -> None:
    model = unfolded(model_of("junk not forwarded", rounds=3, faulty=1, junk=1))
    junk = "C's junk"
    padded = [
        Deed(Kind.ADVANCE, 0),
        Deed(Kind.ADVANCE, 1),
        Deed(Kind.SIGN, 2, "C1"),
        Deed(Kind.RECEIVE, 0, "B1"),
        Deed(Kind.RECEIVE, 1, "A1"),
        Deed(Kind.RECEIVE, 0, "C1"),
        Deed(Kind.RECEIVE, 1, "C1"),
        Deed(Kind.ADVANCE, 0),
        Deed(Kind.RECEIVE, 1, "A2"),
        Deed(Kind.SIGN, 2, junk),
        Deed(Kind.RECEIVE, 0, junk),
    ]
    path = follow(model, padded)
    assert len(path.steps) == len(padded)
    telling = unfold(model, path, "totality")
    smallest = shrink(telling)
    what = [(deed.kind, deed.replica, deed.message) for deed in smallest.deeds]
    assert what == [(Kind.SIGN, 2, junk), (Kind.RECEIVE, 0, junk)]
    assert (smallest.model.scope.rounds, smallest.model.scope.junk) == (1, 1)
    assert smallest.violation is not None
    assert smallest.violation.property == "totality"


def test_every_step_that_is_left_is_needed() -> None:
    smallest = shrink(found("no weak edges", rounds=3))
    for i in range(len(smallest.deeds)):
        fewer = [deed for j, deed in enumerate(smallest.deeds) if j != i]
        model = smallest.model
        assert not violated(model, follow(model, fewer)), smallest.deeds[i]


def violated(model: MessageLevel, path: Path[Any, Any]) -> bool:
    (asked,) = [one for one in model.properties() if one.name == "what the specification says"]
    return any(asked.violations(state) for state in path.states)  # type: ignore[union-attr]


def test_who_is_faulty_in_vain_is_correct() -> None:
    telling = found("edges q-1", rounds=2, faulty=1)
    smallest = shrink(telling)
    assert (telling.model.scope.faulty, smallest.model.scope.faulty) == (1, 0)
    assert smallest.cost == Cost(2, 2, 1)


def test_a_path_that_violates_nothing_is_only_taken_apart() -> None:
    model = model_of("counter gap", rounds=1)
    path = Path.replay(model, "0.0")
    telling = unfold(model, path, None)
    assert telling.violation is None
    assert str(telling.cost) == "5 steps, 4 messages, 3 replicas"
    with pytest.raises(AssertionError, match="violates something"):
        shrink(telling)


def test_what_is_not_violated_is_not_told_as_if_it_were() -> None:
    model = model_of("counter gap", rounds=1)
    with pytest.raises(AssertionError, match="stream order is not violated"):
        unfold(model, Path.replay(model, "0.0"), "stream order")


def test_deeds_do_the_same_again() -> None:
    telling = found("own coin", rounds=4)
    again = follow(MessageLevel(telling.model.scope), telling.deeds)
    assert again.code == telling.path.code
    assert deeds_of(telling.model, telling.path) == telling.deeds


def test_a_deed_that_is_impossible_is_left_out() -> None:
    model = unfolded(model_of("counter gap", rounds=1))
    path = follow(model, [Deed(Kind.RECEIVE, 0, "B1"), Deed(Kind.ADVANCE, 1)])
    telling = Telling(model, path, None)
    assert [deed.kind for deed in telling.deeds] == [Kind.ADVANCE]
    assert replace(path, steps=()).end == path.start
