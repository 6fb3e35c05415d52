"""One crash and return at n = 3, every case within a bound, over the real replicas.

C crashes in round k; its last vertex reaches any subset of the others; it returns some rounds later
from a backup of any age. Rounds are in step: who is up receives everything that is not lost.
"""

from dataclasses import replace
from itertools import product

import pytest

from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, quorum
from tee_rider.reference.replica import initial_state, restart, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Output, Receive, Send
from tee_rider.spec.messages import SignedMessage
from tests.recovery.chaos import Life
from tests.recovery.observer import Observer

C = 2


class Steps:
    """Three replicas in step; ``cut_off`` are links that lose everything."""

    def __init__(self, profile: Profile) -> None:
        setting = Setting(largest_configuration(3), profile)
        self.lives = {i: Life(initial_state(setting, IdealUsig(i))) for i in range(3)}
        self.observer, self.cut_off = Observer(), set[tuple[int, int]]()
        self.soup: list[tuple[int, SignedMessage]] = []

    def done(self, replica: int, outputs: tuple[Output, ...]) -> None:
        life = self.lives[replica]
        life.delivered = self.observer.observe(replica, life.delivered, outputs)
        for output in outputs:
            match output:
                case Send(message, to):
                    receivers = [i for i in members(to) if (replica, i) not in self.cut_off]
                    self.soup += [(i, message) for i in receivers]
                case CoinRequested(wave):
                    life.state, more = step(life.state, CoinReleased(wave, wave % 3))
                    self.done(replica, more)

    def round(self) -> None:
        for replica in sorted(self.lives):
            life = self.lives[replica]
            life.state, outputs = step(life.state, Advance())
            self.done(replica, outputs)
        self.drain()

    def drain(self) -> None:
        while self.soup:
            receiver, message = self.soup.pop(0)
            if receiver in self.lives:
                life = self.lives[receiver]
                life.state, outputs = step(life.state, Receive(message))
                self.done(receiver, outputs)


QUORUM_HOLDERS = replace(HARDENED, holders_before_delivery=quorum)
REACHED: tuple[tuple[int, ...], ...] = ((), (0,), (1,), (0, 1))


def every_case(profile: Profile, crash_rounds: range, pauses: tuple[int, ...]) -> int:
    cases = 0
    for crash_round, reached, pause in product(crash_rounds, REACHED, pauses):
        for age in range(crash_round + 1):
            cases += 1
            one_case(profile, crash_round, reached, pause, age)
    return cases


@pytest.mark.parametrize("profile", [HARDENED, QUORUM_HOLDERS])
def test_every_crash_and_return_is_safe_and_the_replica_fills_rounds_again(
    profile: Profile,
) -> None:
    assert every_case(profile, range(4, 6), pauses=(2,)) == 44


@pytest.mark.nightly
@pytest.mark.parametrize("profile", [HARDENED, QUORUM_HOLDERS])
def test_the_same_within_a_larger_bound(profile: Profile) -> None:
    assert every_case(profile, range(1, 11), pauses=(0, 1, 5)) == 780


def one_case(
    profile: Profile, crash_round: int, reached: tuple[int, ...], pause: int, age: int
) -> None:
    steps = Steps(profile)
    backups = [replace(steps.lives[C])]
    for round_ in range(1, crash_round + 1):
        if round_ == crash_round:
            steps.cut_off = {(C, i) for i in (0, 1) if i not in reached}
        steps.round()
        backups.append(replace(steps.lives[C]))
    del steps.lives[C]
    steps.cut_off = set()
    for _ in range(pause):
        steps.round()
    backup = backups[crash_round - age]
    state, outputs = restart(backup.state, IdealUsig(C, 2))
    steps.lives[C] = Life(state, backup.delivered)
    steps.done(C, outputs)
    steps.drain()
    for _ in range(24):
        steps.round()
        while steps.lives[C].state.round < steps.lives[0].state.round:
            before = steps.lives[C].state.round
            steps.lives[C].state, outputs = step(steps.lives[C].state, Advance())
            steps.done(C, outputs)
            steps.drain()
            assert steps.lives[C].state.round > before, "stuck"
    assert set(steps.observer.resumes) == {(C, 2)}
    delivered_late = steps.observer.order[-9:]
    assert {name.source for name in delivered_late} == {0, 1, C}
    assert len({life.delivered for life in steps.lives.values()}) == 1
