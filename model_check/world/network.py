"""Messages in flight: what is on its way to whom, and which arrives next.

Links are asynchronous: whatever order a network takes its flights in is one that can happen, as
long as it takes them all in the end; only a crash loses some.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, Protocol, TypeAlias


class Flight(NamedTuple):
    """One copy of a message on its way; the sender need not be its origin."""

    sender: int
    receiver: int
    message: Any
    """Of a type of the protocol's own: no network looks into it."""


Lost: TypeAlias = Callable[[Flight], bool]
"""Whether a copy in flight is lost."""


class Network(Protocol):
    """What is in flight, and an order of arrival."""

    def put(self, flight: Flight) -> None:
        """A copy was sent."""

    def take(self) -> Flight | None:
        """The copy that arrives next, if any are in flight; None: time passes without one."""

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses; each is asked about once, in one order always."""

    def __len__(self) -> int:
        """How many copies are in flight."""


@dataclass
class AnyOrder:
    """Each copy in flight is equally likely to arrive next."""

    random: Random
    flights: list[Flight] = field(default_factory=list)

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        self.flights.append(flight)

    def take(self) -> Flight:
        """Any copy: it changes places with the last, so that taking it costs the same always."""
        flights = self.flights
        chosen = int(self.random.random() * len(flights))
        flights[chosen], flights[-1] = flights[-1], flights[chosen]
        return flights.pop()

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.flights = [flight for flight in self.flights if not lost(flight)]

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.flights)


@dataclass
class OldestFirst:
    """Copies arrive in the order in which they were sent."""

    flights: deque[Flight] = field(default_factory=deque)

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        self.flights.append(flight)

    def take(self) -> Flight:
        """The copy that was sent first."""
        return self.flights.popleft()

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.flights = deque(flight for flight in self.flights if not lost(flight))

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.flights)


@dataclass
class NewestFirst:
    """The copy sent last arrives first: older ones wait until there is nothing newer."""

    flights: list[Flight] = field(default_factory=list)

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        self.flights.append(flight)

    def take(self) -> Flight:
        """The copy that was sent last."""
        return self.flights.pop()

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.flights = [flight for flight in self.flights if not lost(flight)]

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.flights)


@dataclass
class ByHand:
    """Copies are picked by whoever plays the network."""

    flights: list[Flight] = field(default_factory=list)

    def put(self, flight: Flight) -> None:
        """A copy was sent."""
        self.flights.append(flight)

    def take(self) -> Flight:
        """The copy that was sent first."""
        return self.flights.pop(0)

    def lose(self, lost: Lost) -> None:
        """Drop the copies that a crash loses."""
        self.flights = [flight for flight in self.flights if not lost(flight)]

    def __len__(self) -> int:
        """How many copies are in flight."""
        return len(self.flights)

    def pick(self, wanted: Callable[[Flight], bool]) -> Flight | None:
        """Take the first copy of the wanted kind, if there is one."""
        for i, flight in enumerate(self.flights):
            if wanted(flight):
                return self.flights.pop(i)
        return None
