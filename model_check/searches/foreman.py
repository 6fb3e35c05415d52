"""Asks all workers of a search, and puts others in the place of those that are lost."""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

from tee_rider.model_check.searches.crew import Call, Crew, Order, WorkerLostError
from tee_rider.model_check.searches.ledger import Ledger

PATIENCE = 3
"""How many workers may be lost in one layer."""


class StoppedError(Exception):
    """The search cannot go on; the message says why."""


class Foreman:
    """Speaks to the crew; what a worker knows can be had again from the ledger."""

    def __init__(
        self, crew: Crew, order: Order, ledger: Ledger, waiting: Callable[[], None]
    ) -> None:
        """Nobody is hired yet; ``waiting`` is called now and then."""
        self.crew = crew
        self.order = order
        self.ledger = ledger
        self.waiting = waiting
        self.lost = 0
        """How many workers were lost."""
        self._lost_here = 0
        self._done: list[list[Call]] = [[] for _ in range(crew.size)]
        """What each worker has answered since the newest layer was complete."""

    def begin(self) -> "list[array[int]]":
        """Hire everybody; where in the newest layer of the ledger the states of each are."""
        workers = range(self.crew.size)
        for worker in workers:
            self.crew.hire(worker, self.order)
        if not self.ledger.layers:
            return []
        homes = self.ledger.homes(self.crew.size)
        self.ask([Call("restore", (self.ledger.share_of(worker, homes),)) for worker in workers])
        self.layer_is_complete()
        return [self.ledger.positions(worker, homes) for worker in workers]

    def layer_is_complete(self) -> None:
        """What was done until now need not be done again."""
        self._done = [[] for _ in self._done]
        self._lost_here = 0

    def ask(self, calls: Sequence[Call]) -> list[Any]:
        """Ask every worker; all answers, in order.

        Raises:
            StoppedError: too many workers were lost.
        """
        reachable = [self._reaches(worker, call) for worker, call in enumerate(calls)]
        answers: list[Any] = []
        for worker, call in enumerate(calls):
            self.waiting()
            try:
                if not reachable[worker]:
                    raise WorkerLostError
                answers.append(self.crew.answer(worker, self.waiting))
            except WorkerLostError:
                answers.append(self._replace(worker, call))
            self._done[worker].append(call)
        return answers

    def _reaches(self, worker: int, call: Call) -> bool:
        try:
            self.crew.ask(worker, call)
        except WorkerLostError:
            return False
        return True

    def _replace(self, worker: int, call: Call) -> Any:
        """What a lost worker would have answered; another does again what it did in this layer."""
        while True:
            self.lost += 1
            self._lost_here += 1
            if self._lost_here > PATIENCE:
                raise StoppedError(
                    f"stopped after {self.ledger.states:,} states, {self._lost_here} workers were"
                    " lost in one layer"
                )
            try:
                self.crew.hire(worker, self.order)
                for each in (*self._known(worker), *self._done[worker], call):
                    self.crew.ask(worker, each)
                    answer = self.crew.answer(worker, self.waiting)
            except WorkerLostError:
                continue
            return answer

    def _known(self, worker: int) -> list[Call]:
        """What a new worker must be told of the layers that are complete."""
        if not self.ledger.layers:
            return []
        share = self.ledger.share_of(worker, self.ledger.homes(self.crew.size))
        return [Call("restore", (share,))]
