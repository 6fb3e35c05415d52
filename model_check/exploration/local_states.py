"""The local states of correct replicas: each distinct one is kept once, each real step taken once.

Local states are few (tens of thousands) where global ones are many (millions), so the reference is
called rarely, and an exploration handles small integers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.model_check.exploration.log_judge import Excerpts, LogJudge
from tee_rider.model_check.exploration.logs import EventNumber, Log
from tee_rider.model_check.exploration.milestones import Milestone, milestones_of
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.world.host import Coin, local_step
from tee_rider.reference.dag import Dag
from tee_rider.reference.reliable_broadcast import Stream
from tee_rider.reference.replica import ReplicaState, initial_state, may_advance
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import AdvanceRound, CreateVertex, Event, InsertVertex, RDeliver, Reject
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.interface import Advance, Input, Receive, Send
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

UNORDERED = (RDeliver, InsertVertex, Reject, AdvanceRound)
"""Events whose place among the others tells nothing that the state does not tell too."""
Slot: TypeAlias = tuple[int, int]
"""(origin, counter): a place in a stream."""
InputNumber: TypeAlias = int
ADVANCE: InputNumber = 0
NOTHING: frozenset[Slot] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that somebody sent: as an input of its receivers, and who they are."""

    input: InputNumber
    slot: Slot
    to: Mask


@dataclass(frozen=True, slots=True)
class LocalState:
    """One correct replica's state, and what an exploration needs to know of it."""

    state: ReplicaState
    outbox: int
    """The number of its outbox: what others can have from it within the bound."""
    chain: int
    """The number of its chain: its own vertices within the bound."""
    accepted: tuple[int, ...]
    """How many messages of each stream it has accepted."""
    early: frozenset[Slot]
    """What it has received and not accepted."""
    leaders: tuple[int, ...]
    """Whom the coin showed it, wave by wave."""
    log: Log
    """What it did, on the first way found."""
    excerpts: Excerpts
    """What each property hears of that within the bound."""
    ordered: tuple[EventNumber, ...]
    """What it did within the bound and whose order counts."""
    unordered: tuple[EventNumber, ...]
    """The rest of it, by number."""
    milestones: int
    violated: frozenset[str]
    """The properties that its log alone violates."""


class LocalStates:
    """All local states found so far, by number; all inputs, too."""

    def __init__(self, scope: Scope, judge: LogJudge) -> None:
        """None is found yet."""
        self.scope = scope
        self.judge = judge
        self.all: list[LocalState] = []
        self.milestones = 0
        """What some replica has done in some state found."""
        self.convicted = False
        """Whether some state found violates a property by itself."""
        self.inputs: list[Input] = [Advance()]
        self.finished: set[int] = set()
        """Those that have left the last round."""
        self.outboxes: list[tuple[Sent, ...]] = []
        self.outbox_of: list[int] = []
        """For each local state the number of its outbox."""
        self._outbox_numbers: dict[frozenset[Sent], int] = {}
        self.chains: list[tuple[Vertex, ...]] = []
        self._chain_numbers: dict[tuple[Vertex, ...], int] = {}
        self._input_numbers: dict[SignedMessage, InputNumber] = {}
        self._numbers: dict[object, int] = {}
        self._after: dict[tuple[int, InputNumber], tuple[int, ...]] = {}

    def initial(self, replica: int) -> int:
        """A replica that has not received anything."""
        nothing = LocalState(
            state=initial_state(self.scope.setting_of(replica), IdealUsig(replica)),
            outbox=self.number_outbox(()),
            chain=self.number_chain(()),
            accepted=(0,) * self.scope.n,
            early=NOTHING,
            leaders=(),
            log=self.judge.logs.empty(replica),
            excerpts=self.judge.empty(replica),
            ordered=(),
            unordered=(),
            milestones=0,
            violated=frozenset(),
        )
        return self._take(nothing, (), self.scope.coins[0])

    def number_message(self, message: SignedMessage) -> InputNumber:
        """The number of receiving this message."""
        number = self._input_numbers.get(message)
        if number is None:
            number = self._input_numbers[message] = len(self.inputs)
            self.inputs.append(Receive(message))
        return number

    def number_outbox(self, outbox: tuple[Sent, ...]) -> int:
        """The number of a set of messages sent."""
        number = self._outbox_numbers.setdefault(frozenset(outbox), len(self.outboxes))
        if number == len(self.outboxes):
            self.outboxes.append(outbox)
        return number

    def number_chain(self, chain: tuple[Vertex, ...]) -> int:
        """The number of a sequence of vertices of one source."""
        number = self._chain_numbers.setdefault(chain, len(self.chains))
        if number == len(self.chains):
            self.chains.append(chain)
        return number

    def after(self, number: int, input_: InputNumber) -> tuple[int, ...]:
        """The states that an input leads to: one, or one for each thing that the coin may show."""
        known = self._after.get((number, input_))
        if known is None:
            local = self.all[number]
            found: dict[int, None] = {}
            for coin in self.scope.coins:
                outcome = self._take(local, (self.inputs[input_],), coin)
                found[outcome] = None
                if self.all[outcome].leaders == local.leaders:
                    break
            known = self._after[number, input_] = tuple(found)
        return known

    def can_advance(self, number: int) -> bool:
        """Whether the replica may go to its next round, within the bound."""
        return self._may_advance(self.all[number].state)

    def events(self, before: int, input_: InputNumber, after: int) -> Sequence[Event]:
        """What the replica did on its way from a state to one that an input leads to."""
        local, inputs = self.all[before], (self.inputs[input_],)
        for coin in self.scope.coins:
            if self._take(local, inputs, coin) == after:
                return self._run(local.state, inputs, coin)[2]
        raise AssertionError("the second state does not follow from the first")

    def _take(self, local: LocalState, inputs: Sequence[Input], coin: Coin) -> int:
        """Take real steps, and keep the state that they lead to if it is new."""
        state, sends, events = self._run(local.state, inputs, coin)
        state = self._forget(state)
        logs = self.judge.logs
        numbers = [logs.number(event) for event in events]
        ordered, unordered = list(local.ordered), set(local.unordered)
        remembered: list[EventNumber] = []
        for number, event in zip(numbers, events, strict=True):
            if self._is_forgotten(event):
                continue
            remembered.append(number)
            if isinstance(event, UNORDERED):
                unordered.add(number)
            else:
                ordered.append(number)
        excerpts = self.judge.extend(local.excerpts, numbers)
        newly_violated = self.judge.step(excerpts, numbers)
        if len(remembered) < len(numbers):
            excerpts = self.judge.extend(local.excerpts, remembered)
        violated = local.violated.union(newly_violated) if newly_violated else local.violated
        outbox = local.outbox
        if news := tuple(self._for_others(state, sends)):
            outbox = self.number_outbox((*self.outboxes[outbox], *news))
        in_order, by_number = tuple(ordered), tuple(sorted(unordered))
        key = (state, outbox, in_order, by_number, violated)
        found = self._numbers.setdefault(key, len(self.all))
        if found < len(self.all):
            return found
        log = local.log
        for number in numbers:
            log = logs.append(log, number)
        # Only what is behind a rejected message cannot be told from the newest events.
        heard = logs.hear(log) if local.milestones & Milestone.REJECTED else events
        milestones = local.milestones | int(milestones_of(heard))
        self.milestones |= milestones
        self.convicted |= bool(violated)
        self.all.append(
            LocalState(
                state=state,
                outbox=outbox,
                chain=self.number_chain((*self.chains[local.chain], *self._created(events))),
                accepted=tuple(stream.accepted for stream, *_ in state.broadcast.streams),
                early=_early(state),
                leaders=state.ordering.leaders,
                log=log,
                excerpts=excerpts,
                ordered=in_order,
                unordered=by_number,
                milestones=milestones,
                violated=violated,
            )
        )
        self.outbox_of.append(outbox)
        if state.round > self.scope.rounds:
            self.finished.add(found)
        return found

    def _run(
        self, state: ReplicaState, inputs: Sequence[Input], coin: Coin
    ) -> tuple[ReplicaState, list[Send], list[Event]]:
        """The inputs, and advancing at once where the scope wants that."""
        sends: list[Send] = []
        events: list[Event] = []
        pending = list(inputs)
        while pending or (self.scope.eager and self._may_advance(state)):
            input_ = pending.pop(0) if pending else Advance()
            state, sent, happened = local_step(state, input_, coin)
            sends += sent
            events += happened
        return state, sends, events

    def _may_advance(self, state: ReplicaState) -> bool:
        within = state.round <= self.scope.rounds
        return within and may_advance(state)

    def _for_others(self, state: ReplicaState, sends: Iterable[Send]) -> Iterable[Sent]:
        """What others can have from a replica alone; vertices beyond the bound reach nobody.

        A copy of another correct replica's message is not: that one has sent it to all itself.
        """
        for send in sends:
            content, ui = send.message.content, send.message.ui
            copy = ui.replica != state.replica and ui.replica in self.scope.correct
            beyond = isinstance(content, Vertex) and content.round > self.scope.rounds
            if not copy and not (beyond and self.scope.cuts_off):
                slot = (ui.replica, ui.counter)
                yield Sent(self.number_message(send.message), slot, send.to)

    def _created(self, events: Iterable[Event]) -> Iterable[Vertex]:
        for event in events:
            if isinstance(event, CreateVertex) and event.vertex.round <= self.scope.rounds:
                yield event.vertex

    def _forget(self, state: ReplicaState) -> ReplicaState:
        """Drop what lies beyond the bound, once the replica can do no more than receive."""
        rounds = self.scope.rounds
        if not (self.scope.reduce and self.scope.cuts_off and state.round > rounds):
            return state
        broadcast, ordering, replica = state.broadcast, state.ordering, state.replica
        streams = (*broadcast.streams[:replica], (Stream(),), *broadcast.streams[replica + 1 :])
        within = frozenset(address for address in ordering.undelivered if address[0] <= rounds)
        return replace(
            state,
            broadcast=replace(broadcast, usig=IdealUsig(replica), streams=streams),
            dag=Dag(state.dag.rows[:rounds]),
            ordering=replace(ordering, undelivered=within),
        )

    def _is_forgotten(self, event: Event) -> bool:
        """Whether an event is only about what :meth:`_forget` drops."""
        if not (self.scope.reduce and self.scope.cuts_off):
            return False
        match event:
            case CreateVertex() | RDeliver() | InsertVertex():
                return event.vertex.round > self.scope.rounds
            case AdvanceRound():
                return event.round > self.scope.rounds
        return False


def _early(state: ReplicaState) -> frozenset[Slot]:
    early = [message.ui for stream, *_ in state.broadcast.streams for message in stream.early]
    return frozenset((ui.replica, ui.counter) for ui in early) if early else NOTHING
