"""Numbers what correct replicas do: the events that traces and properties are made of."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias, cast

from tee_rider.spec.events import AnyEvent, Event

Observer: TypeAlias = Callable[[AnyEvent], object]
"""Takes in one event after the other."""


class Recorder:
    """Numbers each replica's events 1, 2, ... and shows them to all observers as they happen."""

    def __init__(self, n: int, observers: Iterable[Observer] = ()) -> None:
        """Nothing has happened at any of the n replicas."""
        self.observers = tuple(observers)
        self.last_seq = [0] * n

    def record(self, replica: int, events: Iterable[Event]) -> None:
        """These events happened at the replica, in this order."""
        for event in events:
            self.last_seq[replica] += 1
            numbered = cast(AnyEvent, replace(event, seq=self.last_seq[replica], replica=replica))
            for observe in self.observers:
                observe(numbered)
