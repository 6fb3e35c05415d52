"""A machine in which Hypothesis plays the scheduler and the faulty hosts."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.habits import MisbehavingHost, draw_habits
from tee_rider.model_check.world.network import ByHand, Flight
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.returning_host import ReturningHost
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration, round_in_wave, wave_of
from tee_rider.spec.events import AnyEvent, CommitLeader, CreateVertex, Reject
from tee_rider.spec.judgement import Premises, Status, Violation
from tee_rider.spec.properties import Judge
from tee_rider.spec.vertex import Request

WAVES = 4
SEEDS = st.integers(0, 2**32)


class TeeRider(RuleBasedStateMachine):
    """Any network, any pace, any mixture of faults within f."""

    seen: ClassVar[Counter[str]] = Counter()
    """What happened in all examples together."""
    profile: ClassVar[Profile] = TEE_RIDER
    host: ClassVar[type[MisbehavingHost | ReturningHost]] = MisbehavingHost

    spared: ClassVar[int] = 0
    """How many of the f faults are left for crashes."""

    def observe(self, happened: AnyEvent) -> None:
        self.violations += self.judge.observe(happened)
        match happened:
            case CommitLeader(direct=direct):
                self.note("commit directly" if direct else "commit by walking back")
            case CreateVertex(vertex=vertex) if vertex.weak_edges:
                self.note("weak edge")
            case Reject(reason=reason):
                self.note(f"rejection: {reason}")

    def note(self, what: str) -> None:
        self.seen[what] += 1
        event(what)

    @initialize(n=st.integers(3, 7), seed=SEEDS, data=st.data())
    def begin(self, n: int, seed: int, data: st.DataObject) -> None:
        setting = Setting(largest_configuration(n), self.profile)
        most = max(0, setting.configuration.f - self.spared)
        faults = data.draw(st.integers(0, most), "faulty hosts")
        coin = seeded_coin(seed, n)
        enclaves = [IdealUsig(i) for i in range(n)]
        hosts: dict[int, MisbehavingHost | ReturningHost] = {}
        for i in range(n - faults, n):
            random = Random(f"{seed} {i}")
            hosts[i] = self.host(setting, enclaves[i], coin, random, draw_habits(random))
        self.judge = Judge(Premises(setting.configuration, frozenset(hosts)))
        self.violations: list[Violation] = []
        recorder = Recorder(n, (self.observe,))
        self.network = ByHand()
        self.system = System(setting, enclaves, coin, self.network, recorder, 4 * WAVES + 1, hosts)
        self.crashes_left = setting.configuration.f - faults

    @precondition(lambda self: self.network)
    @rule(data=st.data())
    def deliver_one(self, data: st.DataObject) -> None:
        chosen = data.draw(st.integers(0, len(self.network) - 1), "which of those in flight")
        self.system.deliver(self.network.flights.pop(chosen))

    @rule(seed=SEEDS, moves=st.integers(1, 300), pace=st.sampled_from([0.02, 0.2, 1.0]))
    def all_go_on_for_a_while(self, seed: int, moves: int, pace: float) -> None:
        random, system = Random(seed), self.system
        for _ in range(moves):
            if system.faulty and random.random() < 0.05:
                system.faulty_turn(random.choice(sorted(system.faulty)))
            if system.ready and random.random() < pace:
                system.advance(random.choice(system.ready))
            elif self.network:
                flights = self.network.flights
                system.deliver(flights.pop(random.randrange(len(flights))))

    @rule(last=st.integers(2, 5))
    def the_leader_is_heard_late(self, last: int) -> None:
        """The network knows the coin, on which safety may not depend; all others go on."""
        newest = max(1, *(state.round for state in self.system.states))
        wave = wave_of(newest)
        late = self.system.coin(0, wave)

        def from_others(flight: Flight) -> bool:
            return flight.sender != late

        for _ in range(newest, round_in_wave(wave, last)):
            self.deliver_all(from_others)
            self.everybody_advances()
        self.deliver_all(lambda flight: True)
        self.everybody_advances()

    def deliver_all(self, wanted: Callable[[Flight], bool]) -> None:
        while flight := self.network.pick(wanted):
            self.system.deliver(flight)

    @precondition(lambda self: self.network)
    @rule(members=st.sets(st.integers(0, 6), min_size=1))
    def deliver_all_among_some(self, members: set[int]) -> None:
        def inside(flight: Flight) -> bool:
            return {flight.sender, flight.receiver} <= members

        self.deliver_all(inside)

    @rule(seed=SEEDS, data=st.data())
    def one_hurries_on(self, seed: int, data: st.DataObject) -> None:
        """It gets messages in any order until it can advance, and does so at once."""
        random = Random(seed)
        replica = data.draw(st.sampled_from(self.system.running), "who hurries")
        mine = [flight for flight in self.network.flights if flight.receiver == replica]
        while mine and replica not in self.system.ready:
            flight = mine.pop(random.randrange(len(mine)))
            self.network.flights.remove(flight)
            self.system.deliver(flight)
        if replica in self.system.ready:
            self.system.advance(replica)

    @precondition(lambda self: self.system.ready)
    @rule(data=st.data())
    def advance(self, data: st.DataObject) -> None:
        replica = data.draw(st.sampled_from(sorted(self.system.ready)), "who advances")
        round_ = self.system.states[replica].round + 1
        self.system.advance(replica, (Request(replica, round_),))

    @precondition(lambda self: self.system.ready)
    @rule()
    def everybody_advances(self) -> None:
        for replica in sorted(self.system.ready):
            self.system.advance(replica)

    @rule(data=st.data())
    def advance_too_early(self, data: st.DataObject) -> None:
        slow = sorted(set(self.system.running) - set(self.system.ready))
        slow = [i for i in slow if self.system.states[i].round < self.system.last_round]
        if slow:
            self.system.advance(data.draw(st.sampled_from(slow), "who is too early"))

    @precondition(lambda self: self.system.faulty)
    @rule(data=st.data())
    def faulty_host_acts(self, data: st.DataObject) -> None:
        self.system.faulty_turn(data.draw(st.sampled_from(sorted(self.system.faulty)), "who"))

    @precondition(lambda self: self.crashes_left)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        self.crashes_left -= 1
        self.system.crash(data.draw(st.sampled_from(self.system.running), "who crashes"))
        self.note("crash")

    @invariant()
    def every_property_holds(self) -> None:
        assert self.violations == []

    def teardown(self) -> None:
        """Let everything arrive: then nobody is stuck, and all still holds."""
        if not hasattr(self, "system"):
            return
        while self.network or self.system.ready:
            self.everybody_advances()
            self.deliver_all(lambda flight: True)
        assert self.system.finished
        self.every_property_holds()
        holding = [o for o in self.judge.outcomes() if o.status is Status.HOLDS]
        self.seen.update(f"judged: {outcome.property}" for outcome in holding)


def run(machine: type[TeeRider], examples: int) -> None:
    machine.seen.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
