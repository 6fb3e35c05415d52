"""What a ledger knows of classes of shapes that were visited by workers.

Every process calls a class by the digest of its canonical bytes. What follows the shape that stands
for a class is known in short; the shape itself is had by taking its path again, where it is needed.
"""

from collections.abc import Hashable, Set

from tee_rider.model_check.searches.atlas import Atlas
from tee_rider.model_check.searches.ledger import Ledger
from tee_rider.model_check.searches.parts import ShapeParts
from tee_rider.model_check.shapes.explored import Explored
from tee_rider.model_check.shapes.shape import Shape
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.model_check.shapes.shape_level import ShapeLevel


class KeptClasses(Explored):
    """The classes in a ledger."""

    def __init__(self, model: ShapeLevel, ledger: Ledger) -> None:
        """Whatever workers expanded counts, by position as if one process had done it."""
        self.ledger = ledger
        self.futures: dict[Hashable, Hashable] = {}
        self.layers = 0
        self._parts = ShapeParts()
        self._atlas = Atlas(model, shards=1)
        self._atlas.learn(ledger.definitions)
        self._places: dict[Hashable, tuple[int, int]] = {}
        """Depth and position of what stood first for each class."""
        self._odd: tuple[int, int] | None = None
        for depth, futures in enumerate(ledger.futures):
            for position, (name, follows) in futures.items():
                self.layers = depth + 1
                self._places.setdefault(name, (depth, position))
                if self.futures.setdefault(name, follows) != follows:
                    self._odd = self._odd or (depth, position)

    @property
    def mismatched(self) -> Shape | None:
        """Taken again from the start."""
        return self._at(*self._odd).shape if self._odd else None

    def name(self, key: Hashable) -> Hashable:
        """The digest of a class."""
        return self._parts.name(key)

    def future(self, keys: Set[Hashable]) -> Hashable:
        """A digest of classes."""
        return self._parts.names(keys)

    def representative(self, name: Hashable) -> ShapeClass:
        """Taken again from the start."""
        return self._at(*self._places[name])

    def _at(self, depth: int, position: int) -> ShapeClass:
        layer = self.ledger.layers[depth]
        size = len(layer.keys) // len(layer.tags)
        return self._atlas.unpack(layer.keys[position * size : (position + 1) * size])
