"""Clients around the replicas of a run, with a network between them that loses nothing.

Clients sign what they ask for: a faulty replica may drop requests and lie about results, but can
make up no request of a correct client. Clients are numbered from n, apart from the numbers under
which faulty hosts fill their blocks.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from tee_rider.reference.client import Client
from tee_rider.reference.service import Service
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import (
    ADeliver,
    ClientReply,
    ClientRequest,
    CreateVertex,
    Event,
    InsertVertex,
)
from tee_rider.spec.identifiers import Mask, members
from tee_rider.spec.properties.linearizability import Call
from tee_rider.spec.state_machine import KeyValueStore
from tee_rider.spec.vertex import Request

ReplyRule: TypeAlias = Literal["first", "f+1 matching"]
REPLIES_NEEDED: Mapping[ReplyRule, Callable[[Configuration], int]] = {
    "first": lambda configuration: 1,
    "f+1 matching": lambda configuration: configuration.f + 1,
}
"""When a client takes a result: where no host lies (NxBFT's operating model), and where some do."""

ARRIVAL, ASKING, TIME_OUT, LIE = 0.3, 0.3, 0.02, 0.05
"""How likely in a turn: a letter arrives, a client asks, its patience ends, faulty hosts lie."""
KEYS = ("x", "y")
LIE_TOLD = "value lie"
"""All liars say the same, so that no smaller number of equal replies than f + 1 would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many clients there are, and what they ask for."""

    clients: int
    requests: int
    """How many each client makes."""
    window: int = 3
    """How many of them it has in flight at most."""
    rule: ReplyRule = "f+1 matching"


class Letter(NamedTuple):
    """A request to a replica, or its reply."""

    replica: int
    content: Request | ClientReply


Blocks: TypeAlias = Mapping[tuple[int, int], tuple[Request, ...]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands above one replica: its service, and the blocks that it will be given."""

    service: Service
    blocks: Blocks = field(default_factory=dict)
    """Of vertices made or inserted, and not delivered, by round and source."""

    def proposed(self, replica: int) -> frozenset[Request]:
        """What is in the replica's own vertices."""
        own = (block for (_, source), block in self.blocks.items() if source == replica)
        return frozenset(request for block in own for request in block)

    def see(self, event: Event) -> tuple["Desk", tuple[ClientReply, ...]]:
        """The replica did this; what its service replies."""
        if isinstance(event, CreateVertex | InsertVertex) and event.vertex.requests:
            at = event.vertex.round, event.vertex.source
            return replace(self, blocks={**self.blocks, at: event.vertex.requests}), ()
        if isinstance(event, ADeliver):
            blocks = dict(self.blocks)
            block = blocks.pop((event.vertex.round, event.vertex.source), ())
            service, replies = self.service.deliver(block)
            return Desk(service, blocks), replies
        return self, ()


class Clients:
    """Plays the clients, their network, and above each correct replica its service."""

    def __init__(
        self,
        configuration: Configuration,
        faulty: frozenset[int],
        load: Load,
        random: Random,
        service: Service | None = None,
    ) -> None:
        """Nobody has asked for anything; each service is in the state of the one given."""
        n, needed = configuration.n, REPLIES_NEEDED[load.rule](configuration)
        self.load = load
        self.random = random
        self.faulty = faulty
        self.desks = {
            i: Desk(service or Service(KeyValueStore())) for i in range(n) if i not in faulty
        }
        self.clients = {n + i: Client(n + i, n, needed) for i in range(load.clients)}
        self.letters: list[Letter] = []
        """On their way."""
        self.arrived: dict[int, list[Request]] = {i: [] for i in self.desks}
        """At a replica that has not looked since."""
        self.calls: dict[tuple[int, int], Call] = {}
        self.answers = Counter[tuple[int, int]]()
        """How often each request was answered, to its client's satisfaction."""
        self.moment = 0

    @property
    def finished(self) -> bool:
        """Whether every request of every client is made and answered."""
        made = len(self.calls) == self.load.clients * self.load.requests
        return made and all(call.answered is not None for call in self.calls.values())

    @property
    def history(self) -> tuple[Call, ...]:
        """What the clients asked and heard, in the order in which they asked."""
        places = {name: i for i, name in enumerate(self._executed, 1)}
        unknown = len(places) + 1
        return tuple(
            replace(call, place=places.get(name, unknown)) for name, call in self.calls.items()
        )

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many requests were answered once, more than once, and never."""
        often = [self.answers[name] for name in self.calls]
        return often.count(1), sum(count > 1 for count in often), often.count(0)

    def block(self, replica: int) -> tuple[Request, ...]:
        """The replica's timer has run out: whatever waits goes into its next vertex."""
        desk = self.desks[replica]
        return desk.service.time_out(desk.proposed(replica)).requests

    def stepped(
        self, replica: int, state: object, events: tuple[Event, ...]
    ) -> tuple[ClientRequest | ClientReply, ...]:
        """Hand over what was delivered, then what has arrived; all replies leave for the clients.

        The blocks are taken from the events, so that any protocol with these events will do.
        """
        desk, told = self.desks[replica], list[ClientRequest | ClientReply]()
        for event in events:
            desk, replies = desk.see(event)
            told += replies
        for request in self.arrived[replica]:
            told.append(ClientRequest(**request._asdict()))
            service, replies = desk.service.ask(request)
            desk = replace(desk, service=service)
            told += replies
        self.arrived[replica].clear()
        self.desks[replica] = desk
        replies = tuple(said for said in told if isinstance(said, ClientReply))
        self.letters += [Letter(replica, said) for said in replies if said.client in self.clients]
        return tuple(told)

    def turn(self) -> None:
        """Some letters arrive, in any order; clients ask, or lose patience; faulty hosts lie."""
        random = self.random
        on_their_way, self.letters = self.letters, []
        random.shuffle(on_their_way)
        for letter in on_their_way:
            if random.random() < ARRIVAL:
                self._arrive(letter)
            else:
                self.letters.append(letter)
        for name in sorted(self.clients):
            if random.random() < ASKING:
                self._ask(self.clients[name])
            if random.random() < TIME_OUT:
                self._send(*self.clients[name].time_out())
            if random.random() < LIE:
                self._lie(self.clients[name])

    def backup(self, replica: int) -> object:
        """The service, and the blocks that it will be given."""
        return self.desks[replica]

    def restore(self, replica: int, backup: object) -> None:
        """The replica returns with a backup; what was under way to it and from it is lost."""
        assert isinstance(backup, Desk)
        self.desks[replica] = backup
        self.arrived[replica].clear()
        self.letters = [letter for letter in self.letters if letter.replica != replica]

    @property
    def _executed(self) -> list[tuple[int, int]]:
        """What the replica that has executed most has executed, in this order."""
        return max((list(desk.service.replies) for desk in self.desks.values()), key=len)

    def _ask(self, client: Client) -> None:
        if client.number == self.load.requests or len(client.asked) == self.load.window:
            return
        client, request, first = client.ask(self._operation(client))
        self.clients[client.client] = client
        self.moment += 1
        self.calls[request[:2]] = Call(**request._asdict(), invoked=self.moment)
        self._send((request,), first)

    def _send(self, requests: tuple[Request, ...], to: Mask) -> None:
        self.letters += [Letter(replica, each) for each in requests for replica in members(to)]

    def _arrive(self, letter: Letter) -> None:
        if isinstance(letter.content, ClientReply):
            self._hear(letter.replica, letter.content)
        elif letter.replica in self.faulty:
            self._lie(self.clients[letter.content.client])
        else:
            self.arrived[letter.replica].append(letter.content)

    def _hear(self, replica: int, reply: ClientReply) -> None:
        client, result = self.clients[reply.client].hear(replica, reply)
        self.clients[reply.client] = client
        if result is not None:
            self.moment += 1
            name = reply.client, reply.number
            self.answers[name] += 1
            self.calls[name] = replace(self.calls[name], answered=self.moment, result=result)

    def _lie(self, client: Client) -> None:
        """Each faulty host sends a result of its own making for what the client has in flight."""
        for replica in sorted(self.faulty):
            for request in client.asked:
                lie = ClientReply(client=client.client, number=request.number, result=LIE_TOLD)
                self.letters.append(Letter(replica, lie))

    def _operation(self, client: Client) -> str:
        """Something about few keys, with a value that nobody writes twice."""
        random = self.random
        key, value = random.choice(KEYS), f"{client.client}.{client.number + 1}"
        written = [call.operation.split(" ")[-1] for call in self.calls.values()]
        old = random.choice(written[-4:] or [value])
        return random.choice(
            (
                f"put {key} {value}",
                f"get {key}",
                f"get {key}",
                f"delete {key}",
                f"compare_and_swap {key} {old} {value}",
                "jump",
            )
        )
