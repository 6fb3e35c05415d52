"""Whether a replica can still get on: an exhaustive search that allows more than can happen.

Every message in flight, and every one sent from here on, may reach its receiver in any order, at
any time, any number of times; every running replica may advance as soon as it may, up to a last
round; faulty hosts keep silent. What one replica comes to is not tied to what the others have come
to at that time. So all that can happen is covered, and more; where the replica gets on nowhere, it
never will.

Source: ours; a Cartesian abstraction, which keeps each replica's local states apart.
"""

from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.network import ByHand
from tee_rider.model_check.world.subject import react
from tee_rider.model_check.world.system import System
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, Input, Receive

MOST_STATES = 200_000
"""A search that finds more gives up with an error: it would prove nothing."""


@dataclass(frozen=True, slots=True)
class Hopes:
    """What a search found."""

    states: int
    """Local states of all replicas."""
    messages: int
    """Copies that may arrive."""
    highest: int
    """The highest round that the replica in question reaches."""


class Search:
    """One search: per replica, the local states found, and the messages that may come."""

    def __init__(self, system: System, last_round: int) -> None:
        """Begin where the system stands."""
        self.system = system
        self.last_round = last_round
        self.states: dict[int, dict[Any, None]] = {i: {} for i in system.running}
        self.coming: dict[int, dict[Any, None]] = {i: {} for i in system.running}
        """Dictionaries, because sets have no order of their own."""
        self.pending: list[tuple[int, Any, Input]] = []

    def run(self) -> None:
        """Try everything that is new on everything that is there, until nothing is new.

        Raises:
            UsageError: there are too many states.
        """
        for replica in self.system.running:
            self._reached(replica, self.system.states[replica])
        network = self.system.network
        assert isinstance(network, ByHand)
        for flight in network.flights:
            self._sent(flight.receiver, flight.message)
        while self.pending:
            replica, state, input_ = self.pending.pop()
            after, sends, _ = react(self.system.subject, state, input_, self.system.coin)
            self._reached(replica, after)
            for send in sends:
                for receiver in members(send.to):
                    self._sent(receiver, send.message)

    def _reached(self, replica: int, state: Any) -> None:
        if state in self.states[replica]:
            return
        self.states[replica][state] = None
        if sum(map(len, self.states.values())) > MOST_STATES:
            raise UsageError(f"more than {MOST_STATES} states can be reached: lower the bound")
        self.pending += [(replica, state, Receive(m)) for m in self.coming[replica]]
        if state.round < self.last_round and self.system.subject.may_advance(state):
            self.pending.append((replica, state, Advance()))

    def _sent(self, receiver: int, message: Any) -> None:
        if receiver not in self.coming or message in self.coming[receiver]:
            return
        self.coming[receiver][message] = None
        self.pending += [(receiver, state, Receive(message)) for state in self.states[receiver]]


def hopes_of(system: System, replica: int, last_round: int) -> Hopes:
    """How far a replica can come while nobody goes beyond a last round.

    Raises:
        UsageError: there are too many states, or a coin is asked for that nobody said.
    """
    search = Search(system, last_round)
    search.run()
    highest = max(state.round for state in search.states[replica])
    states = sum(len(found) for found in search.states.values())
    return Hopes(states, sum(len(found) for found in search.coming.values()), highest)
