"""What the alarm asks about an exploration, wherever it took place."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Set

from tee_rider.model_check.shapes.shape import Shape
from tee_rider.model_check.shapes.shape_class import ShapeClass


class Explored(ABC):
    """The classes that were expanded, and what stood for each first."""

    futures: Mapping[Hashable, Hashable]
    """By name of each class what follows it, in the order in which they were found."""
    layers: int
    """How many layers the deepest shape expanded has."""

    @property
    @abstractmethod
    def mismatched(self) -> Shape | None:
        """The first shape with another future than one of its class and of another kind."""

    @abstractmethod
    def name(self, key: Hashable) -> Hashable:
        """The name of a class."""

    @abstractmethod
    def future(self, keys: Set[Hashable]) -> Hashable:
        """Classes that follow, as ``futures`` has them."""

    @abstractmethod
    def representative(self, name: Hashable) -> ShapeClass:
        """What stood first for a class."""
