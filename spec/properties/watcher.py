"""What all properties have in common: they listen to some kinds of events of correct replicas."""

from collections.abc import Callable
from typing import Any, TypeVar

from tee_rider.spec.events import AnyEvent, Event, Restart
from tee_rider.spec.judgement import Premises, Violation

Kind = TypeVar("Kind", bound=Event)


class Watcher:
    """A property: what it is called, what it needs, and one handler for each kind of event.

    A subclass states its rule, and registers its handlers with ``listen``. Events of replicas that
    are not known to be correct are ignored, and so is all that a replica does after a restart: what
    a recovery must respect is not stated here yet.
    """

    name: str
    source: str
    rule: str
    """Why a violation is one: the last line of its explanation."""
    needs: tuple[type[Event], ...]
    """Without these kinds of events there is nothing to judge."""
    also: tuple[tuple[type[Event], str], ...] = ()
    """Kinds of events without which a part stays unjudged, and which part."""

    def __init__(self, premises: Premises) -> None:
        """Nothing has been seen."""
        configuration = premises.configuration
        self.n = configuration.n
        self.quorum_size = configuration.quorum_size
        self.correct = frozenset(range(configuration.n)) - premises.faulty
        self.judged = 0
        self.handlers: dict[type[Event], Callable[[Any], Violation | None]] = {}
        self.listen(Restart, self._restarted)

    def listen(self, kind: type[Kind], handler: Callable[[Kind], Violation | None]) -> None:
        """Have the handler called for each event of this kind."""
        self.handlers[kind] = handler

    def observe(self, event: AnyEvent) -> Violation | None:
        """Take one event in; the first contradiction that it completes, if any."""
        handler = self.handlers.get(type(event))
        if handler is None or event.replica not in self.correct:
            return None
        return handler(event)

    def obstacle(self) -> str:
        """Why nothing can be said even though there was something to judge; empty if nothing is."""
        return ""

    def violation(self, witness: tuple[AnyEvent, ...], observed: str) -> Violation:
        """These events show what was observed, which the rule excludes."""
        title = self.name.capitalize()
        return Violation(self.name, self.source, witness, f"{observed}.\n{title}: {self.rule}.")

    def _restarted(self, event: Restart) -> None:
        self.correct -= {event.replica}
