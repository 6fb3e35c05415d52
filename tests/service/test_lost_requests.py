"""F8: a request that is never answered although it is delivered everywhere."""

import pytest

from tee_rider.model_check.world.lost_requests import ADD, READ, Loss, losses
from tee_rider.model_check.world.service_mutants import SERVICES, HighestNumber, NoReplyCache
from tee_rider.reference.service import Service
from tee_rider.spec.vertex import Request

THREE = (ADD, READ, Request(3, 3, "delete x"))


def test_by_the_true_rule_every_request_is_answered_again_and_again() -> None:
    assert losses(Service) == (10, None, None)
    assert losses(Service, THREE)[1:] == (None, None)


def test_dedupe_by_the_highest_number_loses_a_lower_one_that_comes_later() -> None:
    found = losses(HighestNumber)
    assert found.unanswered == Loss(ADD, ("'get x', 'put x 1' delivered",))
    assert losses(HighestNumber, (ADD,))[1:] == (None, None)


def test_without_a_reply_cache_a_lost_reply_is_lost_for_good() -> None:
    found = losses(NoReplyCache)
    assert found.unanswered is None
    assert found.unrepeated == Loss(ADD, ("'put x 1' delivered",))


@pytest.mark.parametrize(
    ("name", "unanswered", "unrepeated"),
    [
        ("reference", False, False),
        ("dedupe by highest number", True, True),
        ("no reply cache", False, True),
        ("executed twice", False, False),
    ],
)
def test_what_each_rule_loses(name: str, unanswered: bool, unrepeated: bool) -> None:
    found = losses(SERVICES[name])
    assert (found.unanswered is not None, found.unrepeated is not None) == (unanswered, unrepeated)
