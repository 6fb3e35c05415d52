"""Of which parts the states of a model consist, so that every process can tell them apart.

A state may hold numbers that mean something in one process only. Its *parts* are what these numbers
stand for; a part is known by the digest of its canonical bytes. Vertices are known by digests too,
so this assumes of SHA-256 what the protocol assumes of it anyway.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence, Set
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeAlias

from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Model, State
from tee_rider.model_check.searches.canonical import Canonical
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.model_check.shapes.shape_level import ShapeLevel

Part: TypeAlias = Hashable
"""What one process calls a part; means nothing to another."""


class Future(NamedTuple):
    """What follows a state that stands for a class; all that stand for one must have the same."""

    name: bytes
    """Of the class."""
    follows: bytes
    """The classes that follow, in short."""


class Parts(ABC, Generic[State]):
    """Takes states apart, and puts them together again."""

    represent = False
    """Whether a part stands for others that are equal to it, so that it matters which is kept."""

    def __init__(self) -> None:
        """Nothing is taken apart yet."""
        self.canonical = Canonical()

    @abstractmethod
    def of(self, state: State) -> tuple[Part, ...]:
        """The parts of a state; every state has as many."""

    @abstractmethod
    def whole(self, parts: Sequence[Part]) -> State:
        """The state of these parts."""

    @abstractmethod
    def encode(self, part: Part) -> bytes:
        """Equal in all processes for equal parts, and for no others."""

    def digest(self, part: Part) -> bytes:
        """The same in short."""
        return sha256(self.encode(part)).digest()

    def future(self, state: State, following: Sequence[tuple[Any, State]]) -> Future | None:
        """What follows a state; None if it stands for itself alone."""
        return None


class StateParts(Parts[State]):
    """A state of one part, itself."""

    def __init__(self, value: Callable[[State], object] | None = None) -> None:
        """``value`` is what makes a state equal to another, if that is not all of it."""
        super().__init__()
        self.represent = value is not None
        self.value = value or (lambda state: state)

    def of(self, state: State) -> tuple[Part, ...]:
        """Itself."""
        return (state,)

    def whole(self, parts: Sequence[Part]) -> State:
        """The one part."""
        (state,) = parts
        return state  # type: ignore[return-value]

    def encode(self, part: Part) -> bytes:
        """What makes it equal to another."""
        return self.canonical.encode(self.value(part))  # type: ignore[arg-type]


class ShapeParts(StateParts[ShapeClass]):
    """A state of the shape level: a class, and which kind of shape stands for it."""

    def __init__(self) -> None:
        """Nothing is taken apart yet."""
        super().__init__(lambda state: state.kind)
        self._names: dict[Hashable, bytes] = {}

    def name(self, key: Hashable) -> bytes:
        """Of a class, in every process."""
        if key not in self._names:
            self._names[key] = sha256(self.canonical.encode(key)).digest()
        return self._names[key]

    def names(self, keys: Set[Hashable]) -> bytes:
        """Of several classes, in short."""
        return sha256(b"".join(sorted(map(self.name, keys)))).digest()

    def future(
        self, state: ShapeClass, following: Sequence[tuple[Any, ShapeClass]]
    ) -> Future | None:
        """The class, and those that follow."""
        return Future(self.name(state.key), self.names({after.key for _, after in following}))


class MessageParts(Parts[tuple[int, ...]]):
    """A state of the message level: a local state of each replica, correct or faulty.

    A part is the number of a local state, counted down from -1 if the replica is faulty.
    """

    def __init__(self, model: MessageLevel) -> None:
        """Nothing is taken apart yet."""
        super().__init__()
        self.model = model
        self._correct = len(model.scope.correct)
        self._faulty = bool(model.scope.faulty)
        self._events: dict[int, bytes] = {}
        self._outboxes: dict[int, bytes] = {}

    def of(self, state: tuple[int, ...]) -> tuple[Part, ...]:
        """One for each replica."""
        if not self._faulty:
            return state
        correct = self._correct
        return (*state[:correct], *(~number for number in state[correct:]))

    def whole(self, parts: Sequence[Part]) -> tuple[int, ...]:
        """The local states together."""
        numbers: Sequence[int] = parts  # type: ignore[assignment]
        return tuple(number if number >= 0 else ~number for number in numbers)

    def encode(self, part: Part) -> bytes:
        """All that makes one local state equal to another."""
        assert isinstance(part, int)
        locals_, encode = self.model.locals, self.canonical.encode
        if part < 0:
            faulty = self.model.faulty.all[~part]
            chain = encode(locals_.chains[faulty.chain])
            signed = encode((faulty.replica, faulty.counter, faulty.junk, faulty.forks))
            return signed + chain + self._outbox(faulty.outbox)
        local = locals_.all[part]
        return b"".join(
            (
                encode((local.state.replica, local.state, local.violated)),
                self._outbox(local.outbox),
                b"(%b)" % b"".join(map(self._event, local.ordered)),
                b"{%b}" % b"".join(sorted(map(self._event, local.unordered))),
            )
        )

    def _event(self, number: int) -> bytes:
        """An event, in short."""
        digest = self._events.get(number)
        if digest is None:
            event = self.model.judge.logs.events[number]
            digest = self._events[number] = sha256(self.canonical.encode(event)).digest()
        return digest

    def _outbox(self, number: int) -> bytes:
        """A set of messages, in short."""
        digest = self._outboxes.get(number)
        if digest is None:
            inputs = self.model.locals.inputs
            sent = self.model.locals.outboxes[number]
            whole = ((inputs[one.input], one.slot, one.to) for one in sent)
            digest = sha256(self.canonical.encode_set(whole)).digest()
            self._outboxes[number] = digest
        return digest


def parts_of(model: Model[State, Any]) -> Parts[State]:
    """How the states of a model are taken apart."""
    if isinstance(model, MessageLevel):
        return MessageParts(model)  # type: ignore[return-value]
    if isinstance(model, ShapeLevel):
        return ShapeParts()  # type: ignore[return-value]
    return StateParts()
