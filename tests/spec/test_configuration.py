"""Quorums, faults and waves in numbers."""

import pytest

from tee_rider.spec.configuration import (
    Configuration,
    ConfigurationError,
    ends_wave,
    largest_configuration,
    round_in_wave,
    wave_of,
)


@pytest.mark.parametrize(
    ("n", "f", "quorum"), [(3, 1, 2), (4, 1, 3), (5, 2, 3), (6, 2, 4), (7, 3, 4), (40, 19, 21)]
)
def test_most_faults_and_quorum(n, f, quorum) -> None:
    configuration = largest_configuration(n)
    assert (configuration.f, configuration.quorum_size) == (f, quorum)


@pytest.mark.parametrize("n", range(3, 50))
def test_quorums_meet_and_correct_replicas_hold_one(n) -> None:
    configuration = largest_configuration(n)
    assert 2 * configuration.quorum_size > n
    assert n - configuration.f >= configuration.quorum_size


@pytest.mark.parametrize(
    ("n", "f", "why"),
    [
        (2, 0, "n = 2: at least 3 replicas are needed, or not even one fault is tolerated"),
        (
            4,
            2,
            "n = 4, f = 2: n >= 2f + 1 must hold, else two quorums of correct replicas need not"
            " meet; allowed here: f = 0 to 1",
        ),
        (
            3,
            -1,
            "n = 3, f = -1: n >= 2f + 1 must hold, else two quorums of correct replicas need not"
            " meet; allowed here: f = 0 to 1",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(n, f, why) -> None:
    with pytest.raises(ConfigurationError) as error:
        Configuration(n, f)
    assert str(error.value) == why


def test_no_configuration_has_fewer_than_three_replicas() -> None:
    with pytest.raises(ConfigurationError):
        largest_configuration(0)


def test_four_rounds_are_a_wave() -> None:
    assert [wave_of(round_) for round_ in range(1, 10)] == [1, 1, 1, 1, 2, 2, 2, 2, 3]
    assert [round_in_wave(2, k) for k in range(1, 5)] == [5, 6, 7, 8]
    assert [round_ for round_ in range(13) if ends_wave(round_)] == [4, 8, 12]
