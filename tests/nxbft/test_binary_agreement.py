"""F10: no binary agreement with strong validity at n = 2f + 1, however nobody equivocates."""

from collections import Counter

import pytest

from tee_rider.model_check.binary_agreement import (
    AT_3F_PLUS_1,
    Refutation,
    Thresholds,
    examine,
    family,
    partition_argument,
)
from tee_rider.model_check.findings.functions import binary_agreement
from tee_rider.model_check.findings.shown import Verdict
from tee_rider.spec.configuration import Configuration


def test_every_pair_of_decision_tables_fails_in_one_of_three_runs() -> None:
    assert partition_argument() == {
        "run 0: agreement": 128,
        "run 1: strong validity": 64,
        "run 2: strong validity": 64,
        "": 0,
    }


def test_no_thresholds_work_at_n_3() -> None:
    answers = list(family(Configuration(3, 1)))
    assert Counter(a.refutation.broken for a in answers if a.refutation) == {
        "termination": 19,
        "strong validity": 5,
        "agreement": 3,
    }
    assert sum(answer.states for answer in answers) == 855


@pytest.mark.parametrize(
    ("thresholds", "broken", "inputs"),
    [
        (Thresholds(2, 3, 2), "termination", (0, 0)),
        (Thresholds(2, 2, 2), "termination", (0, 1)),
        (Thresholds(1, 2, 2), "strong validity", (0, 0)),
    ],
)
def test_at_n_3_a_silent_replica_stops_it_or_a_lying_one_is_believed(
    thresholds: Thresholds, broken: str, inputs: tuple[int, ...]
) -> None:
    refutation = examine(Configuration(3, 1), thresholds).refutation
    assert refutation is not None
    assert (refutation.broken, refutation.inputs) == (broken, inputs)


@pytest.mark.parametrize(
    ("thresholds", "broken"),
    [
        (Thresholds(1, 3, 3), "strong validity"),
        (Thresholds(2, 1, 3), "strong validity"),
        (Thresholds(2, 3, 4), "termination"),
        (Thresholds(3, 3, 3), "termination"),
        (Thresholds(2, 3, 1), "agreement"),
    ],
)
def test_each_threshold_is_needed_at_n_4(thresholds: Thresholds, broken: str) -> None:
    refutation = examine(Configuration(4, 1), thresholds).refutation
    assert isinstance(refutation, Refutation)
    assert refutation.broken == broken


def test_published_thresholds_work_at_n_4() -> None:
    shown = binary_agreement()
    assert shown.verdict is Verdict.DEFECT
    assert "27 of 27 threshold protocols fail (855 states)" in shown.detail
    assert "n = 4: (2, 3, 3) holds (137441 states)" in shown.detail
    assert len(shown.transcript) == 3 + 27


@pytest.mark.nightly
def test_four_members_of_the_family_work_at_n_4() -> None:
    fine = [answer for answer in family(Configuration(4, 1)) if answer.refutation is None]
    assert [(tuple(answer.thresholds), answer.states) for answer in fine] == [
        ((2, 2, 3), 144117),
        ((2, 3, 3), 137441),
        ((3, 2, 3), 88928),
        ((4, 2, 3), 64182),
    ]
    assert AT_3F_PLUS_1 in [answer.thresholds for answer in fine]


def test_more_faults_are_not_modelled() -> None:
    with pytest.raises(ValueError, match="f = 2: one faulty replica is modelled"):
        examine(Configuration(7, 2), AT_3F_PLUS_1)
