"""Sequences that all replicas walk along: who came first to each place."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from tee_rider.spec.events import Event

Step = TypeVar("Step", bound=Event)


class Places(Generic[Step]):
    """The first event at each place, until as many replicas have come by as there are correct ones.

    Each replica comes to each place once for good; where one never does, the events stay to the
    end. Where a restart takes a replica back, its coming is not for good.
    """

    def __init__(self, replicas: int) -> None:
        """Nobody has come anywhere."""
        self._replicas = replicas
        self._first: dict[Hashable, Step] = {}
        self._missing: dict[Hashable, int] = {}

    def come(self, place: Hashable, event: Step, for_good: bool = True) -> Step:
        """A replica comes to a place; the event of the first that came, which may be this one."""
        first = self._first.setdefault(place, event)
        if not for_good:
            return first
        missing = self._missing.get(place, self._replicas) - 1
        if missing:
            self._missing[place] = missing
        else:
            del self._first[place]
            self._missing.pop(place, None)
        return first

    def __len__(self) -> int:
        """How many places are kept."""
        return len(self._first)
