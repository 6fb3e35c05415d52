"""Paths taken apart into deeds, which can be done again where some of them are left out.

A path's indices mean nothing in another model, and its messages change with every step that goes.
A deed names what is done by who does it and by the vertex's address, so the rest can still be done.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from tee_rider.model_check.exploration.local_states import ADVANCE
from tee_rider.model_check.exploration.message_level import Action, MessageLevel, State
from tee_rider.model_check.exploration.model import Path, Step
from tee_rider.model_check.scenarios.narrate import edges_of
from tee_rider.spec.events import AdvanceRound, Event
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.interface import Receive
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

MessagePath: TypeAlias = Path[State, Action]


class Kind(StrEnum):
    """What can be done."""

    ADVANCE = "advance"
    RECEIVE = "receive"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Deed:
    """One replica does one thing."""

    kind: Kind
    replica: int
    message: str = ""
    """What is received or signed, as :func:`called`."""
    edges: str = ""
    """Of a vertex that a faulty replica signs."""
    leaders: tuple[int, ...] = ()
    """Whom the coin has shown the replica by then."""
    slot: str = ""
    """The place of the message in its stream, as in A#7; another one if deeds before it go."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How much a path asks of a reader."""

    steps: int
    messages: int
    """Signed by somebody: each entry into a round brings a vertex."""
    replicas: int
    """That do anything."""

    def __str__(self) -> str:
        """As in "4 steps, 2 messages, 2 replicas"."""
        counted = {"step": self.steps, "message": self.messages, "replica": self.replicas}
        return ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for what, n in counted.items())


def called(message: SignedMessage) -> str:
    """A1 for a vertex, A1' for the second of its address, A's junk for what is none."""
    if not isinstance(message.content, Vertex):
        return f"{replica_name(message.ui.replica)}'s {type(message.content).__name__.lower()}"
    return message.content.name + ("'" if message.content.requests else "")


def unfolded(model: MessageLevel) -> MessageLevel:
    """The same bound with every advance and every signature a step of its own, nothing left out."""
    return MessageLevel(replace(model.scope, eager=False, reduce=False))


def deeds_of(model: MessageLevel, path: MessagePath) -> list[Deed]:
    """All that is done on a path, and by replicas that advance at once before it."""
    deeds = [
        Deed(Kind.ADVANCE, replica)
        for replica in model.scope.correct
        for _ in range(model.locals.all[path.start[replica]].state.round)
    ]
    before = path.start
    for step in path.steps:
        deeds += _deeds_of_step(model, before, step)
        before = step.state
    return deeds


def follow(model: MessageLevel, deeds: Iterable[Deed]) -> MessagePath:
    """Do one deed after the other in an unfolded model; what cannot be done is left out."""
    (start,) = model.initial_states()
    state, steps = start, list[Step[State, Action]]()
    for deed in deeds:
        step = _choose(model, state, deed)
        if step is not None:
            steps.append(step)
            state = step.state
    return Path(model, 0, start, tuple(steps))


def cost_of(deeds: Sequence[Deed]) -> Cost:
    """What an unfolded path's deeds add up to."""
    signed = sum(deed.kind is not Kind.RECEIVE for deed in deeds)
    return Cost(len(deeds), signed, len({deed.replica for deed in deeds}))


def happenings(model: MessageLevel, path: MessagePath) -> Iterator[tuple[Deed, Sequence[Event]]]:
    """Each deed of an unfolded path, with what a correct replica does because of it."""
    before = path.start
    for step in path.steps:
        (deed,) = _deeds_of_step(model, before, step)
        i, events = deed.replica, list[Event]()
        if i in model.scope.correct:
            events += model.locals.events(before[i], step.action.input, step.state[i])
        yield deed, events
        before = step.state


def message_of(model: MessageLevel, action: Action) -> SignedMessage | None:
    """What is received or signed."""
    received = model.locals.inputs[action.input]
    return received.message if isinstance(received, Receive) else None


def _deeds_of_step(model: MessageLevel, before: State, step: Step[State, Action]) -> Iterator[Deed]:
    action, mover = step.action, step.action.replica
    message = message_of(model, action)
    if mover not in model.scope.correct:
        assert message is not None, "a faulty replica does nothing but sign"
        yield Deed(Kind.SIGN, mover, called(message), _edges(message), slot=message.ui.name)
        if action.to is None:
            return
        mover = action.to
    leaders = model.locals.all[step.state[mover]].leaders
    if message is None:
        yield Deed(Kind.ADVANCE, mover, leaders=leaders)
        return
    yield Deed(Kind.RECEIVE, mover, called(message), leaders=leaders, slot=message.ui.name)
    if model.scope.eager:
        for event in model.locals.events(before[mover], action.input, step.state[mover]):
            if isinstance(event, AdvanceRound):
                yield Deed(Kind.ADVANCE, mover, leaders=leaders)


def _choose(model: MessageLevel, state: State, deed: Deed) -> Step[State, Action] | None:
    """The step that does the deed; rather one after which the coin has shown the same."""
    fitting = [
        Step(index, action, after)
        for index, (action, after) in enumerate(model.actions(state))
        if action.replica == deed.replica and _fits(model, action, deed)
    ]
    if deed.kind is Kind.SIGN:
        return fitting[0] if fitting else None
    for step in fitting:
        shown = model.locals.all[step.state[deed.replica]].leaders
        if shown == deed.leaders[: len(shown)]:
            return step
    return fitting[0] if fitting else None


def _fits(model: MessageLevel, action: Action, deed: Deed) -> bool:
    if action.input == ADVANCE or deed.kind is Kind.ADVANCE:
        return action.input == ADVANCE and deed.kind is Kind.ADVANCE
    message = message_of(model, action)
    assert message is not None, "whatever is no advance is about a message"
    if called(message) != deed.message:
        return False
    return deed.kind is Kind.RECEIVE or _edges(message) == deed.edges


def _edges(message: SignedMessage) -> str:
    return edges_of(message.content) if isinstance(message.content, Vertex) else ""
