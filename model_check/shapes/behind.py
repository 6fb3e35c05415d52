"""Who is behind: replicas that lack supporters which exist, and so have a leader to commit yet."""

from collections.abc import Sequence

from tee_rider.model_check.shapes.keys import Past
from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import Choice
from tee_rider.spec.identifiers import Mask

ENOUGH = -1
"""Where no supporters are lacking."""


def lack(scope: ShapeScope, past: Past, local: Local | None) -> Mask:
    """Which supporters a replica holds of the newest leader that has enough of them, if too few.

    A faulty replica tells nobody of any.
    """
    waves = [wave for wave, exist in enumerate(past.supporters, start=1) if exist]
    if not waves:
        return ENOUGH
    if local is None:
        return 0
    if local.state.ordering.decided >= waves[-1]:
        return ENOUGH
    exist = past.supporters[waves[-1] - 1]
    held = sum(1 << source for round_, source in exist if local.holds(round_, source))
    return together(scope, held, 0)


def together(scope: ShapeScope, one: Mask, other: Mask) -> Mask:
    """Which supporters two hold together, if too few."""
    if ENOUGH in (one, other):
        return ENOUGH
    needed = scope.setting.profile.commit_quorum(scope.setting.configuration)
    return one | other if (one | other).bit_count() < needed else ENOUGH


def least_first(past: Past, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Choices that leave most to do: who holds least of what others hold can stay behind."""
    addresses = [address for found in past.supporters for address in found]

    def held(choice: Choice) -> tuple[int, int, list[bool]]:
        if choice.local is None:
            return 0, 0, []
        here = [choice.local.holds(*address) for address in addresses]
        return len(choice.local.commits), sum(here), here

    return sorted(choices, key=held) if addresses else choices
