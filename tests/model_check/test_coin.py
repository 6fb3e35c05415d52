"""The coin of a simulated run is fair, the same for all, and drawn from the seed."""

from collections import Counter

from tee_rider.model_check.world.coin import seeded_coin, uniform


def test_every_replica_sees_the_same_leader() -> None:
    coin = seeded_coin(7, 5)
    for wave in range(1, 50):
        assert len({coin(replica, wave) for replica in range(5)}) == 1


def test_leaders_depend_on_the_seed_and_are_pinned() -> None:
    def leaders(seed: int) -> list[int]:
        return [seeded_coin(seed, 7)(0, wave) for wave in range(1, 11)]

    assert leaders(1) == [0, 2, 0, 3, 4, 0, 4, 2, 2, 2]
    assert leaders(2) != leaders(1)


def test_leaders_are_spread_evenly() -> None:
    coin = seeded_coin(3, 3)
    seen = Counter(coin(0, wave) for wave in range(3000))
    assert sorted(seen) == [0, 1, 2]
    assert all(900 < count < 1100 for count in seen.values())


def test_draws_that_would_favour_small_numbers_are_thrown_away() -> None:
    # Of 0..7, the numbers 6 and 7 are one draw too many for the leaders 0 and 1 of three.
    assert uniform(iter([7, 6, 5]), 8, 3) == 2
    assert [uniform(iter([draw]), 8, 3) for draw in range(6)] == [0, 1, 2, 0, 1, 2]
