"""The explorations of the shape level: some waves, or any number of them."""

from dataclasses import replace
from functools import cached_property
from random import Random

from tee_rider.model_check.shapes.fine_key import FineKey
from tee_rider.model_check.shapes.frontier_key import PENDING, FrontierKey, status
from tee_rider.model_check.shapes.keys import WholeKey
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import EMPTY
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.spec.configuration import round_in_wave

WAVES_BEFORE = 2
"""How many waves at most pass before the one that a random walk monitors."""


class FineLevel(ShapeLevel):
    """Every shape of K waves, up to what leaders are reached, held and committed."""

    def __init__(self, scope: ShapeScope) -> None:
        """Nothing is found yet."""
        super().__init__(scope, FineKey(scope.symmetry, weak=scope.views))


class WholeLevel(ShapeLevel):
    """Every shape of K waves, each for itself."""

    def __init__(self, scope: ShapeScope) -> None:
        """Nothing is found yet."""
        super().__init__(scope, WholeKey(symmetry=False))


class FrontierLevel(ShapeLevel):
    """Every shape of any number of waves, up to what matters to one wave.

    Any wave may be the monitored one. It is over when no correct replica has it before itself: what
    each has made of it stays, and two that made different things of it were convicted.
    """

    def __init__(self, scope: ShapeScope, monitored: int = 1) -> None:
        """Nothing is found yet."""
        super().__init__(scope, FrontierKey(scope.symmetry, monitored))
        self.monitored = monitored
        self.bound = f"any number of waves, {scope.describe()}"

    def within_bound(self, state: ShapeClass) -> bool:
        """Whether some correct replica may still make something of the monitored wave."""
        if self.scope.later:
            return True
        return any(status(local, self.monitored) == PENDING for local in state.locals)

    def random_start(self, random: Random) -> tuple[ShapeLevel, ShapeClass]:
        """Another wave is monitored, after waves drawn at random; older vertices may arrive late.

        So a silent alarm says that the wave's number, its past and weak edges are nothing to it.
        """
        monitored = random.randint(1, WAVES_BEFORE + 1)
        walker = self._walkers[monitored, random.random() < 0.5]
        shape = EMPTY.extended(walker.choices.first(), random.randrange(self.scope.n))
        while shape.round < round_in_wave(monitored, 1):
            shape = walker.random_layer(shape, random)
        return walker, walker.of(shape)

    @cached_property
    def walker(self) -> ShapeLevel:
        """The same model, not explored."""
        return FrontierLevel(self.scope, self.monitored)

    @cached_property
    def _walkers(self) -> dict[tuple[int, bool], "FrontierLevel"]:
        return {
            (monitored, views): FrontierLevel(replace(self.scope, views=views), monitored)
            for monitored in range(1, WAVES_BEFORE + 2)
            for views in (False, True)
        }
