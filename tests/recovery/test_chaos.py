"""Random runs: nothing goes wrong under the right rules, and something under each wrong one."""

from dataclasses import replace

import pytest

from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import HARDENED, quorum
from tee_rider.spec.opening import Opening
from tee_rider.spec.vertex import FreezeStatement, VertexId
from tests.recovery.chaos import Chaos
from tests.recovery.observer import RecoveryError

QUORUM_HOLDERS = replace(HARDENED, holders_before_delivery=quorum)
ALL_FREEZE = replace(HARDENED, freezes_needed=lambda configuration: configuration.n - 1)


@pytest.mark.parametrize(
    ("profile", "n", "faulty", "crashes"),
    [
        (HARDENED, 3, 0, 3),
        (HARDENED, 5, 1, 3),
        (HARDENED, 5, 2, 0),
        (QUORUM_HOLDERS, 3, 0, 3),
        (ALL_FREEZE, 5, 0, 1),
    ],
)
def test_replicas_that_return_go_on_and_no_address_is_filled_twice(
    profile: Profile, n: int, faulty: int, crashes: int
) -> None:
    opened = 0
    for seed in range(3):
        run = Chaos(profile, n, faulty, seed, crashes)
        run.run(turns=1000 * n)
        assert run.settle(limit=160), f"stuck: seed {seed}, away {run.away()}"
        opened += len(run.observer.resumes)
    assert opened


@pytest.mark.parametrize("seed", [1064, 1361])
def test_who_returns_is_told_what_it_said_itself(seed: int) -> None:
    """Here a replica accepts an old message only after it handed out all it held."""
    run = Chaos(HARDENED, 3, 0, seed, crashes=4)
    run.run(turns=2500)
    assert run.settle(limit=160)


def test_who_returns_fills_the_round_that_it_is_in() -> None:
    """Here another crashes at once, and its vertex of that round is lost: two are needed."""
    run = Chaos(HARDENED, 3, 0, seed=10546, crashes=4)
    run.run(turns=2500)
    assert run.settle(limit=160)


def test_all_freezes_needed_is_not_live_when_two_return_at_once() -> None:
    """Safe with r = n, the target counted, but each of the two waits for the other's freeze."""
    run = Chaos(ALL_FREEZE, 5, 0, seed=0, crashes=3)
    run.run(turns=3000)
    assert not run.settle(limit=160)


@pytest.mark.parametrize("seed", range(3))
def test_more_crashes_than_f_at_once_stop_everything_and_break_nothing(seed: int) -> None:
    run = Chaos(HARDENED, 3, 0, seed, crashes=6, polite=False)
    run.run(2000)
    run.settle(limit=20)
    assert run.recoveries > 0


def counts_for_any_epoch(
    freeze: FreezeStatement, target: Opening, said_in: VertexId, freezer: Opening
) -> bool:
    return said_in.source != freeze.target


WRONG = {
    "an old vertex is accepted after the cut": (
        replace(HARDENED, has_seen_freeze=lambda *_: False),
        5,
        2,
        4,
        3000,
    ),
    "a new epoch starts anywhere": (
        replace(HARDENED, knows_opening=lambda *_: True),
        3,
        1,
        0,
        1500,
    ),
    "an epoch is opened twice": (
        replace(HARDENED, freeze_counts=counts_for_any_epoch),
        5,
        2,
        2,
        3000,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_rule_is_caught(name: str) -> None:
    profile, n, faulty, seed, turns = WRONG[name]
    with pytest.raises(RecoveryError):
        for tried in range(seed, seed + 12):
            run = Chaos(profile, n, faulty, tried, crashes=1)
            run.run(turns)
            run.settle(limit=40)
