"""Judges a whole run: every property over all events, each until its first violation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Event,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
    Restart,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Status, Violation
from tee_rider.spec.properties.agreement import Agreement
from tee_rider.spec.properties.causality import Causality
from tee_rider.spec.properties.coin_agreement import CoinAgreement
from tee_rider.spec.properties.commit_justification import CommitJustification
from tee_rider.spec.properties.integrity import Integrity
from tee_rider.spec.properties.non_equivocation import NonEquivocation
from tee_rider.spec.properties.recovery_cut import RecoveryCutAgreement
from tee_rider.spec.properties.replies import Replies
from tee_rider.spec.properties.stream_order import StreamOrder
from tee_rider.spec.properties.total_order import TotalOrder
from tee_rider.spec.properties.validity import Validity
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.well_formedness import WellFormedness
from tee_rider.spec.properties.wording import listed

ALL: tuple[type[Watcher], ...] = (
    Agreement,
    TotalOrder,
    Integrity,
    Validity,
    NonEquivocation,
    StreamOrder,
    WellFormedness,
    Causality,
    CoinAgreement,
    CommitJustification,
)
"""Every property of every run."""

OCCASIONAL: tuple[type[Watcher], ...] = (RecoveryCutAgreement, Replies)
"""Properties of what happens in some runs only: elsewhere nobody asks for them."""

LIFE: tuple[type[Event], ...] = (
    AdvanceRound,
    CreateVertex,
    RDeliver,
    InsertVertex,
    ReleaseCoin,
    CommitLeader,
    ADeliver,
)
"""The life of a vertex: none of these happens anywhere unless all earlier ones have happened.

So a run that shows a later one and not an earlier one was recorded without the earlier kind.
"""


def all_properties(premises: Premises) -> tuple[Watcher, ...]:
    """A fresh one of every property."""
    return tuple(property_(premises) for property_ in (*ALL, *OCCASIONAL))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of one property after a run."""

    property: str
    source: str
    status: Status
    judged: int
    """How often it had something to judge."""
    reason: str = ""
    """Why it was not judged, or which part of it was not."""
    violation: Violation | None = None


class Judge:
    """Feeds every property with the events that it listens to; events of the faulty go unheard."""

    def __init__(self, premises: Premises, properties: Sequence[Watcher] | None = None) -> None:
        """Nothing has been seen; judges all properties unless told which."""
        self.properties = all_properties(premises) if properties is None else tuple(properties)
        self._correct = frozenset(range(premises.configuration.n)) - premises.faulty
        self._backups = premises.backups
        self._violations: dict[str, Violation] = {}
        self._handlers: dict[type[Event], Handlers] = {}
        self._unknown: dict[int, Restart] = {}
        """By replica, the restart from a backup that nobody said would be restored."""

    def observe(self, event: AnyEvent) -> tuple[Violation, ...]:
        """Take one event in; the violations that it completes, at most one for each property."""
        if event.replica not in self._correct:
            return ()
        handlers = self._handlers.get(type(event))
        if handlers is None:
            handlers = self._meet(event)
        found: tuple[Violation, ...] = ()
        for handler in handlers:
            violation = handler(event)
            if violation is not None:
                found += (violation,)
        if found:
            self._violations.update((violation.property, violation) for violation in found)
            for kind in self._handlers:
                self._handlers[kind] = self._handlers_of(kind)
        if self._backups and (event.replica, event.seq) in self._backups:
            for property_ in self.properties:
                property_.keep(event)
        return found

    def outcomes(self) -> tuple[Outcome, ...]:
        """What the events seen so far say of each property that they give occasion to ask for."""
        asked = (p for p in self.properties if not p.occasions or self._seen(p.occasions))
        return tuple(self._outcome(property_) for property_ in asked)

    def _seen(self, kinds: Iterable[type[Event]]) -> bool:
        return any(kind in self._handlers for kind in kinds)

    def _meet(self, event: AnyEvent) -> "Handlers":
        """The handlers of a kind that comes for the first time."""
        handlers = self._handlers[type(event)] = self._handlers_of(type(event))
        return handlers

    def _handlers_of(self, kind: type[Event]) -> "Handlers":
        unbroken = [p for p in self.properties if p.name not in self._violations]
        handlers = tuple(p.handlers[kind] for p in unbroken if kind in p.handlers)
        return (*handlers, self._restarts) if kind is Restart else handlers

    def _restarts(self, event: Restart) -> None:
        backup = (event.replica, event.backup_seq)
        if not (backup in self._backups and event.backup_seq < event.seq):
            self._correct -= {event.replica}
            self._unknown[event.replica] = event

    def _outcome(self, property_: Watcher) -> Outcome:
        name, source, judged = property_.name, property_.source, property_.judged
        violation = self._violations.get(name)
        if violation is not None:
            return Outcome(name, source, Status.VIOLATED, judged, "", violation)
        reason = property_.obstacle()
        if reason:
            return Outcome(name, source, Status.NOT_JUDGED, judged, reason)
        if judged:
            return Outcome(name, source, Status.HOLDS, judged, self._unjudged_part(property_))
        missing = self._not_recorded(property_.needs)
        if missing:
            reason = f"needs {listed(missing)} events"
            return Outcome(name, source, Status.NOT_JUDGED, 0, reason)
        return Outcome(name, source, Status.VACUOUS, 0, "nothing happened to judge it by")

    def _unjudged_part(self, property_: Watcher) -> str:
        parts = [
            f"not {part}: needs {', '.join(self._not_recorded((kind,)))} events"
            for kind, part in property_.also
            if self._not_recorded((kind,))
        ]
        parts += [
            f"not what {replica_name(replica)} did after its restart (seq {event.seq}), as it was"
            f" not known beforehand that the backup of seq {event.backup_seq} must be kept"
            for replica, event in sorted(self._unknown.items())
        ]
        return "; ".join(parts)

    def _not_recorded(self, kinds: Iterable[type[Event]]) -> list[str]:
        """Those kinds that must have happened, and are not among the events."""
        latest = max((i for i, kind in enumerate(LIFE) if kind in self._handlers), default=0)
        unseen = [kind for kind in LIFE[:latest] if kind not in self._handlers]
        return [event_name(kind) for kind in unseen if kind in kinds]


Handlers = tuple[Callable[[Any], Violation | None], ...]


def event_name(kind: type[Event]) -> str:
    """The kind's name in a trace, as in ``insert_vertex``."""
    return next(str(field.default) for field in fields(kind) if field.name == "event")


def judge(premises: Premises, events: Iterable[AnyEvent]) -> tuple[Outcome, ...]:
    """Judge a run by every property.

    The events of one replica come in the order of ``seq``; how the replicas' events are interleaved
    makes no difference to any status.
    """
    events = tuple(events)
    judge_ = Judge(replace(premises, restarts=restarts_of(events)))
    for event in events:
        judge_.observe(event)
    return judge_.outcomes()


def restarts_of(events: Iterable[AnyEvent]) -> tuple[Restart, ...]:
    """The restarts among the events, as premises name them."""
    return tuple(event for event in events if isinstance(event, Restart))
