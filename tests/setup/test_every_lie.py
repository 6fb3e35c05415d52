"""Whatever one faulty host says in setup, nobody is split; and every wrong rule is noticed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tee_rider.model_check.world.coin import signatures_only
from tee_rider.model_check.world.early_coin import JUNK, early_coins, finding_5
from tee_rider.model_check.world.setup_mutants import SETUP_MUTANTS, SetupMutant, kill, try_lies
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import PROFILES


def test_no_lie_of_one_host_of_three_splits_setup(hardened: Callable[[int], Setting]) -> None:
    found = try_lies(hardened(3))
    assert found.violated == {}
    assert found.choices == 1349
    assert found.ends == {"nobody": 1239, "A": 4, "B": 4, "A B": 2}


@pytest.mark.nightly
def test_no_lie_of_one_host_of_four_splits_setup(hardened: Callable[[int], Setting]) -> None:
    found = try_lies(hardened(4))
    assert found.violated == {}
    assert found.choices == 108_023
    assert found.ends["A B C"] == 2
    assert found.ends["nobody"] == 105_171


@pytest.mark.parametrize("mutant", SETUP_MUTANTS, ids=lambda mutant: mutant.name)
def test_every_wrong_rule_is_noticed(
    mutant: SetupMutant, hardened: Callable[[int], Setting]
) -> None:
    (violated,) = kill(hardened(3), [mutant]).values()
    assert set(mutant.killers) <= set(violated)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_junk_signatures_show_the_leader_only_where_nobody_looks_into_them(n: int) -> None:
    assert finding_5(n) == (True, False)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_no_profile_of_the_reference_shows_a_leader_for_junk(profile: Profile) -> None:
    assert early_coins(profile, 3) == ()
    assert early_coins(replace(profile, coin_proof=signatures_only), 3) == tuple(JUNK)
