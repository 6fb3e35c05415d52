"""Replies: clients are told what one copy of the service would have told them."""

from tee_rider.spec.events import ADeliver, ClientReply, ClientRequest, InsertVertex
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Fingerprints
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, who
from tee_rider.spec.state_machine import REFUSAL, KeyValueStore, StateMachine
from tee_rider.spec.vertex import Request

NO_DELIVERIES = "needs a_deliver events"
NO_BLOCKS = "needs insert_vertex events"
OTHER_MACHINE = (
    "the operations are not in the trace, or not of the key-value store of spec/state_machine.py"
)


class Executed:
    """What one replica has delivered, and what that comes to."""

    def __init__(self, machine: StateMachine) -> None:
        """Nothing is inserted or delivered."""
        self.machine = machine
        self.blocks: dict[tuple[int, int], tuple[Request, ...]] = {}
        """Of vertices inserted and not delivered, by round and source."""
        self.results: dict[tuple[int, int], str] = {}
        """By client and number."""
        self.blank = Fingerprints()
        """1 where a request without an operation was delivered: it changes nothing.

        A restart takes no mark back: at worst a reply to such a request passes though too early.
        """
        self.early: ClientReply | None = None
        """The first reply before any delivery: this replica may not log deliveries."""
        self.delivers = False
        self.obstacle = ""
        """Why its results are not known."""

    def execute(self, request: Request) -> None:
        """The operation takes effect, unless this (client, number) has done so before."""
        name = request[:2]
        if name in self.results or self.blank.get(*name):
            return
        if not request.operation:
            self.blank.put(*name, 1)
            return
        self.machine, self.results[name] = self.machine.apply(request.operation)

    def expected(self, client: int, number: int) -> str | None:
        """The result, None while the request is not delivered."""
        return REFUSAL if self.blank.get(client, number) else self.results.get((client, number))


class Replies(Watcher):
    """One result for each (client, number), and it is the sequential specification's.

    Each replica applies the operations that it delivers, in this order, each (client, number) the
    first time that it comes.

    Source: ours (spec/README.md, "Clients and replies"); Schneider, Implementing Fault-Tolerant
    Services Using the State Machine Approach.
    """

    name = "replies"
    source = 'ours (spec/README.md, "Clients and replies"); Schneider, state machine approach'
    rule = (
        "a (client, number) has one result, which the operations give in the delivered order when"
        " each is executed once"
    )
    needs = (ClientReply,)
    occasions = (ClientRequest, ClientReply)

    def __init__(self, premises: Premises) -> None:
        """Nobody has said anything."""
        super().__init__(premises)
        self._first: dict[tuple[int, int], ClientReply] = {}
        self.listen(InsertVertex, self._inserts)
        self.listen(ADeliver, self._delivers)
        self.listen(ClientReply, self._replies)

    def fresh(self) -> Executed:
        """Nothing is executed."""
        return Executed(KeyValueStore())

    def obstacle(self) -> str:
        """Why not all replies could be judged by the operations."""
        found = {self._obstacle_of(view) for _, view in sorted(self.views.items())} - {""}
        return "; ".join(sorted(found))

    def _obstacle_of(self, view: Executed) -> str:
        return NO_DELIVERIES if view.early else view.obstacle

    def _inserts(self, event: InsertVertex) -> None:
        vertex = event.vertex
        self.views[event.replica].blocks[vertex.round, vertex.source] = vertex.requests

    def _delivers(self, event: ADeliver) -> Violation | None:
        view: Executed = self.views[event.replica]
        view.delivers = True
        block = view.blocks.pop((event.vertex.round, event.vertex.source), None)
        if block is None:
            view.obstacle = view.obstacle or NO_BLOCKS
        for request in block or ():
            view.execute(request)
        early, view.early = view.early, None
        return self._too_early(early) if early else None

    def _replies(self, event: ClientReply) -> Violation | None:
        self.judged += 1
        first = self._first.setdefault((event.client, event.number), event)
        if first.result != event.result:
            return self.violation((first, event), f"{_said(first)}; {_said(event)}")
        view: Executed = self.views[event.replica]
        if view.obstacle:
            return None
        expected = view.expected(event.client, event.number)
        if expected is None and not view.delivers:
            view.early = view.early or event
            return None
        if expected is None:
            return self._too_early(event)
        if expected.startswith(REFUSAL) and not event.result.startswith(REFUSAL):
            view.obstacle = OTHER_MACHINE
        elif expected not in (event.result, REFUSAL):
            observed = f"{_said(event)}; in the order that it delivered, the result is {expected!r}"
            return self.violation((event,), observed)
        return None

    def _too_early(self, event: ClientReply) -> Violation:
        return self.violation((event,), f"{_said(event)}, before it delivered that request")


def _said(event: ClientReply) -> str:
    """A clause."""
    answered = f"{who(event)} answered request {event.number} of client {event.client}"
    return f"{answered} with {event.result!r} {at(event)}"
