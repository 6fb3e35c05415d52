"""How a property speaks: it watches events, and names the smallest contradiction that it sees."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import AnyEvent, Restart


@dataclass(frozen=True, slots=True)
class Violation:
    """A property does not hold, and these few events show it."""

    property: str
    """The name of the property."""
    source: str
    """Where the property is stated: paper and name, or section of spec/README.md."""
    witness: tuple[AnyEvent, ...]
    """The events that contradict each other, the one that completed the contradiction last."""
    explanation: str
    """Two lines: what was observed, and why it cannot be."""


class Status(StrEnum):
    """What a check says of one property."""

    HOLDS = "holds"
    """Judged at least once, no violation within the events seen."""
    VIOLATED = "violated"
    VACUOUS = "vacuous"
    """Nothing in the events gave it anything to judge."""
    NOT_JUDGED = "not judged"
    """The events do not carry what it needs; the reason is given."""


@dataclass(frozen=True, slots=True)
class Premises:
    """What is known of a run apart from its events."""

    configuration: Configuration
    faulty: frozenset[int] = frozenset()
    """Replicas that are known to be faulty: nothing is asked of what they do."""
    weak_edges: bool = True
    """Whether the run's profile has weak edges, without which validity is not promised."""
    restarts: tuple[Restart, ...] = ()
    """The restarts in it: only those known beforehand can be judged, since what a backup held must
    be kept until it is restored."""

    @property
    def backups(self) -> frozenset[tuple[int, int]]:
        """(replica, seq) of the last event that each restored backup had seen."""
        return frozenset((event.replica, event.backup_seq) for event in self.restarts)


class Property(Protocol):
    """One property, fed with the events of all correct replicas.

    Events of one replica come in the order of ``seq``; how the replicas' events are interleaved
    makes no difference to the verdict. After a restart a replica is where it was after its event
    ``backup_seq``, and goes on in a new epoch; what it did in between has happened all the same.
    """

    name: str
    source: str

    @property
    def judged(self) -> int:
        """How often it had something to judge; 0 means vacuous so far."""

    def observe(self, event: AnyEvent) -> Violation | None:
        """Take one event in; the first contradiction that it completes, if any."""
