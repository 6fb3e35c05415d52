"""The message level: every order in which messages arrive and replicas advance, and every fault.

A global state is one number for each replica: the number of its local state. The network needs no
place of its own: what is in flight to a replica is what others have sent to it and it has not
received. Copies make no difference, and links between correct replicas lose nothing.

Why states may be left out, or be one. Always: (1) a copy of a correct replica's message is not in
flight, since the original is; (2) logs that differ in the order of receptions and insertions alone
are one; every step is judged as it is taken, and no property asks of a later step in which order
these came. With ``reduce``, since what is violated stays violated: (3) what a replica does beyond
the bound is forgotten; (4) what it receives there, it receives first; (5) a faulty replica signs
no sooner than somebody receives it. Tests switch these off, and compare what is found. Not covered
by (5): one of two faulty replicas names what the other has signed and nobody has received.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple, TypeAlias, cast

from tee_rider.model_check.exploration.local_states import ADVANCE, LocalState, LocalStates, Sent
from tee_rider.model_check.exploration.log_judge import LogJudge
from tee_rider.model_check.exploration.message_properties import MessageProperties
from tee_rider.model_check.exploration.model import Model, Property
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.exploration.signing import FaultyStates
from tee_rider.model_check.scenarios.narrate import edges_of, narrate
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.interface import Receive
from tee_rider.spec.judgement import Premises
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

State: TypeAlias = tuple[int, ...]
"""For each replica the number of its local state, correct replicas first."""
Moves: TypeAlias = tuple[tuple["Action", tuple[int, ...]], ...]
"""What a replica can do next, and the local states that each leads to."""
MOST_KNOWN = 1 << 18
"""Moves that are remembered; then all are forgotten, and found again."""


class Action(NamedTuple):
    """A correct replica takes an input; or a faulty one signs a message, and sends it to ``to``."""

    replica: int
    input: int
    to: int | None = None


class MessageLevel(Model[State, Action]):
    """TEE-Rider over the real ``reference.step``, message by message."""

    name = "message level"
    in_layers = True
    """An action is one message received or signed, or one advance: a state tells how many were."""

    def __init__(self, scope: Scope) -> None:
        """Nothing is found yet."""
        self.scope = scope
        self.bound = scope.describe()
        faulty = frozenset(scope.faulty_replicas)
        weak_edges = scope.setting.profile.weak_edges is not None
        self.judge = LogJudge(Premises(scope.setting.configuration, faulty, weak_edges))
        self.locals = LocalStates(scope, self.judge)
        self.faulty = FaultyStates(self.locals)
        self._correct = scope.correct
        self._faulty = scope.faulty_replicas
        self._links = tuple(permutations(self._correct, 2))
        """(sender, receiver) where both are correct."""
        self._coins_must_fit = scope.common_coin and len(scope.coins) > 1
        self._known: dict[int, Moves] = {}
        self._actions: dict[Action, Action] = {}

    def initial_states(self) -> Sequence[State]:
        """Nobody has received anything."""
        correct = [self.locals.initial(replica) for replica in self._correct]
        return [(*correct, *(self.faulty.initial(i) for i in self.scope.faulty_replicas))]

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """Correct replicas first, by number; then what faulty ones may sign."""
        if self.scope.reduce and (only := self._unnoticed(state)):
            return only
        found: list[tuple[Action, State]] = []
        for replica in self._correct:
            moves = self._receptions(state, replica)
            if not self.scope.eager and self.locals.can_advance(state[replica]):
                outcomes = self.locals.after(state[replica], ADVANCE)
                moves += ((Action(replica, ADVANCE), outcomes),)
            for action, outcomes in moves:
                found += [(action, after) for after in self._moved(state, replica, outcomes)]
        for signer in self._faulty:
            found += self._signings(state, signer, self._correct)
        return found

    def _unnoticed(self, state: State) -> list[tuple[Action, State]]:
        """A move that may as well come first: a replica beyond the bound receives what is due.

        Nobody notices, it takes nothing away, and whatever it violates stays violated.
        """
        finished = self.locals.finished
        if not finished.isdisjoint(state[: len(self._correct)]):
            for sender, receiver in self._links:
                if state[receiver] in finished:
                    for action, outcomes in self._due(state, sender, receiver):
                        after = self._moved(state, receiver, outcomes)
                        return [(action, after[0])]
        return []

    def properties(self) -> Sequence[Property[State]]:
        """The specification's, totality, and what must happen within this bound."""
        return MessageProperties(self.scope, self.locals, self.quiescent).all()

    def facts(self) -> Mapping[str, int]:
        """How much there was of what global states are made of."""
        return {"local states": len(self.locals.all), "messages": len(self.locals.inputs) - 1}

    def quiescent(self, state: State) -> bool:
        """Whether everything that correct replicas have sent has arrived, as far as it can."""
        for sender, receiver in self._links:
            if self._due(state, sender, receiver):
                return False
        return True

    def format_state(self, state: State) -> Sequence[str]:
        """Where each correct replica is, and how much each faulty one has signed."""
        return [
            f"{replica_name(replica)} in round {self.locals.all[number].state.round}"
            if replica in self._correct
            else f"{replica_name(replica)} has signed {self.faulty.all[number].counter} messages"
            for replica, number in enumerate(state)
        ]

    def format_action(self, before: State, action: Action, after: State) -> Sequence[str]:
        """Who does what, and what a correct replica does because of it."""
        name, message = replica_name(action.replica), self._describe(action.input)
        mover: int | None = action.replica
        if action.replica not in self._correct:
            mover = action.to
            what = f"{name} signs {message}"
            if mover is not None:
                what += f" and sends it to {replica_name(mover)}"
        elif action.input == ADVANCE:
            what = f"{name} advances"
        else:
            what = f"{name} receives {message}"
        if mover is None:
            return [what]
        events = self.locals.events(before[mover], action.input, after[mover])
        return [what, *narrate(cast(AnyEvent, replace(event, replica=mover)) for event in events)]

    def _describe(self, input_: int) -> str:
        if input_ == ADVANCE:
            return ""
        message = self._message(input_)
        if not isinstance(message.content, Vertex):
            return f"{message.ui.name} ({type(message.content).__name__.lower()})"
        vertex = message.content
        edges = f" {{{edges_of(vertex)}}}" if vertex.round > 1 else ""
        block = " with another block" if vertex.requests else ""
        return f"{vertex.name}{edges}{block}"

    def _moved(self, state: State, replica: int, outcomes: tuple[int, ...]) -> list[State]:
        """The states after one replica's step; the coin shows everybody the same."""
        before, behind = state[:replica], state[replica + 1 :]
        return [
            (*before, outcome, *behind)
            for outcome in outcomes
            if len(outcomes) == 1 or self._coin_fits(state, replica, outcome)
        ]

    def _coin_fits(self, state: State, replica: int, outcome: int) -> bool:
        if not self._coins_must_fit:
            return True
        shown = self.locals.all[outcome].leaders
        return all(
            ours == theirs
            for other in self._correct
            if other != replica
            for ours, theirs in zip(shown, self.locals.all[state[other]].leaders, strict=False)
        )

    def _receptions(self, state: State, receiver: int) -> Moves:
        """What a correct replica can receive next, each once."""
        number = state[receiver]
        found: Moves = ()
        for sender in self._correct:
            if sender != receiver:
                found += self._due(state, sender, receiver)
        for sender in self._faulty:
            found += self._receivable(self.faulty.all[state[sender]].outbox, number)
        return tuple(dict.fromkeys(found)) if self._faulty else found

    def _due(self, state: State, sender: int, receiver: int) -> Moves:
        """What is surely on its way, since a correct replica sent it."""
        outbox, number = self.locals.outbox_of[state[sender]], state[receiver]
        known = self._known.get(outbox << 32 | number)
        return self._receivable(outbox, number) if known is None else known

    def _receivable(self, outbox: int, number: int) -> Moves:
        """Those messages of an outbox that a correct replica can receive next."""
        key = outbox << 32 | number
        known = self._known.get(key)
        if known is None:
            local = self.locals.all[number]
            receiver = local.state.replica
            sent = [
                one
                for one in self.locals.outboxes[outbox]
                if one.to >> receiver & 1 and self._comes_next(one, local)
            ]
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = tuple(
                (self._action(receiver, one.input), self.locals.after(number, one.input))
                for one in sorted(sent, key=self._stream_order)
            )
        return known

    def _action(self, replica: int, input_: int) -> Action:
        """The action, one object for all that are equal."""
        action = Action(replica, input_)
        return self._actions.setdefault(action, action)

    def _comes_next(self, sent: Sent, local: LocalState) -> bool:
        """Whether the receiver has not got the message, and it overtakes none on its way."""
        origin, counter = sent.slot
        accepted = local.accepted[origin]
        if self.scope.any_order:
            return counter > accepted and sent.slot not in local.early
        return counter == accepted + 1

    def _stream_order(self, sent: Sent) -> tuple[int, int, bytes]:
        return (*sent.slot, self._message(sent.input).ui.certificate)

    def _message(self, input_: int) -> SignedMessage:
        received = self.locals.inputs[input_]
        assert isinstance(received, Receive)
        return received.message

    def _signings(
        self, state: State, signer: int, receivers: Sequence[int]
    ) -> Iterator[tuple[Action, State]]:
        """What a faulty replica may sign; the first that receives it does so at once.

        Signing earlier is of no use: the more exists, the more can be signed, and what nobody
        receives is not there. Only where later messages overtake it, or nobody is to receive it
        now, is it signed apart.
        """
        others = tuple(
            self.locals.all[number].chain if i in self._correct else self.faulty.all[number].chain
            for i, number in enumerate(state)
            if i != signer
        )
        for signed in self.faulty.after(state[signer], others):
            sent = self.faulty.newest(signed)
            after = (*state[:signer], signed, *state[signer + 1 :])
            if self.scope.any_order or not self.scope.reduce or not receivers:
                yield Action(signer, sent.input), after
                continue
            for receiver in receivers:
                local = self.locals.all[state[receiver]]
                if self._comes_next(sent, local):
                    outcomes = self.locals.after(state[receiver], sent.input)
                    for final in self._moved(after, receiver, outcomes):
                        yield Action(signer, sent.input, receiver), final
