"""A class of shapes, and the kinds of shapes within it that are explored beside each other."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.shape import Choice, Shape


class Kind(NamedTuple):
    """A class of shapes; of one class shapes of several kinds are explored.

    Where waves are evaluated later, what a replica is sure to commit counts as committed. That the
    real replicas come to it late, too, is tried with shapes in which they have not done it yet.
    """

    key: Hashable
    to_walk: bool = False
    """Whether some replica has still to commit a leader by walking back."""
    behind: bool = False
    """Whether the correct replicas cannot commit a leader even by all that they hold together."""


APART = Kind("replicas that contradict each other")
"""The class of shapes that need no other: what they have done is wrong."""


class ShapeClass:
    """A class of shapes, known by its key; the shape that stands for it is built when needed."""

    __slots__ = ("_parent", "_shape", "choices", "kind", "leader", "locals", "round")

    def __init__(
        self,
        kind: Kind,
        parent: Shape,
        choices: Sequence[Choice],
        leader: int | None,
        shape: Shape | None = None,
    ) -> None:
        """What follows from the parent with these choices; or the given shape."""
        self.kind = kind
        self.locals: tuple[Local, ...] = tuple(c.local for c in choices if c.local is not None)
        self.round = parent.round + 1 if shape is None else shape.round
        self._parent = parent
        self.choices = tuple(choices)
        self.leader = leader
        self._shape = shape

    @property
    def shape(self) -> Shape:
        """The shape that stands for the class."""
        if self._shape is None:
            self._shape = self._parent.extended(self.choices, self.leader)
        return self._shape

    @property
    def key(self) -> Hashable:
        """What is remembered of it."""
        return self.kind.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShapeClass) and self.kind == other.kind

    def __hash__(self) -> int:
        return hash(self.kind)
