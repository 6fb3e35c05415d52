"""What a search has done, layer by layer: enough to go on from there with any number of workers."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from tee_rider.model_check.exploration.tags import Tag, path_code
from tee_rider.model_check.searches.atlas import Definition, Homes
from tee_rider.model_check.searches.parts import Future
from tee_rider.model_check.searches.shard import Saved, split


@dataclass(frozen=True, slots=True)
class Layer:
    """The states that are so many steps away, by their tags; a place here is their position."""

    tags: "array[int]"
    keys: bytes
    definitions: tuple[Definition, ...]
    """Of the parts that these states are the first to have, by number."""
    transitions: int
    """Up to and including those that lead here."""
    reached: Mapping[str, int] = field(default_factory=dict)
    """What was reached here first; with the depth."""
    found: Mapping[str, str] = field(default_factory=dict)
    """What is violated here first; with the code of the path."""
    futures: Mapping[int, Future] = field(default_factory=dict)
    """Of the states of the layer above that stand for classes, by position."""


class Ledger:
    """All layers that are complete: every state of them is found and judged."""

    def __init__(self) -> None:
        """No layer is complete."""
        self.layers: list[Layer] = []
        self.definitions: list[Definition] = []
        self.states = 0
        self.reached: dict[str, int] = {}
        self.found: dict[str, str] = {}
        self.futures: list[Mapping[int, Future]] = []
        """Of each layer that is expanded."""

    @property
    def depth(self) -> int:
        """Of the newest layer; -1 if there is none."""
        return len(self.layers) - 1

    @property
    def transitions(self) -> int:
        """How many were taken."""
        return self.layers[-1].transitions if self.layers else 0

    def add(self, layer: Layer) -> None:
        """A layer more is complete."""
        if self.layers:
            self.expanded(layer.futures)
        self.layers.append(layer)
        self.definitions += layer.definitions
        self.states += len(layer.tags)
        self.reached.update(layer.reached)
        self.found.update(layer.found)

    def expanded(self, futures: Mapping[int, Future]) -> None:
        """The newest layer is expanded."""
        self.futures[max(0, self.depth) :] = [futures]

    def path_to(self, tag: Tag) -> str:
        """The code of the path to a state of the next layer."""
        return path_code([layer.tags for layer in self.layers], tag)

    def positions(self, worker: int, homes: Homes) -> "array[int]":
        """Where a worker's states are in the newest layer."""
        keys = split(self.layers[-1].keys, len(self.layers[-1].tags))
        return array("Q", (at for at, key in enumerate(keys) if homes.owner(key) == worker))

    def share_of(self, worker: int, homes: Homes) -> Saved:
        """What a worker needs to take a place."""
        shares = [
            [key for key in split(layer.keys, len(layer.tags)) if homes.owner(key) == worker]
            for layer in self.layers
        ]
        states = sum(map(len, shares))
        visited = b"".join(chain.from_iterable(shares))
        newest = b"".join(shares[-1])
        return Saved(tuple(self.definitions), visited, states, newest, len(shares[-1]))

    def homes(self, shards: int) -> Homes:
        """Who owns which states, among so many workers."""
        homes = Homes(shards)
        homes.learn(self.definitions)
        return homes
