"""Whoever stands around the replicas of a run: clients, or nobody."""

from typing import Protocol

from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.events import Event
from tee_rider.spec.vertex import Request


class Attendant(Protocol):
    """Whoever stands around the replicas of a run and hears what they do.

    A replica acts in ``stepped`` alone: what reaches it in a ``turn`` waits for that, and a crash
    loses it. For a faulty or crashed replica neither ``block`` nor ``stepped`` is called.
    """

    def block(self, replica: int) -> tuple[Request, ...]:
        """What goes into the next vertex of the replica, which is about to advance.

        Nothing is used up by asking: that the vertex was made is known by its ``CreateVertex``.
        """

    def stepped(
        self, replica: int, state: ReplicaState, events: tuple[Event, ...]
    ) -> tuple[Event, ...]:
        """The replica did this, and is in this state; what else to record, after its own events.

        To be called after every step that has events, and, with no events, for each running replica
        after a ``turn``, so that it hears what has come even when nothing else happens any more.
        """

    def turn(self) -> None:
        """Something from outside may happen: a request, a time-out, the arrival of a reply."""

    def backup(self, replica: int) -> object:
        """The state of the replica's service, which goes with the replica's backup."""

    def restore(self, replica: int, backup: object) -> None:
        """The replica returns with the service of a backup; what was under way to it is lost."""

    @property
    def finished(self) -> bool:
        """Whether every request of every client is made and answered."""
