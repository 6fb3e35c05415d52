"""One worker's share of a search: the states whose keys fall to it, and what follows from them.

A layer takes three calls, and every worker has answered one before any gets the next: ``expand``
finds what follows, ``send`` says whose it is, ``receive`` keeps what is new. Each answer is a
function of the calls before, so the calls can be repeated by a worker that takes another's place.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeAlias

from tee_rider.model_check.exploration.explore import CHECK_EVERY, megabytes_used
from tee_rider.model_check.exploration.model import Action, Always, Model, Sometimes, State
from tee_rider.model_check.exploration.tags import INDEX_BITS, LARGEST_INDEX, Tag
from tee_rider.model_check.searches.atlas import INITIAL, Atlas, Definition, Key
from tee_rider.model_check.searches.parts import Future, Part

Make: TypeAlias = Callable[[], Model[Any, Any]]
"""Makes the model; it must be the same in every process."""


class Found(NamedTuple):
    """A part that a worker found, and nobody before this layer."""

    tag: Tag
    definition: Definition


class Expanded(NamedTuple):
    """What a worker's share of a layer leads to."""

    found: list[Found]
    counts: "array[int]"
    """How many actions each state of the share has."""
    futures: dict[int, Future]
    """Of the states that stand for classes, by position."""
    megabytes: int
    full: bool
    """Whether the worker gave up, out of memory."""


class Batch(NamedTuple):
    """States on their way to the worker that they belong to."""

    keys: bytes
    tags: "array[int]"


class Received(NamedTuple):
    """What was new among all that a worker received, by tag."""

    new: Batch
    violated: list[tuple[Tag, int, str]]
    """Where each property is violated first: tag, how-many-th violation of its state, property."""
    reached: list[str]
    megabytes: int
    full: bool


class Saved(NamedTuple):
    """What a worker needs to take a place after some layer."""

    definitions: Sequence[Definition]
    visited: bytes
    """The keys of all states that belong to it."""
    states: int
    frontier: bytes
    """Those of the newest layer, by position."""
    frontier_states: int


class Shard(Generic[State, Action]):
    """What one worker knows."""

    def __init__(
        self, make: Make, index: int, shards: int, until: frozenset[str], megabytes: int | None
    ) -> None:
        """Nothing is visited yet; ``megabytes`` are all that it may use."""
        self.model: Model[State, Action] = make()
        self.index = index
        self.shards = shards
        self.until = until
        self.megabytes = megabytes
        self.atlas = Atlas(self.model, shards)
        self.visited: set[Key] = set()
        self.frontier: list[State] = []
        self._candidates: dict[State, Tag] = {}
        self._own = Batch(b"", array("Q"))
        properties = self.model.properties()
        self._always = [asked for asked in properties if isinstance(asked, Always)]
        self._wanted = [asked for asked in properties if isinstance(asked, Sometimes)]

    def restore(self, saved: Saved) -> None:
        """Take another's place."""
        self.atlas = Atlas(self.model, self.shards)
        self.atlas.learn(saved.definitions)
        self.visited = set(split(saved.visited, saved.states))
        keys = split(saved.frontier, saved.frontier_states)
        self.frontier = [self.atlas.unpack(key) for key in keys]

    def begin(self) -> Expanded:
        """Find the initial states; one worker does it for all."""
        self._candidates = {}
        if self.index == 0:
            for index, state in enumerate(self.model.initial_states()):
                self._candidates.setdefault(state, index)
        found = self._found(lambda tag: INITIAL)
        return Expanded(found, array("Q"), {}, megabytes_used(), False)

    def expand(self, positions: "array[int]") -> Expanded:
        """Find what follows from the frontier, whose states have these positions in their layer."""
        model, candidates = self.model, dict[State, Tag]()
        counts, futures = array("Q"), dict[int, Future]()
        for position, state in zip(positions, self.frontier, strict=True):
            if len(counts) % CHECK_EVERY == 0 and self._full():
                return Expanded([], counts, {}, megabytes_used(), True)
            if not model.within_bound(state):
                counts.append(0)
                continue
            following = model.actions(state)
            counts.append(len(following))
            if future := self.atlas.parts.future(state, following):
                futures[position] = future
            if len(following) > LARGEST_INDEX:
                raise OverflowError(f"a state has {len(following):,} actions")
            for tag, (_, successor) in enumerate(following, position << INDEX_BITS):
                if successor not in candidates:
                    candidates[successor] = tag
        self._candidates = candidates
        found = self._found(lambda tag: self._key_at(positions, tag >> INDEX_BITS))
        return Expanded(found, counts, futures, megabytes_used(), False)

    def send(self, definitions: Sequence[Definition]) -> list[Batch]:
        """Learn what all have found, and hand over what follows, by owner; its own it keeps."""
        self.atlas.learn(definitions)
        pack, owner_of = self.atlas.pack, self.atlas.homes.owner
        keys: list[list[Key]] = [[] for _ in range(self.shards)]
        tags = [array("Q") for _ in range(self.shards)]
        for state, tag in self._candidates.items():
            key = pack(state)
            owner = owner_of(key)
            keys[owner].append(key)
            tags[owner].append(tag)
        self._candidates = {}
        batches = list(map(Batch, map(b"".join, keys), tags))
        self._own, batches[self.index] = batches[self.index], Batch(b"", array("Q"))
        return batches

    def receive(self, batches: Sequence[Batch]) -> Received:
        """Keep and judge what is new."""
        first: dict[Key, Tag] = {}
        visited = self.visited
        for batch in (self._own, *batches):
            for key, tag in zip(split(batch.keys, len(batch.tags)), batch.tags, strict=True):
                if key not in visited and tag < first.get(key, tag + 1):
                    first[key] = tag
        self._own = Batch(b"", array("Q"))
        visited.update(first)
        ordered = sorted(first.items(), key=itemgetter(1))
        new = Batch(b"".join(key for key, _ in ordered), array("Q", (tag for _, tag in ordered)))
        violated: dict[str, tuple[Tag, int, str]] = {}
        reached: list[str] = []
        for state in self.frontier[-1:]:  # A model may have noted something in what follows it.
            self._reach(state, reached)
        self.frontier = []
        full = False
        for number, (key, tag) in enumerate(ordered):
            if number % CHECK_EVERY == 0 and (full := self._full()):
                break
            state = self.atlas.unpack(key)
            self.frontier.append(state)
            self._judge(state, tag, violated, reached)
            if violated and self.until <= violated.keys():
                break
        return Received(new, list(violated.values()), reached, megabytes_used(), full)

    def _judge(
        self,
        state: State,
        tag: Tag,
        violated: dict[str, tuple[Tag, int, str]],
        reached: list[str],
    ) -> None:
        names = [found.property for asked in self._always for found in asked.violations(state)]
        for ordinal, name in enumerate(names):
            violated.setdefault(name, (tag, ordinal, name))
        self._reach(state, reached)

    def _reach(self, state: State, reached: list[str]) -> None:
        for wanted in tuple(self._wanted):
            if wanted.reached(state):
                reached.append(wanted.name)
                self._wanted.remove(wanted)

    def _found(self, parent_of: Callable[[Tag], Key]) -> list[Found]:
        """The parts of candidates that nobody has found before."""
        found: list[Found] = []
        seen: set[Part] = set()
        numbers, of = self.atlas.numbers, self.atlas.parts.of
        for state, tag in self._candidates.items():
            for place, part in enumerate(of(state)):
                if part not in numbers and part not in seen:
                    seen.add(part)
                    where = parent_of(tag), tag & LARGEST_INDEX, place
                    definition = self.atlas.find(part, *where)
                    if definition is not None:
                        found.append(Found(tag, definition))
        return found

    def _key_at(self, positions: "array[int]", position: int) -> Key:
        return self.atlas.pack(self.frontier[bisect_left(positions, position)])

    def _full(self) -> bool:
        return self.megabytes is not None and megabytes_used() >= self.megabytes


def split(keys: bytes, count: int) -> list[Key]:
    """So many keys, apart."""
    if not count:
        return []
    return [key for (key,) in struct.iter_unpack(f"{len(keys) // count}s", keys)]
