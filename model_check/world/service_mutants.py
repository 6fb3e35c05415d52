"""Services with one rule replaced by a wrong one, and whether a request can be lost for good (F8).

A request that may yet be answered is told from one that never will be by going through all that
can still happen to it: there is no time-out in that.
"""

from dataclasses import replace
from typing import Self

from tee_rider.reference.service import Service
from tee_rider.spec.events import ClientReply
from tee_rider.spec.vertex import Request


class HighestNumber(Service):
    """Takes for executed whatever has no larger number than the client's largest executed one."""

    __slots__ = ()

    def executed(self, request: Request) -> bool:
        """Also what was overtaken."""
        numbers = [number for client, number in self.replies if client == request.client]
        return request.number <= max(numbers, default=-1)

    def ask(self, request: Request) -> tuple[Self, tuple[ClientReply, ...]]:
        """The reply that is kept, if there is one."""
        if self.executed(request) and request[:2] not in self.replies:
            return self, ()
        return Service.ask(self, request)


class NoReplyCache(Service):
    """Knows what it has executed, but not with what result."""

    __slots__ = ()

    def ask(self, request: Request) -> tuple[Self, tuple[ClientReply, ...]]:
        """A duplicate is skipped."""
        return (self, ()) if self.executed(request) else Service.ask(self, request)


class ExecutesTwice(Service):
    """Executes whatever is delivered, as often as it is."""

    __slots__ = ()

    def deliver(self, block: tuple[Request, ...]) -> tuple[Self, tuple[ClientReply, ...]]:
        """Forget, before each request, that it was executed."""
        service, replies = self, tuple[ClientReply, ...]()
        for request in block:
            known = {name: reply for name, reply in service.replies.items() if name != request[:2]}
            service, more = Service.deliver(replace(service, replies=known), (request,))
            replies += more
        return service, replies


SERVICES: dict[str, type[Service]] = {
    "reference": Service,
    "dedupe by highest number": HighestNumber,
    "no reply cache": NoReplyCache,
    "executed twice": ExecutesTwice,
}
"""By the name of the rule."""
