"""Logs of many explored replicas, kept as one tree: logs with a common beginning share it."""

from array import array
from dataclasses import replace
from typing import NewType, cast

from tee_rider.spec.events import AnyEvent, Event

Log = NewType("Log", int)
"""Stands for a sequence of events of one replica; equal sequences are equal numbers."""
EventNumber = NewType("EventNumber", int)
"""Stands for an event without ``seq`` and ``replica``; equal events are equal numbers."""


class Logs:
    """A tree of events; a log is the way from a root, the empty log of a replica, to a node."""

    def __init__(self, n: int) -> None:
        """Only the empty logs of n replicas."""
        self.events: list[Event] = []
        """Every event by its number."""
        self._numbers: dict[Event, EventNumber] = {}
        self._parents = array("l", [-1] * n)
        self._newest = array("l", [-1] * n)
        self._replicas = array("l", range(n))
        self._longer: dict[int, Log] = {}
        self._heard: list[dict[int, AnyEvent]] = [{} for _ in range(n)]

    def empty(self, replica: int) -> Log:
        """The log of a replica that has done nothing."""
        return Log(replica)

    def number(self, event: Event) -> EventNumber:
        """The number of an event that is not recorded yet."""
        number = self._numbers.get(event)
        if number is None:
            number = self._numbers[event] = EventNumber(len(self.events))
            self.events.append(event)
        return number

    def extend(self, log: Log, number: EventNumber) -> Log:
        """The log with one more event."""
        key = log << 32 | number
        longer = self._longer.get(key)
        if longer is None:
            longer = self._longer[key] = self.append(log, number)
        return longer

    def append(self, log: Log, number: EventNumber) -> Log:
        """The same as a log of its own, which stands for no equal one."""
        self._parents.append(log)
        self._newest.append(number)
        self._replicas.append(self._replicas[log])
        return Log(len(self._parents) - 1)

    def read(self, log: Log) -> list[AnyEvent]:
        """A log's events as a recorder would have numbered them, oldest first."""
        heard = enumerate(self.hear(log), start=1)
        return [replace(event, seq=seq) for seq, event in heard]

    def hear(self, log: Log) -> list[AnyEvent]:
        """A log's events, oldest first; each with its replica, but without ``seq``."""
        replica = self._replicas[log]
        heard, newest, parents = self._heard[replica], self._newest, self._parents
        events: list[AnyEvent] = []
        at: int = log
        while (number := newest[at]) >= 0:
            event = heard.get(number)
            if event is None:
                event = cast(AnyEvent, replace(self.events[number], replica=replica))
                heard[number] = event
            events.append(event)
            at = parents[at]
        events.reverse()
        return events
