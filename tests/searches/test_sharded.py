"""Several workers find what one process finds: as much, as far, and on the same paths."""

from functools import partial
from typing import Any

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.returning.collected_freezes import CollectedFreezes, Rules
from tee_rider.model_check.searches import atlas
from tee_rider.model_check.searches.crew import WorkerFailedError
from tee_rider.model_check.searches.ledger import Ledger
from tee_rider.model_check.searches.parts import StateParts
from tee_rider.model_check.searches.processes import Processes
from tee_rider.model_check.searches.shard import Make, Shard
from tee_rider.model_check.searches.sharded import explore_sharded
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tests.searches.worlds import Grid, Lossy, ends, essence, messages

SHAPES = ShapeScope(Setting(largest_configuration(3), TEE_RIDER), 1)
MODELS: dict[str, Make] = {
    "2 rounds": messages(rounds=2),
    "2 rounds, junk": messages(rounds=2, faulty=1, junk=1, leaders=(0, 2)),
    "2 rounds, any order": messages(rounds=2, any_order=True),
    "ends of 3 rounds": ends(rounds=3, faulty=1, leaders=(0,)),
    "frontier": partial(FrontierLevel, SHAPES),
    "2 waves": partial(FineLevel, ShapeScope(SHAPES.setting, 1, waves=2)),
    "collected freezes": partial(CollectedFreezes, Rules(3, 1, 3, 1)),
    "grid": partial(Grid, 9, starts=3),
}


@pytest.mark.parametrize("name", MODELS)
def test_two_workers_report_what_one_process_does(name: str) -> None:
    make = MODELS[name]
    alone = explore(make())
    assert alone.states > 20
    assert essence(explore_sharded(make, Processes(2))) == essence(alone)


@pytest.mark.parametrize("workers", [1, 3])
def test_so_does_any_number_of_workers(workers: int) -> None:
    make = MODELS["2 rounds"]
    shared = explore_sharded(make, Processes(workers))
    assert essence(shared) == essence(explore(make()))
    assert (shared.states, shared.transitions) == (1_257, 2_622)
    assert shared.facts == {"parts of states": 75, "workers": workers, "workers lost": 0}


@pytest.mark.nightly
@pytest.mark.parametrize(
    "said", [{"rounds": 3}, {"rounds": 3, "faulty": 1}, {"rounds": 4}], ids=str
)
def test_larger_bounds_too(said: dict[str, Any]) -> None:
    make = messages(**said)
    assert essence(explore_sharded(make, Processes(2))) == essence(explore(make()))


MUTANTS: dict[str, dict[str, Any]] = {
    "junk not forwarded": {"rounds": 2, "faulty": 1, "junk": 1, "leaders": (0, 2)},
    "insertion before predecessors": {"rounds": 2},
    "counter gap": {"rounds": 2, "any_order": True},
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_violation_is_found_on_the_same_shortest_path(name: str) -> None:
    make = messages(name, **MUTANTS[name])
    alone = explore(make())
    assert alone.exit_code == ExitCode.VIOLATED
    shared = explore_sharded(make, Processes(2))
    assert {**essence(shared), "reached": {}, "unreached": ()} == {
        **essence(alone),
        "reached": {},
        "unreached": (),
    }


BAD: dict[str, tuple[tuple[str, tuple[int, int]], ...]] = {
    "at the start": (("a", (0, 0)),),
    "at another start": (("a", (2, 0)),),
    "twice in one layer": (("a", (1, 3)), ("b", (3, 1))),
    "two in one state": (("b", (2, 2)), ("a", (2, 2))),
    "on the bound": (("a", (0, 7)),),
    "in two layers": (("a", (5, 0)), ("b", (0, 6)), ("a", (0, 6))),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_the_search_ends_at_the_same_state(bad: tuple[tuple[str, tuple[int, int]], ...]) -> None:
    make = partial(Grid, 7, bad, starts=3)
    for until in (frozenset[str](), frozenset({"a", "b"})):
        alone = explore(make(), until=until)
        assert alone.discoveries
        shared = explore_sharded(make, Processes(2), until=until)
        ours, theirs = essence(shared), essence(alone)
        if not alone.reached:  # It ended before, in the middle of a layer.
            ours["reached"], ours["unreached"] = theirs["reached"], theirs["unreached"]
        assert ours == theirs


@pytest.mark.parametrize("before", [True, False], ids=["before", "at work"])
@pytest.mark.parametrize("calls", [[1], [14], [2, 9, 21]], ids=str)
def test_a_lost_worker_makes_no_difference(calls: list[int], before: bool) -> None:
    make = MODELS["2 rounds, junk"]
    shared = explore_sharded(make, Lossy(2, 1, calls, before))
    assert essence(shared) == KNOWN_WITH_JUNK
    assert shared.facts["workers lost"] == len(calls)


KNOWN_WITH_JUNK = essence(explore(MODELS["2 rounds, junk"]()))


def test_too_many_losses_stop_the_search_and_it_says_so() -> None:
    shared = explore_sharded(MODELS["2 rounds"], Lossy(2, 0, range(16, 100)))
    assert shared.stopped is not None
    assert "4 workers were lost in one layer" in shared.stopped
    assert shared.exit_code == ExitCode.INCONCLUSIVE
    assert 0 < shared.depth < 12


def test_a_limit_on_states_stops_the_search_after_a_layer() -> None:
    shared = explore_sharded(MODELS["2 rounds"], Processes(2), Limits(states=300))
    assert 300 <= shared.states < 1_257
    assert shared.stopped == f"stopped after {shared.states:,} states (limit 300)"
    assert f"no violation within the first {shared.depth} steps of" in shared.verdict


def test_a_limit_on_memory_is_for_all_workers_together() -> None:
    shared = explore_sharded(MODELS["2 rounds"], Processes(2), Limits(megabytes=1))
    assert shared.stopped == "stopped after 0 states, out of memory (limit 1 MB)"
    nearly = Limits(megabytes=10_000)
    assert explore_sharded(MODELS["2 rounds"], Processes(2), nearly).stopped is None


def test_a_worker_looks_at_its_own_share_of_memory_while_it_works() -> None:
    shard: Shard[Any, Any] = Shard(MODELS["grid"], 0, 1, frozenset(), None)
    shard.send([found.definition for found in shard.begin().found])
    received = shard.receive([])
    assert (len(received.new.tags), received.full) == (3, False)
    shard.megabytes = 1
    positions = received.new.tags[:0]
    positions.extend(range(3))
    assert shard.expand(positions).full


def test_what_a_full_worker_found_before_is_told() -> None:
    make = partial(Grid, 7, (("a", (1, 0)),))
    ledger = Ledger()
    shared = explore_sharded(make, Processes(2), Limits(), ledger=ledger)
    assert shared.exit_code == ExitCode.VIOLATED
    assert ledger.found == {"a": "0.0"}


def same(state: object) -> object:
    return 0


def test_two_states_with_one_digest_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas, "parts_of", lambda model: StateParts(same))
    shard: Shard[Any, Any] = Shard(MODELS["grid"], 0, 1, frozenset(), None)
    with pytest.raises(AssertionError, match="two parts have one digest"):
        shard.begin()


def test_a_worker_that_fails_is_no_verdict() -> None:
    with pytest.raises(WorkerFailedError, match=r"(?s)worker \d failed.*no canonical bytes"):
        explore_sharded(Unknown, Processes(2))


class Unknown(Grid):
    """Its states cannot be told apart by other processes."""

    def __init__(self) -> None:
        super().__init__(3)

    def initial_states(self) -> Any:
        return [Ellipsis]
