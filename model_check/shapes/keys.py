"""When two shapes are of one class: what a key remembers of them, and what it forgets.

proofs_notes/reductions.md argues for each key why two shapes of one class have the same future.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from tee_rider.model_check.shapes.late import Extra
from tee_rider.model_check.shapes.local_steps import Local, Rows
from tee_rider.model_check.shapes.shape import Choice, Reach
from tee_rider.spec.identifiers import Mask

LocalKey: TypeAlias = Any
"""What is remembered of one replica; a tuple that can be ordered."""


class Past(NamedTuple):
    """What lies below the newest layer, and what leads in it."""

    rows: Rows
    """All layers but the newest."""
    leaders: tuple[int, ...]
    """For each wave that has begun, whom its coin shows."""
    leader_reach: tuple[Reach, ...]
    """What each of them reaches."""
    older: tuple[Mask, ...]
    """The sets of leaders that vertices below the newest layer reach, if they may arrive late."""
    supporters: tuple[Extra, ...]
    """For each wave that ended below the newest layer: its supporters, if they may commit it."""
    over: bool
    """Whether all that is left to see is who evaluates the last wave again."""

    @property
    def round(self) -> int:
        """The round of the newest layer."""
        return len(self.rows) + 1


class Key(ABC):
    """Two steps: what is remembered of each replica, and of all together."""

    name: str
    told_apart = False
    """Whether vertices that reach the same leaders are different to whoever has edges to them."""

    def __init__(self, symmetry: bool) -> None:
        """``symmetry``: whether names of replicas are forgotten, but for who is faulty."""
        self.symmetry = symmetry

    def unnamed(self, keys: Iterable[LocalKey]) -> tuple[LocalKey, ...]:
        """What is remembered of several replicas, without their names."""
        return tuple(sorted(keys)) if self.symmetry else tuple(keys)

    @abstractmethod
    def local(self, past: Past, choice: Choice) -> LocalKey:
        """What is remembered of one replica and its newest vertex."""

    @abstractmethod
    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """The class of a shape."""

    def to_walk(self, past: Past, correct: Sequence[LocalKey]) -> bool:
        """Whether some replica has still to walk back from what is sure to come."""
        return False


class WholeKey(Key):
    """Nothing is forgotten: every shape is a class of its own."""

    name = "whole shapes"
    told_apart = True

    def local(self, past: Past, choice: Choice) -> LocalKey:
        """The vertex, the vertices held and not delivered, and the log."""
        if choice.local is None:
            return choice.vertex.digest
        state = choice.local.state
        undelivered = tuple(sorted(state.ordering.undelivered))
        return choice.vertex.digest, undelivered, committed_waves(choice.local)

    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """All of that by name, and who leads."""
        below = tuple(vertex.digest for row in past.rows for vertex in row)
        return below, past.leaders, tuple(correct), tuple(faulty)


def committed_waves(local: Local) -> tuple[int, ...]:
    """The waves whose leaders a replica has committed, in its order."""
    return tuple(commit.wave for commit in local.commits)
