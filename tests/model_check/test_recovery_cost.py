"""What a recovery costs is what the formula says, for every n and at every place in a wave."""

from tee_rider.model_check.world.recovery_cost import recovery_costs


def test_a_recovery_costs_what_the_formula_says() -> None:
    costs = list(recovery_costs((3, 4, 5, 7)))
    for cost in costs:
        assert cost.requests == cost.requests_by_formula == (cost.n - 1) ** 2
        assert cost.handed_over == cost.handed_over_by_formula
        assert cost.freezes == cost.freezes_by_formula == cost.n - 1
        assert cost.rounds == cost.rounds_by_formula
    assert [cost.rounds for cost in costs if cost.n == 3] == [9, 8, 7, 10]
    assert [cost.handed_over for cost in costs if cost.rounds_before == 8] == [102, 207, 348, 738]
