"""When two shapes are of one class: what a key remembers of them, and what it forgets.

proofs_notes/reductions.md argues for each key why two shapes of one class have the same future.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from tee_rider.model_check.shapes.local_steps import Local, Rows
from tee_rider.model_check.shapes.shape import Choice, Reach
from tee_rider.spec.configuration import round_in_wave, wave_of

LocalKey: TypeAlias = Any
"""What is remembered of one replica; a tuple that can be ordered."""


class Past(NamedTuple):
    """What lies below the newest layer, and what leads in it."""

    rows: Rows
    """All layers but the newest."""
    leaders: tuple[int, ...]
    """For each wave that has begun, whom its coin shows."""
    leader_reach: tuple[Reach, ...]
    """Which leaders each of them reaches, itself included."""
    older: tuple[int, ...]
    """The sets of leaders that vertices below the newest layer reach, if they may arrive late."""

    @property
    def round(self) -> int:
        """The round of the newest layer."""
        return len(self.rows) + 1


class Key(ABC):
    """Two steps: what is remembered of each replica, and of all together."""

    name: str

    def __init__(self, symmetry: bool) -> None:
        """``symmetry``: whether names of replicas are forgotten, but for who is faulty."""
        self.symmetry = symmetry

    def unnamed(self, keys: Iterable[LocalKey]) -> tuple[LocalKey, ...]:
        """What is remembered of several replicas, without their names."""
        return tuple(sorted(keys)) if self.symmetry else tuple(keys)

    @abstractmethod
    def local(self, leaders: Sequence[int], choice: Choice) -> LocalKey:
        """What is remembered of one replica and its newest vertex."""

    @abstractmethod
    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """The class of a shape."""


class WholeKey(Key):
    """Nothing is forgotten: every shape is a class of its own."""

    name = "whole shapes"

    def local(self, leaders: Sequence[int], choice: Choice) -> LocalKey:
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


class FineKey(Key):
    """Which leaders each replica's newest vertex reaches, which it holds, which it committed."""

    name = "fine key"

    def local(self, leaders: Sequence[int], choice: Choice) -> LocalKey:
        """Leaders reached over strong edges, over all edges, held, and committed."""
        if choice.local is None:
            return choice.reach
        return *choice.reach, held_leaders(leaders, choice.local), committed_waves(choice.local)

    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """All of that, and which leaders reach which."""
        unnamed = self.unnamed(correct), self.unnamed(faulty)
        return past.round, past.leader_reach, past.older, *unnamed


def committed_waves(local: Local) -> tuple[int, ...]:
    """The waves whose leaders a replica has committed, in its order."""
    return tuple(commit.wave for commit in local.commits)


def held_leaders(leaders: Sequence[int], local: Local) -> int:
    """The leaders in a replica's DAG; bit w - 1 is the leader of wave w."""
    held = 0
    for wave, leader in enumerate(leaders, start=1):
        if local.holds(round_in_wave(wave, 1), leader):
            held |= 1 << wave - 1
    return held


class FrontierKey(Key):
    """What matters to one wave, the *monitored* one; all that came before it is forgotten.

    Of each newest vertex: the newest leader, of the monitored wave or later, that it reaches over
    strong edges; of each leader: whether walking back from it comes to the monitored one; of each
    correct replica: whether it has passed the monitored wave, and how. Only the order of leaders
    counts, and neighbours that come to the same are one.
    """

    name = "frontier key"

    def __init__(self, symmetry: bool, monitored: int = 1) -> None:
        """The monitored wave has not begun."""
        super().__init__(symmetry)
        self.monitored = monitored

    def local(self, leaders: Sequence[int], choice: Choice) -> LocalKey:
        """The newest leader reached, counted from the monitored wave, and the replica's status."""
        newest = (choice.reach.strong >> self.monitored - 1).bit_length()
        if choice.local is None:
            return newest
        return newest, status(choice.local, self.monitored)

    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """Leaders are numbered by age, as far as somebody's newest vertex tells them apart."""
        comes_to_it = self._walks(past.leader_reach)
        live = wave_of(past.round) - self.monitored + 1
        reached = {newest for newest, _ in correct} | set(faulty)
        labels: dict[int, int] = {}
        number, last = -1, None
        for newest in sorted(reached):
            if newest == live or comes_to_it[newest] != last:
                number += 1
            last = comes_to_it[newest]
            labels[newest] = number
        return (
            past.round - round_in_wave(wave_of(past.round), 1),
            live in reached,
            tuple((labels[newest], comes_to_it[newest]) for newest in sorted(reached)[:1]),
            comes_to_it[live],
            self.unnamed((labels[newest], passed) for newest, passed in correct),
            self.unnamed(labels[newest] for newest in faulty),
        )

    def _walks(self, leader_reach: Sequence[Reach]) -> list[bool]:
        """Whether walking back from each leader comes to the monitored one; the first is nobody."""
        comes_to_it = [False, True]
        for wave in range(self.monitored + 1, len(leader_reach) + 1):
            earlier = leader_reach[wave - 1].strong & ~(1 << wave - 1)
            comes_to_it.append(comes_to_it[(earlier >> self.monitored - 1).bit_length()])
        return comes_to_it


PENDING, CONTAINS, SKIPS = 0, 1, 2


def status(local: Local, monitored: int) -> int:
    """Whether the first leader committed of the monitored wave or later is the monitored one."""
    for commit in local.commits:
        if commit.wave >= monitored:
            return CONTAINS if commit.wave == monitored else SKIPS
    return PENDING
