"""What one crash and return costs, measured on replicas in step, beside the formula.

All replicas are correct and in step, and messages arrive in the order in which they were sent. The
last replica crashes and returns from its newest backup one round later; how long it takes until its
epoch is open depends on where in a wave that is, so every place is tried.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tee_rider.model_check.world.network import Flight, OldestFirst
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration
from tee_rider.spec.events import AnyEvent, Freeze
from tee_rider.spec.messages import RecoveryRequest
from tee_rider.spec.unique_identifier import UniqueIdentifier

ROUNDS_BEFORE = 8
"""How many rounds there are before the first crash that is tried."""
MOST_ROUNDS = 40
"""After so many rounds an epoch that is not open will not be."""


@dataclass(frozen=True, slots=True)
class RecoveryCost:
    """One crash and return."""

    n: int
    rounds_before: int
    """How many rounds there were before the crash."""
    requests: int
    """Copies of the REQUEST that were sent, those forwarded included."""
    handed_over: int
    """Copies of old messages: what is given to the replica that returned, and what it gives."""
    freezes: int
    """Vertices that carry a FREEZE of it; they cost no message of their own."""
    rounds: int
    """From the round in which it returned to the one in which the last replica opened its epoch."""

    @property
    def requests_by_formula(self) -> int:
        """It goes to n - 1 others, each of which forwards it to the n - 2 that remain."""
        return (self.n - 1) ** 2

    @property
    def handed_over_by_formula(self) -> int:
        """All of the rounds before it crashed, both ways, and to it all of the round it missed.

        That round it forwards too, as it does with everything that it accepts.
        """
        before, missed = self.n * self.rounds_before, self.n - 1
        return (self.n - 1) * (2 * before + missed) + missed * (self.n - 2)

    @property
    def freezes_by_formula(self) -> int:
        """Everybody else says one."""
        return self.n - 1

    @property
    def rounds_by_formula(self) -> int:
        """The freezes are in the next round, and the next leader above it delivers them.

        That is five rounds after the leader's: four for its wave, one for the coin.
        """
        frozen = self.rounds_before + 2
        leader = next(r for r in range(frozen + 1, frozen + 5) if r % WAVE_LENGTH == 1)
        return leader + WAVE_LENGTH + 1 - (self.rounds_before + 1)


@dataclass
class Counting(OldestFirst):
    """Counts copies of the REQUEST, and of messages that were sent before somebody returned."""

    requests: int = 0
    handed_over: int = 0
    sent: set[UniqueIdentifier] = field(default_factory=set)
    before: frozenset[UniqueIdentifier] = frozenset()

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        super().put(flight)
        ui = flight.message.ui
        self.sent.add(ui)
        self.requests += isinstance(flight.message.content, RecoveryRequest)
        self.handed_over += ui in self.before


def recovery_cost(n: int, place: int, profile: Profile = HARDENED) -> RecoveryCost:
    """Play one crash and return, ``place`` rounds further on than the first place in a wave.

    No coin names the one that was away: each time one does costs a wave more.
    """
    events: list[AnyEvent] = []
    network, last, rounds_before = Counting(), n - 1, ROUNDS_BEFORE + place
    setting = Setting(largest_configuration(n), profile)
    enclaves = [IdealUsig(i) for i in range(n)]
    recorder = Recorder(n, [events.append])
    system = System(setting, enclaves, lambda replica, wave: 0, network, recorder, 1 << 30)
    for _ in range(rounds_before):
        everybody_advances(system)
    backup = system.back_up(last)
    system.crash(last)
    everybody_advances(system)
    network.before = frozenset(network.sent)
    system.restart(last, backup)
    drain(system)
    returned_in, rounds = system.states[0].round, 0
    while system.away and rounds < MOST_ROUNDS:
        everybody_advances(system)
        rounds = system.states[0].round - returned_in
    freezes = sum(isinstance(event, Freeze) for event in events)
    return RecoveryCost(n, rounds_before, network.requests, network.handed_over, freezes, rounds)


def recovery_costs(replicas: Iterable[int]) -> Iterator[RecoveryCost]:
    """For each n, a crash at each place in a wave."""
    for n in replicas:
        for place in range(WAVE_LENGTH):
            yield recovery_cost(n, place)


def everybody_advances(system: System) -> None:
    """All enter the same next round, who is behind first catching up, and everything arrives."""
    goal = 1 + max(system.states[i].round for i in system.running)
    for i in tuple(system.running):
        while system.states[i].round < goal and system.subject.may_advance(system.states[i]):
            system.advance(i)
    drain(system)


def drain(system: System) -> None:
    """Everything that is in flight arrives."""
    while system.network:
        system.deliver_next()
