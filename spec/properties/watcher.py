"""What all properties have in common: they listen to some kinds of events of correct replicas."""

from collections.abc import Callable
from typing import Any, TypeVar

from tee_rider.spec.events import AnyEvent, Event, Restart
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.views import copied, is_lost, lost_spans

Kind = TypeVar("Kind", bound=Event)


class Watcher:
    """A property: what it is called, what it needs, and one handler for each kind of event.

    A subclass states its rule, and registers its handlers with ``listen``. Events of replicas that
    are not known to be correct are ignored.

    What a subclass keeps is of two sorts. What has *happened* stays: others saw it, crash or no
    crash. What a replica has *come to*, as its rounds and its place in the total order, is its
    view: a restart takes it back to what it was after the event ``backup_seq``. Which events will
    be named so is among the premises; after a restart that is not, the replica is judged no more.
    """

    name: str
    source: str
    rule: str
    """Why a violation is one: the last line of its explanation."""
    needs: tuple[type[Event], ...]
    """Without these kinds of events there is nothing to judge."""
    also: tuple[tuple[type[Event], str], ...] = ()
    """Kinds of events without which a part stays unjudged, and which part."""
    occasions: tuple[type[Event], ...] = ()
    """Kinds of events of which one must happen before the property is asked; none: always."""

    def __init__(self, premises: Premises) -> None:
        """Nothing has been seen."""
        configuration = premises.configuration
        self.n = configuration.n
        self.quorum_size = configuration.quorum_size
        self.correct = frozenset(range(configuration.n)) - premises.faulty
        self.judged = 0
        self.handlers: dict[type[Event], Callable[[Any], Violation | None]] = {}
        self.views: dict[int, Any] = {replica: self.fresh() for replica in self.correct}
        """What each correct replica has come to."""
        self._backups = premises.backups
        self._kept: dict[tuple[int, int], Any] = {}
        self.losses = lost_spans(premises.restarts)
        """What restarts take back; mostly nothing, which is quickly asked."""
        self.listen(Restart, self._restarted)

    def fresh(self) -> Any:
        """The view of a replica that has not done anything."""
        return None

    def listen(self, kind: type[Kind], handler: Callable[[Kind], Violation | None]) -> None:
        """Have the handler called for each event of this kind."""
        self.handlers[kind] = handler

    def observe(self, event: AnyEvent) -> Violation | None:
        """Take one event in; the first contradiction that it completes, if any."""
        if event.replica not in self.correct:
            return None
        handler = self.handlers.get(type(event))
        found = None if handler is None else handler(event)
        if (event.replica, event.seq) in self._backups:
            self.keep(event)
        return found

    def keep(self, event: AnyEvent) -> None:
        """The replica may come back to where it is after this event."""
        self._kept[event.replica, event.seq] = copied(self.views[event.replica])

    def lost(self, event: Event) -> bool:
        """Whether the replica will come back to before the event, and do the like once more."""
        return is_lost(self.losses, event)

    def obstacle(self) -> str:
        """Why nothing can be said even though there was something to judge; empty if nothing is."""
        return ""

    def violation(self, witness: tuple[AnyEvent, ...], observed: str) -> Violation:
        """These events show what was observed, which the rule excludes."""
        title = self.name.capitalize()
        return Violation(self.name, self.source, witness, f"{observed}.\n{title}: {self.rule}.")

    def _restarted(self, event: Restart) -> None:
        backup = (event.replica, event.backup_seq)
        if backup in self._backups and event.backup_seq < event.seq:
            kept = self._kept[backup] if event.backup_seq else self.fresh()
            self.views[event.replica] = copied(kept)
        else:
            self.correct -= {event.replica}
