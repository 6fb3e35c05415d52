"""Requests that are never answered, found by visiting all that can happen, without a time-out (F8).

What is delivered to one replica is delivered to all, in the same order, and each answers by its own
service alone. So what one service can answer in no situation that is left, no replica ever answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple, TypeAlias

from tee_rider.reference.service import Service
from tee_rider.spec.events import ClientReply
from tee_rider.spec.state_machine import KeyValueStore
from tee_rider.spec.vertex import Request

Name: TypeAlias = tuple[int, int]
"""(client, number)."""
ADD, READ = Request(3, 1, "put x 1"), Request(3, 2, "get x")
"""Two requests that one client has in flight at once."""


class Loss(NamedTuple):
    """A delivered request that nothing answers which can still happen."""

    request: Request
    after: tuple[str, ...]
    """A shortest way there."""


class Losses(NamedTuple):
    """What becomes of the requests."""

    situations: int
    """All that can be reached; every one was visited."""
    unanswered: Loss | None
    """One that was not answered before either: never, though delivered everywhere."""
    unrepeated: Loss | None
    """One that is not answered again: never, if a crash loses the first reply."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A service, and what happened to the requests."""

    service: Service
    delivered: frozenset[Name] = frozenset()
    answered: frozenset[Name] = frozenset()

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal situations."""
        service = self.service
        known = (service.machine, service.waiting, tuple(sorted(service.replies)))
        return *known, self.delivered, self.answered

    def after(self, requests: tuple[Request, ...]) -> Iterator["Move"]:
        """A request is asked, or a block of some is delivered: each for the first time or again."""
        for request in requests:
            yield self._move(f"{request.operation!r} asked", (), *self.service.ask(request))
        for size in range(1, len(requests) + 1):
            for block in permutations(requests, size):
                told = ", ".join(repr(request.operation) for request in block)
                yield self._move(f"{told} delivered", block, *self.service.deliver(block))

    def _move(
        self,
        told: str,
        block: tuple[Request, ...],
        service: Service,
        replies: tuple[ClientReply, ...],
    ) -> "Move":
        delivered = self.delivered | {request[:2] for request in block}
        answers = frozenset((reply.client, reply.number) for reply in replies)
        return Move(told, Situation(service, delivered, self.answered | answers), answers)


class Move(NamedTuple):
    """One thing that happens."""

    told: str
    to: Situation
    answers: frozenset[Name]


def losses(service: type[Service], requests: tuple[Request, ...] = (ADD, READ)) -> Losses:
    """Visit every situation that these requests can come to, and look ahead from each.

    Source: ours (F8).
    """
    start = Situation(service(KeyValueStore()))
    ways: dict[object, tuple[str, ...]] = {start.key: ()}
    queue = [start]
    moves: list[list[Move]] = []
    for situation in queue:
        moves.append(list(situation.after(requests)))
        for move in moves[-1]:
            if move.to.key not in ways:
                ways[move.to.key] = (*ways[situation.key], move.told)
                queue.append(move.to)
    to_come = _answers_to_come(queue, moves)
    unanswered = unrepeated = None
    for situation in queue:
        for request in requests:
            name = request[:2]
            if name in situation.delivered - to_come[situation.key]:
                loss = Loss(request, ways[situation.key])
                unrepeated = unrepeated or loss
                if name not in situation.answered:
                    unanswered = unanswered or loss
    return Losses(len(queue), unanswered, unrepeated)


def _answers_to_come(
    situations: list[Situation], moves: list[list[Move]]
) -> dict[object, frozenset[Name]]:
    """For each situation, what some continuation answers: grows until nothing is added."""
    to_come: dict[object, frozenset[Name]] = {s.key: frozenset() for s in situations}
    changed = True
    while changed:
        changed = False
        for situation, leaving in zip(situations, moves, strict=True):
            found = [move.answers | to_come[move.to.key] for move in leaving]
            more = frozenset[Name]().union(*found)
            if more != to_come[situation.key]:
                to_come[situation.key], changed = more, True
    return to_come
