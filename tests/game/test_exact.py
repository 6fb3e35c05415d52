"""The exact value of the game: pinned, as claimed, and as a solver finds it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tee_rider.model_check.game.exact import Starvation, is_starved, most_starved
from tee_rider.model_check.game.rules import Rules, Starving, rules_of
from tee_rider.model_check.game.table import CLAIMED, OURS, VARIANTS, Cell, Own, Variant, cells
from tee_rider.model_check.world.setting import make_setting
from tee_rider.proofs_notes.lemma_05_game import Game, find_prefix
from tee_rider.reference.profiles import quorum
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import members

# For each variant, how many leaders of n = 3, 4, 5, 6 and 7 cannot be starved.
TABLE = {
    "edges and views fixed before the coin": "23344",
    "the first evaluator's view fixed before the coin: any": "23344",
    "coin at q of round 4w, once": "23242",
    "same, self-edge required": "23343",
    "same, all replicas correct": "23343",
    "same, one faulty replica omits its self-edge": "23343",
    "same, nobody includes itself": "23242",
    "coin at q of round 4w, on arrival, proof shown": "23344",
    "coin at q of round 4w, on arrival, votes withheld": "23343",
    "coin at q of round 4w-1, once": "23242",
    "same, self-edge required (4w-1)": "23343",
    "coin at q of round 4w-2, once": "13020",
    "same, self-edge required (4w-2)": "13120",
    "coin known from round 4w-3 on": "00000",
    "3-round wave, coin at q of its last round": "13020",
    "same, self-edge required (3 rounds)": "13120",
    "coin at one valid vertex of round 4w, once": "23242",
    "5-round wave, self-edge required": "23344",
    "quorum 5 of 7, f = 2 (3f + 1)": "....5",
    "coin at q of round 4w+1, counted on completing it": "23344",
    "same, self-edge required; also on arrival (HARDENED)": "23344",
    "coin at q of round 4w, on arrival, shown, self-edge": "23344",
    "coin at q of round 4w, on arrival, withheld, self-edge": "23343",
    "5-round wave, self-edge not required": "23344",
    "the first evaluator's view fixed before the coin: all, or a given one": "23242",
}


def check(computed: list[Cell]) -> None:
    assert [c.as_json() for c in computed if c.verdict == "refuted"] == []
    assert [(c.variant.name, c.n, c.safe) for c in computed] == [
        (c.variant.name, c.n, int(TABLE[c.variant.name][c.n - 3])) for c in computed
    ]


def test_the_table_for_three_to_six() -> None:
    computed = list(cells(sizes=(3, 4, 5, 6)))
    check(computed)
    assert len(computed) == 4 * (len(VARIANTS) - 1)
    assert sum(c.verdict == "agreed" for c in computed) == 54


@pytest.mark.nightly
def test_the_table_for_seven() -> None:
    """About 45 s of one core."""
    computed = list(cells(sizes=(7,)))
    check(computed)
    assert len(computed) == len(VARIANTS)
    assert sum(c.verdict == "agreed" for c in computed) == 10


def test_every_row_of_the_table_is_expected() -> None:
    assert [variant.name for variant in (*CLAIMED, *OURS)] == list(TABLE)


def test_a_wrong_claim_is_refuted() -> None:
    wrong = Variant(name="F1 denied", claims={5: 3})
    (cell,) = cells((wrong,), (5,))
    assert cell.as_json() == {
        "variant": "F1 denied",
        "n": 5,
        "value": "2/5",
        "claimed": "3/5",
        "verdict": "refuted",
    }


@pytest.mark.parametrize("n, faithful", [(3, 2), (3, 3), (4, 3), (4, 4), (5, 3), (5, 4), (5, 5)])
def test_a_solver_finds_the_same(n: int, faithful: int) -> None:
    """The model of lemma 05 lets a replica sign rounds in any order, so ours does here too."""
    compare_with_solver(n, faithful)


@pytest.mark.nightly
@pytest.mark.parametrize("faithful", [4, 6])
def test_a_solver_finds_the_same_at_six(faithful: int) -> None:
    compare_with_solver(6, faithful)


def compare_with_solver(n: int, faithful: int) -> None:
    rules = Variant(name="").rules(n)
    rules = replace(rules, own_edges=(1 << faithful) - 1, rounds_increase=False)
    starved = most_starved(rules).leaders.bit_count()
    game = Game(largest_configuration(n), faithful)
    assert find_prefix(game, starved) is not None
    assert find_prefix(game, starved + 1) is None


@pytest.mark.nightly
@pytest.mark.parametrize("n, safe", [(8, 5), (9, 2)])
def test_the_published_rules_among_more(n: int, safe: int) -> None:
    """At n = 9 the bound 2f - 1 is attained, at n = 8 no more than f leaders are starved."""
    assert n - starvation("tee-rider", n).leaders.bit_count() == safe


def starvation(profile: str, n: int) -> Starvation:
    return most_starved(rules_of(make_setting(n, profile, "one")))


@pytest.mark.parametrize(
    "profile, safe", [("tee-rider", (2, 3, 2, 4, 2)), ("hardened", (2, 3, 3, 4, 4))]
)
def test_the_profiles(profile: str, safe: tuple[int, ...]) -> None:
    found = tuple(n - starvation(profile, n).leaders.bit_count() for n in range(3, 8))
    assert found == safe


def test_rules_follow_the_profile() -> None:
    setting = make_setting(5, "tee-rider", "one")
    assert rules_of(setting) == Variant(name="").rules(5)
    waiting = replace(setting.profile, holders_before_delivery=quorum)
    assert rules_of(replace(setting, profile=waiting)) == Variant(name="", own=Own.NOBODY).rules(5)
    arrival = replace(setting.profile, commit_evaluation="on_arrival", self_edge_required=True)
    assert rules_of(replace(setting, profile=arrival)) == (
        Variant(name="", own=Own.ALL, starving=Starving.TOO_FEW_VOTES).rules(5)
    )


@pytest.mark.parametrize("n", [3, 4, 5, 6])
@pytest.mark.parametrize("variant", VARIANTS[2:9], ids=lambda variant: str(variant.name))
def test_what_is_found_obeys_the_rules(variant: Variant, n: int) -> None:
    found = most_starved(variant.rules(n))
    rules = found.rules
    for round_, (below, layer) in enumerate(pairwise(found.layers), start=2):
        for i in members(layer.fixed):
            parents = layer.parents[i]
            assert parents.bit_count() >= rules.quorum
            assert not parents & ~below.fixed
            assert parents >> i & 1 or not rules.own_edges >> i & 1
            assert not below.late >> i & 1
        assert rules.fewest_fixed(round_) <= layer.fixed.bit_count() <= rules.most_fixed(round_)
    assert all(is_starved(rules, found.layers[-1], leader) for leader in members(found.leaders))


def test_a_starved_leader_needs_what_the_rule_says() -> None:
    def rules(starving: Starving) -> Rules:
        return Variant(name="", starving=starving).rules(5)

    last = starvation("tee-rider", 5).layers[-1]
    nobody = replace(last, misses=(0,) * 5)
    one_late = replace(nobody, misses=(0, 0, 0, 0, 1))
    one_correct = replace(nobody, misses=(0, 0, 1, 0, 0))
    for starving in Starving:
        assert not is_starved(rules(starving), nobody, 0)
    assert is_starved(rules(Starving.LATE_VOTE), one_late, 0)
    assert not is_starved(rules(Starving.TOO_FEW_VOTES), one_late, 0)
    assert is_starved(rules(Starving.TOO_FEW_VOTES), one_correct, 0)
    shown = replace(one_correct, fixed=0b11100)
    assert not is_starved(rules(Starving.TOO_FEW_SHOWN), shown, 0)
    assert is_starved(rules(Starving.FIXED_MISS), shown, 0)
    assert not is_starved(rules(Starving.FIXED_MISS), replace(shown, fixed=0b11010), 0)
