"""One crash and return among three replicas that run the reference."""

from dataclasses import replace

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.returning.contradictions import contradictions
from tee_rider.model_check.returning.lives import Life
from tee_rider.model_check.returning.moments import Returning
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.model_check.world.setting import make_setting
from tee_rider.reference.recovery import Recovery
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.opening import Opening
from tee_rider.spec.vertex import VertexId

HARDENED = make_setting(3, "hardened", "one")


def explored(early: int, rounds: int, leaders: tuple[int, ...], until: str = "") -> Report:
    scope = Returning(HARDENED, early, rounds, leaders, new_epoch=1 if until else 2)
    return explore(OneReturn(scope), Limits(states=200_000), frozenset({until} - {""}))


def test_before_the_new_epoch_opens() -> None:
    report = explored(early=1, rounds=6, leaders=(0, 0))
    assert not report.discoveries
    assert report.states == 16_900
    assert report.unreached == (
        "the new epoch is open everywhere",
        "others hold a vertex of the new epoch",
    )


def test_an_enclave_that_counts_again_in_its_old_epoch_fills_an_address_twice() -> None:
    name = "one vertex per address"
    report = explored(early=2, rounds=6, leaders=(0, 0), until=name)
    found = {discovery.violation.property: discovery for discovery in report.discoveries}
    assert "C2 is held with two contents" in found[name].violation.explanation
    assert len(found[name].path.steps) == 6


def test_each_contradiction_is_seen() -> None:
    state = initial_state(HARDENED, IdealUsig(0))
    one, other = VertexId(1, 0, "a" * 64), VertexId(1, 1, "b" * 64)
    assert not list(contradictions(Life(state, (one,)), Life(state, (one, other))))
    (seen,) = contradictions(Life(state, (one,)), Life(state, (other,)))
    assert seen.property == "total order"
    lives = [
        Life(replace(state, recovery=Recovery(((Opening(), Opening(2, leader)),) * 3)))
        for leader in (one, VertexId(5, 0, "a" * 64))
    ]
    assert {v.property for v in contradictions(*lives)} == {"equal cuts"}


@pytest.mark.nightly
@pytest.mark.parametrize("leader", [0, 1])
def test_until_the_new_epoch_fills_rounds(leader: int) -> None:
    report = explored(early=1, rounds=11, leaders=(leader,) * 3)
    assert report.exit_code is ExitCode.HOLDS
    assert report.states == 173_434
