"""The numbers of parts, the same in every process: whose they are, and how to get at them.

Who owns a state depends on its first part. A part found early has any home; a later one lives where
the part lives that it came from. So most of what follows from a state stays with its owner, and
what one worker has found out about parts another seldom has to find out again.
"""

from array import array
from collections.abc import Iterable, Sequence
from sys import byteorder
from typing import Any, Generic, NamedTuple, TypeAlias

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.model import Model, State
from tee_rider.model_check.searches.parts import Part, parts_of

Key: TypeAlias = bytes
"""Stands for a state: the numbers of its parts. Equal states are equal keys, in every process."""
NUMBER = "I"
"""How a key holds numbers."""
NUMBER_SIZE = array(NUMBER).itemsize
INITIAL: Key = b""
"""In the place of a parent: none, the state is an initial one."""
ANCESTORS = 16
"""Of so many parts for each worker all others descend."""


class Definition(NamedTuple):
    """Where a part is found first: what it is, and the way there."""

    digest: bytes
    parent: Key
    """A state of parts with smaller numbers."""
    action: int
    """Which action of the parent, or which initial state, leads to a state with the part."""
    place: int
    """Which part of that state it is."""


class Homes:
    """Who owns which states, among so many workers."""

    def __init__(self, shards: int) -> None:
        """No part is known yet."""
        self.shards = shards
        self._homes: list[int] = []
        """By number; only first parts matter."""
        self._ancestors = 0

    def learn(self, definitions: Iterable[Definition]) -> None:
        """More parts, in the order of their numbers."""
        for definition in definitions:
            home = self._ancestors % self.shards
            if definition.place == 0:
                if self._ancestors < ANCESTORS * self.shards:
                    self._ancestors += 1
                else:
                    home = self.owner(definition.parent)
            self._homes.append(home)

    def owner(self, key: Key) -> int:
        """Whose a state is."""
        return self._homes[int.from_bytes(key[:NUMBER_SIZE], byteorder)]


class Atlas(Generic[State]):
    """What one process knows of the parts that all have found."""

    def __init__(self, model: Model[State, Any], shards: int) -> None:
        """No part is numbered yet."""
        self.model = model
        self.homes = Homes(shards)
        self.parts = parts_of(model)
        self.numbers: dict[Part, int] = {}
        self.definitions: list[Definition] = []
        """Of every part, by number."""
        self._by_digest: dict[bytes, int] = {}
        self._parts: dict[int, Part] = {}
        """Those that this process has found itself, or needed."""
        self._waiting: dict[bytes, tuple[Part, Definition]] = {}
        """Those found and not numbered yet, with the first way that leads there from here."""
        self._expanded: tuple[Key, Sequence[State]] | None = None

    def find(self, part: Part, parent: Key, action: int, place: int) -> Definition | None:
        """Take note of a part without a number; its definition, if nobody has found it before."""
        digest = self.parts.digest(part)
        number = self._by_digest.get(digest)
        if number is not None:
            self._link(number, part, first=False)
            return None
        definition = Definition(digest, parent, action, place)
        if self._waiting.setdefault(digest, (part, definition))[0] != part:
            raise AssertionError(f"two parts have one digest: {digest.hex()}")
        return definition

    def learn(self, definitions: Sequence[Definition]) -> None:
        """Number more parts, in the order of all processes."""
        self.homes.learn(definitions)
        for definition in definitions:
            number = len(self.definitions)
            self.definitions.append(definition)
            self._by_digest[definition.digest] = number
            if definition.digest in self._waiting:
                part, ours = self._waiting.pop(definition.digest)
                self._link(number, part, first=ours == definition)

    def pack(self, state: State) -> Key:
        """The key of a state whose parts are all numbered."""
        numbers = self.numbers
        return array(NUMBER, [numbers[part] for part in self.parts.of(state)]).tobytes()

    def unpack(self, key: Key) -> State:
        """The state of a key."""
        parts = self._parts
        try:
            return self.parts.whole([parts[number] for number in array(NUMBER, key)])
        except KeyError:
            self._fetch(array(NUMBER, key))
            return self.parts.whole([parts[number] for number in array(NUMBER, key)])

    def _fetch(self, numbers: Sequence[int]) -> None:
        """Go the way to each of some parts, and to those that are needed for it first."""
        pending = list(numbers)
        while pending:
            number = pending[-1]
            if number not in self._parts:
                definition = self.definitions[number]
                before = array(NUMBER, definition.parent)
                missing = [other for other in before if other not in self._parts]
                if missing:
                    pending += missing
                    continue
                self._link(number, self._at(definition), first=True)
            pending.pop()

    def _at(self, definition: Definition) -> Part:
        """The part that a definition leads to.

        Raises:
            UsageError: something else is there; the definition is of other rules.
        """
        if self._expanded is None or self._expanded[0] != definition.parent:
            self._expanded = definition.parent, self._following(definition.parent)
        following = self._expanded[1]
        if definition.action < len(following):
            parts = self.parts.of(following[definition.action])
            if definition.place < len(parts):
                part = parts[definition.place]
                if self.parts.digest(part) == definition.digest:
                    return part
        raise UsageError(
            f"the search to be continued does not fit these rules: part {definition.digest.hex()}"
            " is not where it was found"
        )

    def _following(self, parent: Key) -> Sequence[State]:
        if parent == INITIAL:
            return self.model.initial_states()
        return [state for _, state in self.model.actions(self.unpack(parent))]

    def _link(self, number: int, part: Part, first: bool) -> None:
        """A part has a number; unless it is found on its first way, another may stand for it."""
        self.numbers[part] = number
        if first or not self.parts.represent:
            if self._parts.setdefault(number, part) != part:
                raise AssertionError(f"two parts have one digest: number {number}")
