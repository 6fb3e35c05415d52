"""Finds the message in flight that a scenario means."""

from collections.abc import Collection
from typing import Any

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.scenarios.message_names import is_named, name_of, origin_of
from tee_rider.model_check.world.network import ByHand, Flight
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.messages import SignedMessage


class InFlight:
    """Looks into a network; ``seconds`` are second messages with their counters."""

    def __init__(self, network: ByHand, seconds: Collection[Any]) -> None:
        """Nothing is taken out of it."""
        self.network = network
        self.seconds = seconds

    def newest(self, origin: int, receiver: int) -> str:
        """The name of the last message signed by a replica that is on its way to another.

        Raises:
            UsageError: there is none.
        """
        found = [
            flight.message.ui
            for flight in self.network.flights
            if flight.receiver == receiver
            and isinstance(flight.message, SignedMessage)
            and flight.message.ui.replica == origin
        ]
        if not found:
            raise self._missing(f"a message of {replica_name(origin)}", receiver)
        return max(found, key=lambda ui: ui.position).name

    def copy(self, what: str, receiver: int, sender: int | None) -> Flight:
        """A copy of this message, from this sender or rather from who sent it first.

        Raises:
            UsageError: there is none.
        """
        found = [
            flight
            for flight in self.network.flights
            if flight.receiver == receiver
            and is_named(flight.message, what, self.seconds)
            and sender in (None, flight.sender)
        ]
        if not found:
            via = "" if sender is None else f" via {replica_name(sender)}"
            raise self._missing(what + via, receiver)
        return min(found, key=lambda flight: flight.sender != origin_of(flight.message))

    def _missing(self, what: str, receiver: int) -> UsageError:
        flights = (f for f in self.network.flights if f.receiver == receiver)
        there = sorted({name_of(flight.message, self.seconds) for flight in flights})
        return UsageError(
            f"{what} is not in flight to {replica_name(receiver)};"
            f" in flight to it: {', '.join(there) or 'nothing'}"
        )
