"""Guards that no mutant replaces, and why not."""

from collections.abc import Mapping, Sequence

from tee_rider.model_check.mutation.guard_walk import Guard

UNTOUCHED: Mapping[str, str] = {
    "replica.step: Receive(message)": "tells inputs apart; without it there is no protocol",
    "replica.step: Advance(requests)": "tells inputs apart; without it there is no protocol",
    "replica.step: CoinReleased(wave, leader)": "tells inputs apart; without it no coin is shown",
}
"""Each with the reason; nothing may stand here that a mutant touches."""


def unexplained(touched: Mapping[Guard, Sequence[str]]) -> list[str]:
    """Guards with neither a mutant nor a reason, and reasons that are not needed."""
    places = {guard.place: names for guard, names in touched.items()}
    bare = [f"{place}: no mutant" for place, names in places.items() if not names]
    missing = [one for one in bare if one.removesuffix(": no mutant") not in UNTOUCHED]
    idle = [f"{place}: a reason, but it is not needed" for place in UNTOUCHED if places.get(place)]
    gone = [f"{place}: a reason, but no such guard" for place in UNTOUCHED if place not in places]
    return [*missing, *idle, *gone]
