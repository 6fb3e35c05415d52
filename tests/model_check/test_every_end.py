"""One way to each end shows all that every state does, and each way of leaving out can fail."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.console import ExitCode, UsageError
from tee_rider.model_check.exploration import signing
from tee_rider.model_check.exploration.every_end import EveryEnd
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import MessageLevel, Moves, State
from tee_rider.model_check.exploration.model import Always, Property
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.edits import Edit, in_force
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import Event
from tee_rider.spec.vertex import Vertex

Deeds = tuple[tuple[Event, ...], ...]
"""What each correct replica made, committed and delivered, in order."""
BOUNDS: list[tuple[int, dict[str, Any]]] = [
    (3, {"rounds": 3}),
    (3, {"rounds": 2, "faulty": 1, "junk": 2}),
    (3, {"rounds": 3, "faulty": 1}),
    (4, {"rounds": 2, "faulty": 1}),
]
LARGE: list[tuple[int, dict[str, Any]]] = [
    (3, {"rounds": 3, "faulty": 1, "junk": 1}),
    (3, {"rounds": 4, "leaders": (0, 1)}),
    (3, {"rounds": 4, "faulty": 1, "leaders": (0,)}),
    (3, {"rounds": 4, "faulty": 1, "leaders": (2,)}),
    (4, {"rounds": 2, "faulty": 1, "junk": 1}),
    (4, {"rounds": 2}),
]


def scope_of(n: int, **said: Any) -> Scope:
    return Scope(Setting(largest_configuration(n), TEE_RIDER), **said)


def endings(kind: type[MessageLevel], scope: Scope) -> set[Deeds]:
    """How executions end: when all that was sent has arrived, as far as it can."""
    found: set[Deeds] = set()

    class Watched(kind):  # type: ignore[valid-type,misc]
        def properties(self) -> Sequence[Property[State]]:
            return [Always("nothing", self.note)]

        def note(self, state: State) -> tuple[()]:
            if isinstance(self, EveryEnd):
                ends: Iterable[State] = self.ends(state)
            else:
                ends = [state] if self.quiescent(state) else []
            events = self.judge.logs.events
            for end in ends:
                locals_ = (self.locals.all[end[replica]] for replica in self.scope.correct)
                found.add(tuple(tuple(events[k] for k in local.ordered) for local in locals_))
            return ()

    explore(Watched(scope))
    return found


def by_ends(n: int, said: dict[str, Any], kind: type[EveryEnd] = EveryEnd) -> set[Deeds]:
    return endings(kind, scope_of(n, **said))


def by_states(n: int, said: dict[str, Any]) -> set[Deeds]:
    return endings(MessageLevel, scope_of(n, **said))


@pytest.mark.parametrize(("n", "said"), BOUNDS, ids=str)
def test_every_end_is_found_and_no_other(n: int, said: dict[str, Any]) -> None:
    ends = by_ends(n, said)
    assert len(ends) > 1
    assert ends == by_states(n, said)


@pytest.mark.nightly
@pytest.mark.parametrize(("n", "said"), LARGE, ids=str)
def test_every_end_of_larger_bounds_too(n: int, said: dict[str, Any]) -> None:
    assert by_ends(n, said) == by_states(n, said)


class Restless(EveryEnd):
    """Without R9: others move although one replica could alone."""

    def _knows_what_comes(self, state: State, replica: int, moves: Moves) -> bool:
        return False


@pytest.mark.parametrize(
    ("n", "said"), [(3, {"rounds": 3}), (3, {"rounds": 3, "faulty": 1})], ids=str
)
def test_each_reduction_can_be_switched_off(
    n: int, said: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = by_ends(n, said)
    states = explore(EveryEnd(scope_of(n, **said))).states
    assert by_ends(n, said, Restless) == ends
    assert explore(Restless(scope_of(n, **said))).states > states
    if "faulty" in said:
        monkeypatch.setattr(signing, "_one_of_each_sort", list)
        assert by_ends(n, said) == ends
        assert explore(EveryEnd(scope_of(n, **said))).states > states


class Hasty(EveryEnd):
    """R9 spoilt: a replica moves alone though more may come."""

    def _knows_what_comes(self, state: State, replica: int, moves: Moves) -> bool:
        return True


class OneWay(EveryEnd):
    """R10 spoilt: the last round is completed in one way."""

    def _completions(self, number: int, streams: tuple[int, ...]) -> Iterator[int]:
        yield from list(super()._completions(number, streams))[:1]


def one_choice(choices: Iterable[tuple[Vertex, ...]]) -> list[tuple[Vertex, ...]]:
    """R11 spoilt: all are of one sort."""
    return list(choices)[:1]


@pytest.mark.parametrize("said", [{"rounds": 3}, {"rounds": 3, "faulty": 1}], ids=str)
def test_ends_are_missed_by_a_replica_that_does_not_wait(said: dict[str, Any]) -> None:
    assert by_ends(3, said, Hasty) < by_ends(3, said)


WAVE: dict[str, Any] = {"rounds": 4, "leaders": (0,)}


def test_ends_are_missed_where_the_last_round_is_completed_in_one_way() -> None:
    ends, missed = by_ends(3, WAVE), by_ends(3, WAVE, OneWay)
    assert len(ends) == 2_552
    assert missed < ends


@pytest.mark.nightly
def test_ends_are_missed_where_last_vertices_are_taken_for_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = by_ends(3, WAVE | {"faulty": 1})
    assert len(ends) == 1_894
    monkeypatch.setattr(signing, "_one_of_each_sort", one_choice)
    assert by_ends(3, WAVE | {"faulty": 1}) < ends


def explored(n: int, **said: Any) -> Report:
    return explore(EveryEnd(scope_of(n, **said)), until=frozenset({"no such property"}))


def test_a_whole_wave() -> None:
    report = explored(3, **WAVE)
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    assert (report.states, report.transitions, report.depth) == (14_176, 18_506, 17)
    assert "every correct replica has delivered" in report.reached
    assert report.bound.endswith("advancing at once, one way to each end")


@pytest.mark.nightly
@pytest.mark.parametrize("leader", [0, 2])
def test_a_whole_wave_with_one_faulty(leader: int) -> None:
    report = explored(3, rounds=4, faulty=1, leaders=(leader,))
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    assert (report.states, report.transitions, report.depth) == (20_341, 28_534, 13)


SHOWN: list[tuple[str, dict[str, Any]]] = [
    ("edges q-1", {"rounds": 2}),
    ("edges q-1", {"rounds": 2, "faulty": 1, "junk": 1}),
    ("no weak edges", {"rounds": 3}),
    ("no weak edges", {"rounds": 3, "faulty": 1}),
    ("insertion before predecessors", {"rounds": 2, "faulty": 1}),
    ("insertion before predecessors", {"rounds": 3}),
    ("delivery twice", {"rounds": 4, "leaders": (0,)}),
]


@pytest.mark.parametrize(("name", "said"), SHOWN, ids=str)
def test_what_some_state_violates_some_end_does(name: str, said: dict[str, Any]) -> None:
    setting = Setting(largest_configuration(3), find(name).rules.profile)
    report = explore(EveryEnd(Scope(setting, **said)))
    assert report.exit_code == ExitCode.VIOLATED
    assert explore(MessageLevel(Scope(setting, **said))).exit_code == ExitCode.VIOLATED


def test_totality_is_asked_of_ends() -> None:
    """The profile forwards everything, and the code does not."""
    lost = Edit("reliable_broadcast._accept_early", "if setting.profile.forwards(", "if not (")
    said: dict[str, Any] = {"rounds": 2, "faulty": 1, "leaders": (0,)}
    with in_force([lost]):
        for kind in (EveryEnd, MessageLevel):
            report = explore(kind(scope_of(3, **said)))
            assert [found.violation.property for found in report.discoveries] == ["totality"]


def by_rules(**rules: Any) -> dict[str, Any]:
    return {"setting": Setting(largest_configuration(3), replace(TEE_RIDER, **rules))}


NEEDS_EVERY_STATE: dict[str, dict[str, Any]] = {
    "at any time": {"eager": False},
    "in any order": {"any_order": True},
    "nothing reduced": {"reduce": False},
    "equivocation": {"faulty": 1, "forks": 1},
    "own coins": {"common_coin": False},
    "other rules for one": {"profiles": {1: TEE_RIDER}},
    "junk not forwarded": by_rules(forwards=lambda valid: valid),
    "vertices not forwarded": by_rules(forwards=lambda valid: not valid),
    "too few to go on": by_rules(edge_quorum=lambda configuration: 3) | {"faulty": 1},
    "self-edges": by_rules(self_edge_required=True),
    "a late coin": by_rules(coin_release="next_round_quorum"),
    "late votes": by_rules(commit_evaluation="on_arrival"),
    "echoes": by_rules(holders_before_delivery=lambda configuration: 2),
}


@pytest.mark.parametrize("name", NEEDS_EVERY_STATE)
def test_what_needs_every_state_is_refused(name: str) -> None:
    said = {"setting": Setting(largest_configuration(3), TEE_RIDER)} | NEEDS_EVERY_STATE[name]
    setting = said.pop("setting")
    with pytest.raises(UsageError, match="state by state"):
        EveryEnd(Scope(setting, 2, **said))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("n", "rounds", "expected"),
    [(3, 5, (269_922, 362_707, 23)), (4, 3, (3_248_072, 8_011_012, 25))],
)
def test_what_every_state_is_too_much_for(
    n: int, rounds: int, expected: tuple[int, int, int]
) -> None:
    report = explored(n, rounds=rounds, leaders=(0,))
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    assert (report.states, report.transitions, report.depth) == expected
