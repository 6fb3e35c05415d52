"""What a faulty replica may sign next: anything that a faulty host with a working enclave can.

It sees every vertex as soon as it exists, may leave rounds out, and names any strong edges that are
enough, its own predecessor or not. Its rounds increase, for everything else would be rejected as
junk is. It uses no weak edges.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tee_rider.model_check.exploration.local_states import LocalStates, Sent
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.messages import Content, Junk, SignedMessage, content_bytes
from tee_rider.spec.vertex import Request, StrongEdge, Vertex, content_digest, make_vertex

JUNK = Junk(b"junk")
SECOND_BLOCK = (Request(0, 1, "another"),)
"""What the second of two equivocating vertices says."""


@dataclass(frozen=True, slots=True)
class FaultyState:
    """What one faulty replica has signed."""

    replica: int
    chain: int
    """The number of its chain: its vertices."""
    outbox: int
    """The number of its outbox: all that it may send to anyone, and need not."""
    counter: int = 0
    junk: int = 0
    forks: int = 0


class FaultyStates:
    """All states of faulty replicas found so far, by number."""

    def __init__(self, locals_: LocalStates, sorts: bool = False) -> None:
        """None is found yet; ``sorts``: of vertices of the last round, one of each sort."""
        self.scope = locals_.scope
        self.sorts = sorts
        self.all: list[FaultyState] = []
        self._locals = locals_
        self._numbers: dict[FaultyState, int] = {}
        self._signed: dict[tuple[int, int, int, tuple[StrongEdge, ...]], tuple[Vertex, Sent]] = {}
        self._after: dict[tuple[int, tuple[int, ...]], tuple[int, ...]] = {}

    def initial(self, replica: int) -> int:
        """A faulty replica that has signed nothing."""
        nothing = self._locals.number_chain(()), self._locals.number_outbox(())
        return self._number(FaultyState(replica, *nothing))

    def after(self, number: int, others: tuple[int, ...]) -> tuple[int, ...]:
        """Its states with one more message signed; ``others`` are the others' chains."""
        known = self._after.get((number, others))
        if known is None:
            faulty = self.all[number]
            known = tuple(self._number(after) for after in self._choices(faulty, others))
            self._after[number, others] = known
        return known

    def may_sign(self, number: int) -> bool:
        """Whether it may sign anything more, now or when more exists."""
        faulty, scope = self.all[number], self.scope
        chain = self._locals.chains[faulty.chain]
        last_round = chain[-1].round if chain else 0
        return last_round < scope.rounds or faulty.junk < scope.junk or faulty.forks < scope.forks

    def newest(self, number: int) -> Sent:
        """What it signed last."""
        return self._locals.outboxes[self.all[number].outbox][-1]

    def _number(self, state: FaultyState) -> int:
        number = self._numbers.setdefault(state, len(self.all))
        if number == len(self.all):
            self.all.append(state)
        return number

    def _choices(self, faulty: FaultyState, others: tuple[int, ...]) -> Iterator[FaultyState]:
        chain = self._locals.chains[faulty.chain]
        for round_, edges in self._addresses(chain, others):
            vertex, sent = self._vertex(faulty.replica, faulty.counter + 1, round_, edges)
            longer = self._locals.number_chain((*chain, vertex))
            yield replace(self._with(faulty, sent), chain=longer)
        if faulty.junk < self.scope.junk:
            sent = self._sign(faulty.replica, faulty.counter + 1, JUNK)
            yield replace(self._with(faulty, sent), junk=faulty.junk + 1)
        if faulty.forks < self.scope.forks and chain:
            second = replace(chain[-1], requests=SECOND_BLOCK)
            second = replace(second, digest=content_digest(second))
            sent = self._sign(faulty.replica, faulty.counter, second)
            yield replace(self._with(faulty, sent), forks=faulty.forks + 1)

    def _addresses(
        self, chain: Sequence[Vertex], others: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[StrongEdge, ...]]]:
        """The round and the edges of every valid vertex that it can make of what exists."""
        existing = [*chain, *(v for number in others for v in self._locals.chains[number])]
        existing.sort(key=lambda vertex: (vertex.round, vertex.source))
        enough = self.scope.setting.profile.edge_quorum(self.scope.setting.configuration)
        last_round = chain[-1].round if chain else 0
        for round_ in range(last_round + 1, self.scope.rounds + 1):
            below = [v for v in existing if v.round == round_ - 1]
            sizes = range(enough, len(below) + 1) if round_ > 1 else (0,)
            every = (named for size in sizes for named in combinations(below, size))
            sorts = self.sorts and round_ == self.scope.rounds
            for named in _one_of_each_sort(every) if sorts else every:
                yield round_, tuple(StrongEdge(v.source, v.digest) for v in named)

    def _vertex(
        self, replica: int, counter: int, round_: int, edges: tuple[StrongEdge, ...]
    ) -> tuple[Vertex, Sent]:
        """The vertex, signed."""
        known = self._signed.get((replica, counter, round_, edges))
        if known is None:
            vertex = make_vertex(round_, replica, edges)
            known = vertex, self._sign(replica, counter, vertex)
            self._signed[replica, counter, round_, edges] = known
        return known

    def _sign(self, replica: int, counter: int, content: Content) -> Sent:
        """The content in a stream; a counter used before is used again, as no USIG would."""
        _, ui = IdealUsig(replica, counter=counter - 1).create_ui(content_bytes(content))
        number = self._locals.number_message(SignedMessage(content, ui))
        everyone = (1 << self.scope.n) - 1
        return Sent(number, (replica, counter), everyone & ~(1 << replica))

    def _with(self, faulty: FaultyState, sent: Sent) -> FaultyState:
        outbox = self._locals.number_outbox((*self._locals.outboxes[faulty.outbox], sent))
        return replace(faulty, outbox=outbox, counter=sent.slot[1])


def _one_of_each_sort(choices: Iterable[tuple[Vertex, ...]]) -> Iterator[tuple[Vertex, ...]]:
    """The first of those choices of strong edges that reach the same two rounds below.

    What they wait for may differ; only where vertices enter in batches could that be told.
    """
    known: set[frozenset[StrongEdge]] = set()
    for named in choices:
        reached = frozenset(edge for vertex in named for edge in vertex.strong_edges)
        if reached not in known:
            known.add(reached)
            yield named
