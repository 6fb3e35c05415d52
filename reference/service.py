"""The service above one replica: requests go into blocks, and are executed in the total order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from tee_rider.spec.events import ClientReply
from tee_rider.spec.interface import Advance
from tee_rider.spec.state_machine import StateMachine
from tee_rider.spec.vertex import Request


@dataclass(frozen=True, slots=True)
class Service:
    """Executes each (client, number) once, and keeps every reply: memory grows with the requests.

    A request waits until it is executed: so one in a vertex that a crash lost is proposed again.

    Source: ours (spec/README.md, "Clients and replies"; F8).
    """

    machine: StateMachine
    block_size: int = 100
    waiting: tuple[Request, ...] = ()
    replies: Mapping[tuple[int, int], ClientReply] = field(default_factory=dict)

    def executed(self, request: Request) -> bool:
        """Exactly this (client, number): a larger number says nothing of it."""
        return request[:2] in self.replies

    def ask(self, request: Request) -> tuple[Self, tuple[ClientReply, ...]]:
        """A request arrives: what was executed is answered at once, anything else waits, once."""
        if self.executed(request):
            return self, (self.replies[request[:2]],)
        known = any(request[:2] == other[:2] for other in self.waiting)
        return (self if known else replace(self, waiting=(*self.waiting, request))), ()

    def time_out(self, proposed: Collection[Request]) -> Advance:
        """Go on with what waits and is in no own vertex, be it nothing: others need the vertex."""
        block = tuple(request for request in self.waiting if request not in proposed)
        return Advance(block[: self.block_size])

    def deliver(self, block: tuple[Request, ...]) -> tuple[Self, tuple[ClientReply, ...]]:
        """A vertex is delivered: what is new in its block is executed, and answered."""
        service, new = self, tuple[ClientReply, ...]()
        for request in block:
            if not service.executed(request):
                machine, result = service.machine.apply(request.operation)
                reply = ClientReply(client=request.client, number=request.number, result=result)
                replies, new = {**service.replies, request[:2]: reply}, (*new, reply)
                service = replace(service, machine=machine, replies=replies)
        waiting = tuple(request for request in self.waiting if not service.executed(request))
        return replace(service, waiting=waiting), new
