"""Replicas of the reference with clients around them, in a world in which anything may be late."""

from dataclasses import dataclass, field
from random import Random

from tee_rider.model_check.world.backups import Backup
from tee_rider.model_check.world.clients import Clients, Load
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.network import AnyOrder, Flight
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.service import Service
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent, Event
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import Outcome, judge
from tee_rider.spec.properties.linearizability import linearizability
from tee_rider.spec.state_machine import KeyValueStore

NO_MORE_ROUNDS = 400


class Silent:
    """Its replica says nothing; ``Clients`` lies in its name."""

    def receive(self, message: object) -> tuple[Flight, ...]:
        return ()

    def turn(self) -> tuple[Flight, ...]:
        return ()


@dataclass
class Company:
    """Replicas and clients; the last replicas are liars, who take no other part."""

    n: int = 3
    liars: int = 0
    load: Load = field(default_factory=lambda: Load(clients=3, requests=4))
    seed: int = 1
    profile: Profile = HARDENED
    service: Service | None = None
    outside: float = 0.1
    """How likely the clients have their turn before each move."""

    def __post_init__(self) -> None:
        configuration = largest_configuration(self.n)
        faulty = frozenset(range(self.n - self.liars, self.n))
        self.premises = Premises(configuration, faulty)
        self.events: list[AnyEvent] = []
        self.random = Random(f"{self.seed} company")
        self.clients = Clients(
            configuration, faulty, self.load, Random(f"{self.seed} clients"), self.service
        )
        self.system = System(
            Setting(configuration, self.profile),
            [IdealUsig(i) for i in range(self.n)],
            seeded_coin(self.seed, self.n),
            AnyOrder(Random(f"{self.seed} network")),
            Recorder(self.n, [self.events.append]),
            NO_MORE_ROUNDS,
            {i: Silent() for i in faulty},
        )

    def move(self) -> None:
        """One thing happens, and everybody whom it concerns hears of it."""
        system, before = self.system, len(self.events)
        if self.random.random() < self.outside:
            self.clients.turn()
            for i in system.running:
                self.tell(i, ())
        if system.ready and (not system.network or self.random.random() < 0.05):
            replica = self.random.choice(system.ready)
            system.advance(replica, self.clients.block(replica))
        elif system.network:
            system.deliver_next()
        self.hear(before)

    def hear(self, before: int) -> None:
        """Tell the clients' services what the replicas have done since."""
        new: list[AnyEvent] = self.events[before:]
        for i in self.system.running:
            events = tuple(event for event in new if event.replica == i)
            if events:
                self.tell(i, events)

    def tell(self, replica: int, events: tuple[Event, ...]) -> None:
        told = self.clients.stepped(replica, self.system.states[replica], events)
        self.system.recorder.record(replica, told)

    def play(self, rounds: int = NO_MORE_ROUNDS) -> "Company":
        """Until all is answered, or somebody is in this round."""
        while not self.clients.finished and self.round < rounds:
            self.move()
        return self

    def play_on(self, rounds: int) -> None:
        """For so many rounds, though all is answered."""
        last = self.round + rounds
        while self.round < last:
            self.move()

    def back_up(self, replica: int) -> tuple[Backup, object]:
        """The replica's and its service's."""
        return self.system.back_up(replica), self.clients.backup(replica)

    def crash(self, replica: int) -> None:
        self.system.crash(replica)
        self.system.lose(replica, lambda flight: True)

    def restart(self, replica: int, backup: tuple[Backup, object]) -> None:
        """A crashed replica comes back, with its service."""
        before = len(self.events)
        self.clients.restore(replica, backup[1])
        self.system.restart(replica, backup[0])
        self.hear(before)

    @property
    def round(self) -> int:
        rounds: list[int] = [self.system.states[i].round for i in self.system.running]
        return max(rounds)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What the trace shows."""
        return {said.property: said for said in judge(self.premises, self.events)}

    @property
    def violated(self) -> list[str]:
        return [name for name, said in self.outcomes.items() if said.violation]

    @property
    def linear(self) -> Outcome:
        return linearizability(self.clients.history, KeyValueStore())
