"""Which sets of vertices of the newest layer are alike to whoever makes edges to all of them."""

from collections.abc import Hashable, Sequence
from functools import reduce
from operator import or_

from tee_rider.model_check.shapes.late import first_awaited, supporters
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import Shape
from tee_rider.reference.dag import Address, predecessor_addresses
from tee_rider.spec.configuration import ends_wave, wave_of
from tee_rider.spec.identifiers import Mask

WIDTH = 64
"""Bits kept for one set of leaders; the frontier closes, and fine ends, long before so many."""


class Alike:
    """Sorts sets of vertices of the newest layer by what they lead to.

    Two sets are alike if they reach the same leaders, over strong edges and over all; if the layer
    ends a wave, as many of the vertices of each support its leader; and if they have the same of
    those supporters in their history that some correct replica still awaits.
    """

    def __init__(self, scope: ShapeScope, shape: Shape, told_apart: bool = False) -> None:
        """After a shape; if all are to be told apart, no two sets are alike."""
        self.shape = shape
        self.told_apart = told_apart
        self._reached = [0]
        """For each set all that its vertices reach."""
        self._supporters: Mask = 0
        """Those of the wave that ends with the newest layer."""
        if told_apart:
            return
        assert len(shape.leaders) <= WIDTH
        heard = _heard_of(scope, shape)
        for reach, supporting in zip(shape.frontier, heard, strict=True):
            of_it = reach.strong | reach.full << WIDTH | supporting << 2 * WIDTH
            self._reached += [of_it | of_others for of_others in self._reached]
        if ends_wave(shape.round):
            leader = 1 << wave_of(shape.round) - 1
            supports = [bool(reach.strong & leader) for reach in shape.frontier]
            self._supporters = sum(1 << source for source in range(scope.n) if supports[source])

    def kind(self, vertices: Mask) -> Hashable:
        """Equal for sets that are alike."""
        if self.told_apart:
            return vertices
        return self._reached[vertices], (vertices & self._supporters).bit_count()


def _heard_of(scope: ShapeScope, shape: Shape) -> Sequence[Mask]:
    """For each vertex of the newest layer the supporters in its history that somebody awaits."""
    first = min((first_awaited(scope, local) for local in shape.locals), default=0)
    awaited = [at for of_wave in supporters(scope, shape.reach)[first:] for at in of_wave]
    number = {address: 1 << place for place, address in enumerate(awaited)}
    heard: dict[Address, Mask] = {}
    for row in shape.rows[awaited[0][0] - 1 :] if awaited else ():
        for vertex in row:
            below = (heard.get(at, 0) for at in predecessor_addresses(vertex))
            at = vertex.round, vertex.source
            heard[at] = reduce(or_, below, number.get(at, 0))
    return [heard.get((shape.round, source), 0) for source in range(scope.n)]
