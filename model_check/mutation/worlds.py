"""Grounds that are simulated: random runs with faulty hosts, crashes, coins and clients."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.mutation.grounds import Ground, Trial, enough
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.world.backups import BackupAge
from tee_rider.model_check.world.clients import Clients, Load
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.enclaves import enclaves_with_coin
from tee_rider.model_check.world.habits import MisbehavingHost, draw_habits
from tee_rider.model_check.world.host import CoinRefusedError, EnclaveCoin
from tee_rider.model_check.world.network import AnyOrder
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.setting import Crashes
from tee_rider.model_check.world.simulate import Simulation, play, stuck
from tee_rider.model_check.world.system import FaultyReplica, System
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import judge
from tee_rider.spec.properties.linearizability import linearizability
from tee_rider.spec.state_machine import KeyValueStore

PROGRESS = "progress"
END = "an end"
REFUSED = "the coin for who proves it"
ANSWERED = "every request is answered"
LINEAR = "linearizability"
ONCE = "every request is answered once"
SCHEDULERS = (Scheduler.RANDOM, Scheduler.STARVE, Scheduler.PARTITION)
MOST_MOVES = 40_000
"""More than any run needs that ends."""


class EndlessError(AssertionError):
    """A run has gone on for longer than any should."""


@dataclass(frozen=True, slots=True)
class SimulatedGround(Ground):
    """Random runs, one for each seed from 0; the last replicas are on faulty hosts."""

    checker = "simulation"

    n: int
    faulty: int
    waves: int
    runs: int
    base: Profile = TEE_RIDER
    crashes: Crashes = ()
    first: int = 0
    """The first seed."""
    parts = frozenset({"wrong", "common_coin", "forks"})

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """How many runs, and what happens in them."""
        crashes = ", ".join(f"{replica_name(i)} crashes in {round_}" for i, round_ in self.crashes)
        return (
            f"{self.runs} random runs of {self.waves} waves of {self.base.name} at n={self.n},"
            f" {self.faulty} faulty{', ' if crashes else ''}{crashes}"
            f"{f', from seed {self.first}' if self.first else ''}"
        )

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Judge run after run."""
        violated: dict[str, tuple[str, ...]] = {}
        for seed in range(self.first, self.first + self.runs):
            for name, explanation in self._run(rules, seed).items():
                violated.setdefault(name, (f"run {seed}:", *explanation.splitlines()))
            if enough(until, violated):
                break
        return Trial(violated)

    def _run(self, rules: Rules, seed: int) -> Mapping[str, str]:
        configuration = largest_configuration(self.n)
        common = seeded_coin(seed, self.n)
        simulation = Simulation(
            setting=Setting(configuration, rules.over(self.base)),
            waves=self.waves,
            seed=seed,
            faulty=self.faulty,
            scheduler=SCHEDULERS[seed % len(SCHEDULERS)],
            crashes=self.crashes,
            backup_age=BackupAge.RANDOM,
            equivocation=rules.forks > 0,
            coin=None if rules.common_coin else lambda i, wave: (common(i, wave) + i) % self.n,
        )
        events: list[AnyEvent] = []
        try:
            system, _ = play(simulation, [events.append], _patience())
        except EndlessError:
            return {END: f"after {MOST_MOVES:,} moves it still goes on"}
        premises = Premises(configuration, frozenset(simulation.faulty_replicas))
        found = violations(premises, events)
        left = [*stuck(system), *(i for i in system.away if simulation.crashes)]
        if left and all(i not in system.crashed for i in left):
            names = ", ".join(map(replica_name, sorted(set(left))))
            found[PROGRESS] = f"Nothing more can happen, and {names} cannot go on."
        return found


def violations(premises: Premises, events: Iterable[AnyEvent]) -> dict[str, str]:
    """For each property that the events violate, how."""
    outcomes = judge(premises, events)
    return {o.property: o.violation.explanation for o in outcomes if o.violation is not None}


def _patience() -> Ticker:
    """To be called after every thousand moves of a run."""
    calls = count(1)

    def tick(text: str) -> None:
        if next(calls) * 1000 >= MOST_MOVES:
            raise EndlessError

    return tick


@dataclass(frozen=True, slots=True)
class EnclaveCoinGround(Ground):
    """Random runs in which each replica asks its own enclave for the coin, with a proof."""

    checker = "enclave coin"

    n: int
    waves: int
    runs: int
    base: Profile = HARDENED

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """How many runs."""
        return (
            f"{self.runs} random runs of {self.waves} waves of {self.base.name} at n={self.n},"
            " f faulty, the coin from the enclaves"
        )

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Whoever can prove it sees the leader, which is everybody's."""
        violated: dict[str, tuple[str, ...]] = {}
        for seed in range(self.runs):
            try:
                found = self._run(rules, seed)
            except CoinRefusedError as error:
                found = {REFUSED: str(error)}
            for name, told in found.items():
                violated.setdefault(name, (f"run {seed}:", *told.splitlines()))
            if enough(until, violated):
                break
        return Trial(violated)

    def _run(self, rules: Rules, seed: int) -> Mapping[str, str]:
        setting = Setting(largest_configuration(self.n), rules.over(self.base))
        n, correct = self.n, self.n - setting.configuration.f
        enclaves = enclaves_with_coin(setting, [IdealUsig(i) for i in range(n)], seed)
        random, coin = Random(seed), EnclaveCoin()
        hosts: dict[int, FaultyReplica] = {
            i: MisbehavingHost(setting, enclaves[i], coin, random, draw_habits(random))
            for i in range(correct, n)
        }
        events: list[AnyEvent] = []
        network, recorder = AnyOrder(random), Recorder(n, [events.append])
        last = 4 * self.waves + 1
        system = System(setting, enclaves, coin, network, recorder, last, hosts)
        for _ in range(MOST_MOVES):
            if not (system.network or system.ready):
                break
            if random.random() < 0.05:
                system.faulty_turn(random.choice(sorted(hosts)))
            if system.ready and (not system.network or random.random() < 0.1):
                system.advance(random.choice(system.ready))
            elif system.network:
                system.deliver_next()
        found = violations(Premises(setting.configuration, frozenset(hosts)), events)
        if not system.finished:
            found[PROGRESS] = "Nothing more can happen, and the last round is not reached."
        return found


class _Silent:
    """A host whose lies to clients are told by the clients' side of the world."""

    def receive(self, message: object) -> tuple[()]:
        return ()

    def turn(self) -> tuple[()]:
        return ()


@dataclass(frozen=True, slots=True)
class ClientsGround(Ground):
    """Random runs with clients; the last replicas lie to them."""

    checker = "service"

    n: int
    liars: int
    runs: int
    rounds: int = 60
    parts = frozenset({"wrong", "service", "replies"})

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """How many runs."""
        return (
            f"{self.runs} random runs of {self.rounds} rounds at n={self.n}, {self.liars} liars,"
            " 4 clients with 6 requests each"
        )

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Every request is answered, as one machine would, and replicas reply alike."""
        violated: dict[str, tuple[str, ...]] = {}
        for seed in range(self.runs):
            for name, told in self._run(rules, seed).items():
                violated.setdefault(name, (f"run {seed}:", *told.splitlines()))
            if enough(until, violated):
                break
        return Trial(violated)

    def _run(self, rules: Rules, seed: int) -> Mapping[str, str]:
        setting = Setting(largest_configuration(self.n), rules.over(HARDENED))
        liars = frozenset(range(self.n - self.liars, self.n))
        load = Load(clients=4, requests=6, rule=rules.replies)
        service, random = rules.service(KeyValueStore()), Random(f"{seed} clients")
        clients = Clients(setting.configuration, liars, load, random, service)
        events: list[AnyEvent] = []
        system = System(
            setting,
            [IdealUsig(i) for i in range(self.n)],
            seeded_coin(seed, self.n),
            AnyOrder(Random(f"{seed} network")),
            Recorder(self.n, [events.append]),
            self.rounds,
            {i: _Silent() for i in liars},
            attendant=clients,
        )
        luck = Random(seed)
        for _ in range(MOST_MOVES):
            if clients.finished or not (system.network or system.ready):
                break
            if luck.random() < 0.5:
                system.outside_turn()
            if system.ready and (not system.network or luck.random() < 0.05):
                replica = luck.choice(system.ready)
                system.advance(replica, clients.block(replica))
            elif system.network:
                system.deliver_next()
        found = violations(Premises(setting.configuration, liars), events)
        _, again, never = clients.counts
        if again:
            found[ONCE] = f"{again} requests are answered more than once"
        if never:
            found[ANSWERED] = f"{never} requests are not answered after {self.rounds} rounds"
        outcome = linearizability(clients.history, KeyValueStore())
        if outcome.violation is not None:
            found[LINEAR] = outcome.violation.explanation
        return found
