"""A shape: every vertex of every layer, who leads which wave, and the correct replicas' states.

Layers have a normal form: each round has a vertex of every replica. One that nobody has an edge to
is as good as one that does not exist, or is late. When a replica creates its vertex of round r + 1,
it holds what its edges reach. Where a wave is evaluated once, with that vertex, the shape decides
everything; else late supporters count, too, and they are in the replicas' states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tee_rider.model_check.shapes.local_steps import Local, Rows
from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.vertex import Vertex


class Reach(NamedTuple):
    """Which leaders a vertex reaches, itself included; bit w - 1 is the leader of wave w."""

    strong: Mask
    """Over strong edges alone."""
    full: Mask
    """Over all edges."""


NOWHERE = Reach(0, 0)


class Choice(NamedTuple):
    """What one replica may do in a layer: its next vertex, and for a correct one its next state."""

    vertex: Vertex
    reach: Reach
    local: Local | None = None


@dataclass(frozen=True, eq=False)
class Shape:
    """A concrete execution, up to one round; correct replicas come first."""

    rows: Rows
    reach: tuple[tuple[Reach, ...], ...]
    """For each vertex of ``rows``."""
    locals: tuple[Local, ...]
    """For each correct replica, when it has created its vertex of the last round."""
    leaders: tuple[int, ...] = ()
    """For each wave that has begun, whom its coin shows."""

    @property
    def round(self) -> int:
        """The round of the newest layer."""
        return len(self.rows)

    @property
    def frontier(self) -> tuple[Reach, ...]:
        """What the vertices of the newest layer reach."""
        return self.reach[-1]

    @cached_property
    def leader_reach(self) -> tuple[Reach, ...]:
        """What the leader of each wave reaches, itself included."""
        return tuple(
            self.reach[round_in_wave(wave, 1) - 1][leader]
            for wave, leader in enumerate(self.leaders, start=1)
        )

    def extended(self, choices: Sequence[Choice], leader: int | None) -> "Shape":
        """One layer more; at the beginning of a wave with the leader that its coin will show.

        The coin never changes how the DAG grows, so it may as well be known at once.
        """
        if leader is not None:
            choices = marked(choices, leader, len(self.leaders) + 1)
        return Shape(
            rows=(*self.rows, tuple(choice.vertex for choice in choices)),
            reach=(*self.reach, tuple(choice.reach for choice in choices)),
            locals=tuple(choice.local for choice in choices if choice.local is not None),
            leaders=self.leaders if leader is None else (*self.leaders, leader),
        )


EMPTY = Shape((), (), ())


def newest(shape: Shape) -> tuple[Choice, ...]:
    """The newest layer, as the choices that it came from; leaders know themselves."""
    row, reach = shape.rows[-1], shape.frontier
    correct = map(Choice, row, reach, shape.locals)
    faulty = len(shape.locals)
    return (*correct, *map(Choice, row[faulty:], reach[faulty:]))


def marked(choices: Sequence[Choice], leader: int, wave: int) -> tuple[Choice, ...]:
    """The choices of a layer in which one is the leader of a wave."""
    bit = 1 << wave - 1
    reach = choices[leader].reach
    chosen = choices[leader]._replace(reach=Reach(reach.strong | bit, reach.full | bit))
    return (*choices[:leader], chosen, *choices[leader + 1 :])


def joined(reaches: Sequence[Reach], weak: Sequence[Reach] = ()) -> Reach:
    """What a vertex reaches with strong edges to some vertices and weak edges to others."""
    strong, full = 0, 0
    for reach in reaches:
        strong |= reach.strong
        full |= reach.full
    for reach in weak:
        full |= reach.full
    return Reach(strong, full)


def reach_of(shape: Shape, vertex: Vertex) -> Reach:
    """The leaders that a vertex above a shape reaches, by the edges that it has."""
    strong = [shape.frontier[edge.source] for edge in vertex.strong_edges]
    weak = [shape.reach[edge.round - 1][edge.source] for edge in vertex.weak_edges]
    return joined(strong, weak)
