"""Orders of arrival that are hard on a protocol, and the pace at which replicas advance."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tee_rider.model_check.world.network import (
    AnyOrder,
    Flight,
    Lost,
    Network,
    NewestFirst,
    OldestFirst,
)


class Scheduler(StrEnum):
    """In which order messages arrive."""

    RANDOM = "random"
    FIFO = "fifo"
    NEWEST = "newest"
    STARVE = "starve"
    PARTITION = "partition"


def make_network(scheduler: Scheduler, random: Random, n: int, correct: int) -> Network:
    """An empty network of n replicas, of which the first ``correct`` are correct."""
    match scheduler:
        case Scheduler.RANDOM:
            return AnyOrder(random)
        case Scheduler.FIFO:
            return OldestFirst()
        case Scheduler.NEWEST:
            return NewestFirst()
        case Scheduler.STARVE:
            patience = random.randrange(1, 13) * copies_of_a_round(n)
            hears = random.random() < 0.5
            return Starved(random, random.randrange(correct), patience, hears)
        case Scheduler.PARTITION:
            return Partitioned(random, correct, random.randrange(1, 9) * copies_of_a_round(n))


def copies_of_a_round(n: int) -> int:
    """How many copies are sent when n replicas make a vertex each and n - 1 forward it."""
    return n * (n - 1) ** 2


def draw_paces(random: Random, n: int) -> list[float]:
    """For each replica: how likely it advances, when it can, before the next message arrives.

    From at once, with the fewest edges that suffice, to almost never, with all edges there are.
    Often all have the same pace.
    """
    common = random.randrange(4)
    differ = random.random() < 0.5
    return [float(n ** -(random.randrange(4) if differ else common)) for _ in range(n)]


@dataclass
class Starved:
    """Copies from and to one replica arrive when there is nothing else, or very late.

    Late has to be possible: were they held until all others stop, nothing that the replica made
    would ever be seen in time to matter. A victim that hears keeps pace, and is heard late: so its
    leaders are seen by too few at first, and committed by walking back.
    """

    random: Random
    victim: int
    patience: int
    """After how many arrivals a copy that was held back arrives."""
    hears: bool = False
    """Whether copies to the victim arrive like all others."""
    arrivals: int = 0
    others: AnyOrder = field(init=False)
    held: deque[tuple[int, Flight]] = field(default_factory=deque)
    """What is held back, and until how many arrivals."""

    def __post_init__(self) -> None:
        """The others' messages arrive in any order."""
        self.others = AnyOrder(self.random)

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        to_victim = flight.receiver == self.victim and not self.hears
        if flight.sender == self.victim or to_victim:
            self.held.append((self.arrivals + self.patience, flight))
        else:
            self.others.put(flight)

    def take(self) -> Flight:
        """What has waited too long, else anything of the others, else what waits longest."""
        self.arrivals += 1
        if self.held and (not self.others or self.held[0][0] < self.arrivals):
            return self.held.popleft()[1]
        return self.others.take()

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.others.lose(lost)
        self.held = deque(entry for entry in self.held if not lost(entry[1]))

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.others) + len(self.held)


@dataclass
class Partitioned:
    """Correct replicas are in two groups that change from time to time; copies between them wait.

    Faulty hosts are on both sides: so each side may be a quorum with them.
    """

    random: Random
    correct: int
    """How many replicas are correct, the first ones."""
    period: int
    """After how many arrivals the groups change; time passes also while nothing arrives."""
    left: int = 0
    group: list[int] = field(default_factory=list)
    """The group of each correct replica, 0 or 1."""
    inside: AnyOrder = field(init=False)
    between: list[Flight] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Inside a group, messages arrive in any order."""
        self.inside = AnyOrder(self.random)
        self._regroup()

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        sender, receiver, group = flight.sender, flight.receiver, self.group
        if max(sender, receiver) >= self.correct or group[sender] == group[receiver]:
            self.inside.put(flight)
        else:
            self.between.append(flight)

    def take(self) -> Flight | None:
        """Any copy that stays inside a group."""
        if self.left <= 0:
            self._regroup()
        self.left -= 1 if self.inside else self.correct
        return self.inside.take() if self.inside else None

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.inside.lose(lost)
        self.between = [flight for flight in self.between if not lost(flight)]

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.inside) + len(self.between)

    def _regroup(self) -> None:
        self.left = self.period
        self.group = [self.random.randrange(2) for _ in range(self.correct)]
        flights = self.inside.flights + self.between
        self.inside.flights, self.between = [], []
        for flight in flights:
            self.put(flight)
