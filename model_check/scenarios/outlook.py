"""Everything that can still happen: an exhaustive search from where a scenario stands.

Every message in flight may arrive next, every running replica may advance as soon as it may, up to
a last round; nobody crashes any more, and faulty hosts keep silent. In a run to its end every
message arrives and everybody goes on where it can, so the ends are where fair runs lead.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.network import Flight
from tee_rider.model_check.world.subject import REFERENCE, Subject, react
from tee_rider.model_check.world.system import System, flights
from tee_rider.spec.interface import Advance, Receive

MOST_STATES = 2_000_000
"""A search that finds more gives up with an error: it would prove nothing."""
Thing = TypeVar("Thing", bound=Hashable)
Global = tuple[tuple[int, ...], tuple[int, ...]]
"""The local state of each replica, and the copies in flight, sorted; all by their numbers."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a search found for one replica."""

    states: int
    ends: int
    """States in which nothing can happen any more within the bound."""
    highest: int
    """The highest round that the replica reaches anywhere."""
    lowest_at_end: int
    """The lowest round that it has come to at an end."""


@dataclass
class Numbers(Generic[Thing]):
    """Gives equal things one number, so that each is hashed once."""

    things: list[Thing] = field(default_factory=list)
    known: dict[Thing, int] = field(default_factory=dict)

    def of(self, thing: Thing) -> int:
        """The number of a thing."""
        number = self.known.setdefault(thing, len(self.things))
        if number == len(self.things):
            self.things.append(thing)
        return number


class Search:
    """One search; what a local state does with an input is computed once."""

    def __init__(
        self, system: System, coin: Coin, last_round: int, drop_idle: bool | None = None
    ) -> None:
        """Begin where the system stands.

        ``drop_idle``: take a copy that changes nothing out of flight at once. At the reference it
        would change nothing later either, since what is accepted stays so; NxBFT forgets counters.
        """
        self.subject: Subject = system.subject
        self.coin = coin
        self.last_round = last_round
        self.drop_idle = system.subject is REFERENCE if drop_idle is None else drop_idle
        self.running = tuple(system.running)
        self.locals: Numbers[Any] = Numbers()
        self.flights: Numbers[Flight] = Numbers()
        self.after: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}
        """(local state, copy, or -1 for advancing) to the next one and the copies sent."""
        self.ready: dict[int, bool] = {}
        states = tuple(self.locals.of(state) for state in system.states)
        network: Any = system.network
        self.start = self._settled(states, self._copies(network.flights))

    def run(self, replica: int) -> Outlook:
        """Visit every state that can be reached, each once.

        Raises:
            UsageError: there are too many.
        """
        seen = {self.start}
        stack = [self.start]
        ends, highest, lowest_at_end = 0, 0, self.last_round
        while stack:
            here = stack.pop()
            round_ = self.locals.things[here[0][replica]].round
            highest = max(highest, round_)
            successors = self._successors(here)
            if not successors:
                ends += 1
                lowest_at_end = min(lowest_at_end, round_)
            for successor in successors:
                if successor not in seen:
                    seen.add(successor)
                    stack.append(successor)
            if len(seen) > MOST_STATES:
                raise UsageError(f"more than {MOST_STATES} states can be reached: lower the bound")
        return Outlook(len(seen), ends, highest, lowest_at_end)

    def _successors(self, here: Global) -> list[Global]:
        states, copies = here
        found = []
        for place, copy in enumerate(copies):
            if place and copies[place - 1] == copy:
                continue
            receiver = self.flights.things[copy].receiver
            left = (*copies[:place], *copies[place + 1 :])
            found.append(self._moved(states, left, receiver, copy))
        for replica in self.running:
            if self._may_advance(states[replica]):
                found.append(self._moved(states, copies, replica, -1))
        return found

    def _moved(
        self, states: tuple[int, ...], copies: tuple[int, ...], replica: int, move: int
    ) -> Global:
        state, sent = self._local(states[replica], replica, move)
        states = (*states[:replica], state, *states[replica + 1 :])
        return self._settled(states, tuple(sorted((*copies, *sent))) if sent else copies)

    def _settled(self, states: tuple[int, ...], copies: tuple[int, ...]) -> Global:
        if not self.drop_idle:
            return states, copies
        kept = []
        for copy in copies:
            receiver = self.flights.things[copy].receiver
            state, sent = self._local(states[receiver], receiver, copy)
            if sent or state != states[receiver]:
                kept.append(copy)
        return states, tuple(kept)

    def _local(self, state: int, replica: int, move: int) -> tuple[int, tuple[int, ...]]:
        known = self.after.get((state, move))
        if known is None:
            input_ = Advance() if move < 0 else Receive(self.flights.things[move].message)
            after, sends, _ = react(self.subject, self.locals.things[state], input_, self.coin)
            known = self.locals.of(after), self._copies(flights(replica, sends))
            self.after[state, move] = known
        return known

    def _may_advance(self, state: int) -> bool:
        known = self.ready.get(state)
        if known is None:
            local = self.locals.things[state]
            known = local.round < self.last_round and self.subject.may_advance(local)
            self.ready[state] = known
        return known

    def _copies(self, new: Sequence[Flight]) -> tuple[int, ...]:
        heard = (flight for flight in new if flight.receiver in self.running)
        return tuple(sorted(self.flights.of(flight) for flight in heard))


def look_ahead(system: System, replica: int, last_round: int) -> Outlook:
    """What can become of a replica while nobody goes beyond a last round.

    Raises:
        UsageError: there are too many states, or a coin is asked for that nobody said.
    """
    return Search(system, system.coin, last_round).run(replica)
