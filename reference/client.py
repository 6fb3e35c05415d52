"""A client: it asks one replica, on time-out all, and takes a result that enough of them give."""

from dataclasses import dataclass, replace
from typing import Self

from tee_rider.spec.events import ClientReply
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.vertex import Request


@dataclass(frozen=True, slots=True)
class Client:
    """Numbers its requests 1, 2, ... and may have many in flight, at replicas that are a bitmask.

    Source: ours (spec/README.md, "Clients and replies"); one reply: NxBFT, its operating model.
    """

    client: int
    n: int
    # f + 1 equal ones hold a correct replica's; 1 is enough where nobody lies.
    replies_needed: int
    number: int = 0
    asked: tuple[Request, ...] = ()
    replies: frozenset[tuple[int, str, int]] = frozenset()

    def ask(self, operation: str) -> tuple[Self, Request, Mask]:
        """The next request, and the one replica that it goes to first, another one each time."""
        request = Request(self.client, self.number + 1, operation)
        asking = replace(self, number=request.number, asked=(*self.asked, request))
        return asking, request, 1 << (self.client + self.number) % self.n

    def time_out(self) -> tuple[tuple[Request, ...], Mask]:
        """All that is in flight goes to all replicas."""
        return self.asked, (1 << self.n) - 1

    def hear(self, replica: int, reply: ClientReply) -> tuple[Self, str | None]:
        """A replica's reply arrives; the result, if enough replicas have now given the same."""
        asked = tuple(request for request in self.asked if request.number != reply.number)
        replies = self.replies | {(reply.number, reply.result, replica)}
        equal = [known for known in replies if known[:2] == (reply.number, reply.result)]
        if asked == self.asked or len(equal) < self.replies_needed:
            return replace(self, replies=replies), None
        return replace(self, asked=asked, replies=replies), reply.result
