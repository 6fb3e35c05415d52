"""Hypothesis plays the scheduler and the faulty hosts; every property is watched at each step."""

from dataclasses import replace

import pytest

from tee_rider.reference.ordering import walk_back
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.properties import ALL
from tests.stateful.machine import TeeRider, run


def test_every_property_holds_whatever_the_network_and_the_faulty_do() -> None:
    run(TeeRider, examples=80)
    seen = TeeRider.seen
    assert seen["commit directly"] > 500
    assert seen["commit by walking back"] > 0
    assert seen["weak edge"] > 100
    assert seen["crash"] > 10
    assert len([what for what in seen if what.startswith("rejection: ")]) > 3
    assert {what for what in seen if what.startswith("judged: ")} == {
        f"judged: {property_.name}" for property_ in ALL
    }


class WithoutWalkBack(TeeRider):
    """Commits the leader of the wave alone."""

    profile = replace(TEE_RIDER, walk_back=lambda *given: walk_back(*given)[-1:])


class WithoutWeakEdges(TeeRider):
    """Leaves out what is late."""

    profile = replace(TEE_RIDER, weak_edges=lambda *given: ())


class WithoutForwardingJunk(TeeRider):
    """Keeps what is invalid to itself (finding F2)."""

    profile = replace(TEE_RIDER, forwards=lambda valid: valid)


@pytest.mark.parametrize("wrong", [WithoutWalkBack, WithoutWeakEdges, WithoutForwardingJunk])
def test_the_machine_finds_what_is_wrong(wrong: type[TeeRider]) -> None:
    with pytest.raises(AssertionError):
        run(wrong, examples=100)
