"""What may arrive late: which sets of older vertices are worth telling apart.

All older vertices, where the scope lets them arrive; else the supporters of waves that have ended,
where the profile evaluates waves later than on completing them.
"""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import TypeAlias

from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import Reach, Shape
from tee_rider.reference.dag import Address
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.identifiers import Mask

Extra: TypeAlias = tuple[Address, ...]
"""Older vertices that a replica holds, or points to, beside what its strong edges reach."""
NOTHING: Extra = ()


def supporters(scope: ShapeScope, below: Sequence[Sequence[Reach]]) -> tuple[Extra, ...]:
    """For each wave that ends in these layers its supporters, if they may commit it later.

    None, where all that exist are too few for that, and where the profile evaluates every wave on
    completing it: there the edges of the next vertex say all.
    """
    if not scope.later:
        return ()
    needed = scope.setting.profile.commit_quorum(scope.setting.configuration)
    found: list[Extra] = []
    for wave in range(1, len(below) // WAVE_LENGTH + 1):
        round_ = round_in_wave(wave, WAVE_LENGTH)
        row = enumerate(below[round_ - 1])
        of_wave = tuple((round_, i) for i, reach in row if reach.strong >> wave - 1 & 1)
        found.append(of_wave if len(of_wave) >= needed else NOTHING)
    return tuple(found)


def first_awaited(scope: ShapeScope, local: Local) -> int:
    """How many waves a replica will not commit any more by supporters that arrive late."""
    ordering = local.state.ordering
    return ordering.decided if scope.again else len(ordering.leaders)


class Late:
    """Which sets of older vertices may arrive at a replica before its next vertex."""

    def __init__(self, scope: ShapeScope, shape: Shape) -> None:
        """After a shape."""
        self.scope = scope
        self.shape = shape
        self.supporters = supporters(scope, shape.reach[:-1])

    def at(self, local: Local, random: Random | None) -> Collection[Extra]:
        """What may arrive at a correct replica that holds what its next vertex has edges to."""
        if self.scope.views:
            rounds, sources = range(1, self.shape.round), range(self.scope.n)
            older = [(round_, source) for round_ in rounds for source in sources]
        else:
            older = self._awaited(local)
        absent = [address for address in older if not local.holds(*address)]
        if not absent:
            return (NOTHING,)
        held = sum(
            1 << wave - 1
            for wave, leader in enumerate(self.shape.leaders, start=1)
            if local.holds(round_in_wave(wave, 1), leader)
        )
        return self.sets(absent, held, random)

    def sets(
        self, absent: Sequence[Address], held: Mask, random: Random | None
    ) -> Collection[Extra]:
        """Sets of absent vertices: none, and the largest one for each set of leaders reached.

        ``held`` are the leaders reached without them. Two sets that reach the same leaders are
        alike to all that a class remembers. With ``random``, also one set drawn from all.
        """
        full = {(r, s): self.shape.reach[r - 1][s].full for r, s in absent}
        found = dict.fromkeys([NOTHING, *_largest(full, held)])
        if random is not None:
            share = random.random()
            found[tuple(address for address in absent if random.random() < share)] = None
        return found

    def _awaited(self, local: Local) -> list[Address]:
        """The supporters of waves that the replica may still commit by them."""
        first = first_awaited(self.scope, local)
        return [address for of_wave in self.supporters[first:] for address in of_wave]


def _largest(full: Mapping[Address, Mask], held: Mask) -> list[Extra]:
    targets = {held}
    for mask in full.values():
        targets |= {target | mask for target in targets}
    return [
        tuple(address for address in full if full[address] & ~target == 0)
        for target in sorted(targets)
    ]
