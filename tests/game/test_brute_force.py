"""Everything is tried on the reference's own DAG: the values are those of the exact method."""

from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.game.brute_force import BruteForce
from tee_rider.model_check.game.exact import most_starved
from tee_rider.model_check.game.rules import Starving, Watched
from tee_rider.model_check.game.table import Own, Variant
from tee_rider.model_check.world.setting import make_setting
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import Configuration

ALL, ANY, GIVEN = Watched.ALL, Watched.ANY, Watched.GIVEN
FIXED, HIDDEN, SHOWN = Starving.FIXED_MISS, Starving.TOO_FEW_VOTES, Starving.TOO_FEW_SHOWN
ONCE = Variant(name="once")
REQUIRED = Variant(name="self-edge required", own=Own.ALL)

SMALL: list[tuple[Variant, dict[str, Any]]] = [
    (ONCE, {}),
    (ONCE, {"watched": ALL}),
    (ONCE, {"watched": GIVEN}),
    (REQUIRED, {}),
    (replace(REQUIRED, all_correct=True), {}),
    (replace(ONCE, one_valid=True), {}),
    (replace(ONCE, shown_in=3), {}),
    (replace(REQUIRED, shown_in=3), {}),
    (replace(ONCE, shown_in=2), {}),
    (replace(REQUIRED, shown_in=2), {}),
    (replace(ONCE, shown_in=1), {}),
    (replace(ONCE, shown_in=3, wave_length=3), {}),
    (replace(ONCE, starving=SHOWN), {"on_arrival": True, "proof_shown": True}),
    (replace(ONCE, starving=HIDDEN), {"on_arrival": True}),
    (replace(REQUIRED, starving=HIDDEN), {"on_arrival": True}),
    (replace(ONCE, shown_in=5, starving=FIXED), {"evaluated": True, "shown_in": 4}),
    (ONCE, {"evaluated": True, "watched": ALL}),
    (ONCE, {"evaluated": True, "watched": GIVEN}),
    (replace(REQUIRED, shown_in=5, starving=FIXED), {}),
    (replace(REQUIRED, shown_in=5, starving=FIXED), {"watched": ALL}),
    (replace(REQUIRED, shown_in=5, starving=FIXED), {"on_arrival": True}),
]
LARGER: list[tuple[Variant, dict[str, Any]]] = [
    (replace(ONCE, shown_in=5, starving=FIXED), {}),
    (replace(ONCE, shown_in=5, starving=FIXED), {"watched": ALL}),
    (replace(ONCE, shown_in=5, starving=FIXED), {"on_arrival": True}),
    (replace(ONCE, shown_in=5, starving=FIXED), {"on_arrival": True, "proof": 1}),
    (replace(ONCE, own=Own.NOBODY), {}),
]


def tried(variant: Variant, n: int, **options: Any) -> tuple[int, int]:
    """The most leaders that can be starved among n, and how many fixed parts were tried."""
    rules = variant.rules(n)
    setting = make_setting(n, "tee-rider", "one")
    profile = replace(setting.profile, self_edge_required=variant.own is Own.ALL)
    if variant.all_correct:
        profile = replace(profile, self_edge_required=False)
    usual = {
        "setting": Setting(Configuration(n, setting.configuration.f), profile),
        "faulty": rules.faulty,
        "shown_in": rules.shown_in,
        "proof": rules.proof,
        "own_edges": variant.own is not Own.NOBODY,
        "wave_length": rules.wave_length,
        "fewest_edges": True,
    }
    return BruteForce(**{**usual, **options}).most_starved()


def agrees(variant: Variant, n: int, **options: Any) -> int:
    """Compare with the exact method; return how many fixed parts were tried."""
    starved, parts = tried(variant, n, **options)
    assert starved == most_starved(variant.rules(n)).leaders.bit_count()
    return parts


@pytest.mark.parametrize("variant, options", SMALL)
def test_three_replicas(variant: Variant, options: dict[str, Any]) -> None:
    assert agrees(variant, 3, **options) > 0


@pytest.mark.nightly
@pytest.mark.parametrize("variant, options", LARGER)
def test_three_replicas_thoroughly(variant: Variant, options: dict[str, Any]) -> None:
    assert agrees(variant, 3, **options) > 1000


def test_how_much_is_tried() -> None:
    assert tried(ONCE, 3) == (1, 870)


def test_four_replicas_and_a_short_wave() -> None:
    assert agrees(replace(ONCE, shown_in=3, wave_length=3), 4) == 2367


@pytest.mark.nightly
def test_more_edges_than_needed_help_nobody() -> None:
    """4 s: why vertices may have the fewest edges in the other tests."""
    assert tried(ONCE, 3, fewest_edges=False) == (1, 18633)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "variant", [ONCE, REQUIRED, replace(ONCE, shown_in=3), replace(REQUIRED, shown_in=2)]
)
def test_four_replicas(variant: Variant) -> None:
    """Half a minute to some minutes each."""
    assert agrees(variant, 4) > 0


def test_a_wrong_rule_has_another_value() -> None:
    """Votes of all n for a commit, or one edge for a vertex: more leaders are starved."""
    setting = make_setting(3, "tee-rider", "one")
    all_votes = replace(setting.profile, commit_quorum=lambda configuration: 3)
    few_edges = replace(setting.profile, edge_quorum=lambda configuration: 1)
    for profile, starved in ((setting.profile, 1), (all_votes, 3), (few_edges, 3)):
        assert tried(ONCE, 3, setting=replace(setting, profile=profile))[0] == starved
