"""The machine with crashes from which replicas return, and faulty hosts that run many enclaves."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tee_rider.model_check.telling.played import premises_of
from tee_rider.model_check.world.backups import Backup
from tee_rider.model_check.world.returning_host import ReturningHost
from tee_rider.reference.profiles import HARDENED
from tee_rider.spec.events import AnyEvent, Resume
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import judge
from tests.stateful.machine import SEEDS, TeeRider, run

MOST_ROUNDS_MORE = 80


class Returning(TeeRider):
    """Any correct replica crashes and returns from any backup, as long as f bear with it."""

    profile = HARDENED
    host = ReturningHost
    spared = 1

    def __init__(self) -> None:
        super().__init__()
        self.backups: dict[int, list[Backup]] = {}
        self.events: list[AnyEvent] = []

    def observe(self, happened: AnyEvent) -> None:
        # What a backup held is judged only if it is known beforehand which one is restored.
        if isinstance(happened, Resume):
            self.note("resume")
        self.events.append(happened)

    def may_crash(self, replica: int) -> bool:
        away = [i for i in self.system.away if i != replica]
        return len(away) + len(self.system.faulty) < self.system.setting.configuration.f

    @rule(data=st.data())
    def somebody_backs_up(self, data: st.DataObject) -> None:
        replica = data.draw(st.sampled_from(self.system.running), "who backs up")
        self.backups.setdefault(replica, []).append(self.system.back_up(replica))

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        able = [i for i in self.system.running if self.may_crash(i)]
        if able:
            replica = data.draw(st.sampled_from(able), "who crashes")
            if replica not in self.backups:
                self.backups[replica] = [self.system.back_up(replica)]
            self.system.crash(replica)
            self.note("crash")

    @rule(data=st.data(), seed=SEEDS, moves=st.integers(0, 100))
    def crash_and_come_back(self, data: st.DataObject, seed: int, moves: int) -> None:
        self.crash(data)
        self.all_go_on_for_a_while(seed, moves, pace=0.2)
        if self.system.crashed:
            self.come_back(data)

    @precondition(lambda self: self.system.crashed)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        replica = data.draw(st.sampled_from(sorted(self.system.crashed)), "who returns")
        backup = data.draw(st.sampled_from(self.backups[replica]), "from which backup")
        self.system.restart(replica, backup)
        self.note("return")

    @invariant()
    def every_property_holds(self) -> None:
        pass  # Judged in the end.

    def teardown(self) -> None:
        """All return; then everybody's epoch opens, all goes on, and all that happened is right."""
        if not hasattr(self, "system"):
            return
        for replica in sorted(self.system.crashed):
            self.system.restart(replica, self.backups[replica][-1])
        self.finish()
        for _ in range(MOST_ROUNDS_MORE // 4):
            if not self.system.away:
                break
            self.system.extend(4)
            self.finish()
        assert not self.system.away, "an epoch opens while at most f are faulty or away"
        assert self.system.finished
        outcomes = judge(premises_of(self.system.setting, self.system.faulty), self.events)
        assert [o.violation for o in outcomes if o.status is Status.VIOLATED] == []
        holding = [o.property for o in outcomes if o.status is Status.HOLDS]
        self.seen.update(f"judged: {name}" for name in holding)

    def finish(self) -> None:
        while self.network or self.system.ready:
            self.everybody_advances()
            self.deliver_all(lambda flight: True)


def test_all_holds_across_crashes_and_returns() -> None:
    run(Returning, examples=40)
    seen = Returning.seen
    assert seen["crash"] > 10
    assert seen["return"] > 5
    assert seen["resume"] > 20
    assert seen["judged: recovery cut agreement"] > 10


class OpenToAnything(Returning):
    """The new epoch fills rounds that the old one may fill too."""

    profile = replace(HARDENED, knows_opening=lambda *given: True, freezes_needed=lambda _: 1)


def test_the_machine_finds_epochs_that_overlap() -> None:
    with pytest.raises(AssertionError):
        run(OpenToAnything, examples=150)
