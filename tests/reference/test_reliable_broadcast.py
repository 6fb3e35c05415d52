from dataclasses import replace

import pytest

from tee_rider.reference.profiles import HARDENED, TEE_RIDER, quorum
from tee_rider.spec.events import InsertVertex, RDeliver, Reject
from tee_rider.spec.interface import Receive, Send
from tee_rider.spec.messages import Echo, Junk, RecoveryRequest, SignedMessage
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import FreezeStatement, make_vertex

QUORUM_HOLDERS = replace(TEE_RIDER, holders_before_delivery=quorum)


def rejections(outputs: tuple[object, ...]) -> list[str]:
    return [output.reason for output in outputs if isinstance(output, Reject)]


def test_an_accepted_message_is_forwarded_to_everyone_else(make_world) -> None:
    world = make_world(n=4)
    world.advance(0)
    outputs = world.give(0, 1, 1)
    assert [output.to for output in outputs if isinstance(output, Send)] == [0b1100]


def test_a_message_received_again_changes_nothing(make_world) -> None:
    world = make_world()
    world.advance(0)
    world.give(0, 1, 1)
    before = world.states[1]
    assert world.give(0, 1, 1) == ()
    assert world.states[1] == before


def test_counters_are_delivered_in_order_whatever_the_order_of_arrival(make_world) -> None:
    world = make_world()
    world.advance(0, 1)
    world.give(1, 1, 0)
    world.advance(0)
    world.give(1, 1, 2)
    assert world.give(0, 2, 2) == ()
    world.give(0, 1, 2)
    assert world.names(2, RDeliver) == ["B1", "A1", "A2"]


def test_an_invalid_message_is_forwarded_and_uses_up_its_slot(make_world, make_signer) -> None:
    world, faulty = make_world(), make_signer(2)
    junk, vertex = faulty.sign(Junk(b"?")), faulty.sign(make_vertex(1, 2))
    outputs = world.do(0, Receive(junk))
    assert rejections(outputs) == [RejectionReason.NOT_UNDERSTOOD]
    assert any(isinstance(output, Send) for output in outputs)
    world.do(0, Receive(vertex))
    assert world.names(0, InsertVertex) == ["C1"]


def test_what_is_not_signed_is_dropped_and_uses_up_nothing(make_world) -> None:
    world = make_world()
    world.advance(0)
    signed = world.sent[0, 1]
    before = world.states[2]
    forged = SignedMessage(Junk(b"never signed"), signed.ui)
    assert rejections(world.do(2, Receive(forged))) == [RejectionReason.NOT_SIGNED]
    assert world.states[2] == before


@pytest.mark.parametrize("counter", [0, -1])
def test_counters_below_one_are_nobodys(make_world, counter: int) -> None:
    world = make_world()
    world.advance(0)
    signed = world.sent[0, 1]
    bad = replace(signed, ui=replace(signed.ui, counter=counter))
    world.do(1, Receive(bad))
    assert world.states[1].broadcast.stream(0, 1).accepted == 0


def test_another_epoch_is_not_accepted(make_world, make_signer) -> None:
    world, signer = make_world(), make_signer(0)
    signer.usig = signer.usig.restart()
    outputs = world.do(1, Receive(signer.sign(make_vertex(1, 0))))
    assert rejections(outputs) == [RejectionReason.EPOCH_NOT_ACCEPTED]


def test_a_replica_that_does_not_exist_is_ignored(make_world, make_signer) -> None:
    assert make_world().do(0, Receive(make_signer(7).sign(Junk(b"")))) == ()


class TestQuorumOfHolders:
    def test_the_origin_waits_for_echoes(self, make_world) -> None:
        world = make_world(profile=QUORUM_HOLDERS)
        world.advance(0)
        assert world.names(0, RDeliver) == []
        world.give(0, 1, 1)
        assert isinstance(world.sent[1, 1].content, Echo)
        world.give(1, 1, 0)
        assert world.names(0, RDeliver) == ["A1"]

    def test_one_correct_holder_is_too_few_at_five(self, make_world) -> None:
        world = make_world(n=5, profile=QUORUM_HOLDERS)
        world.advance(0)
        world.give(0, 1, 1, 2)
        assert world.names(1, RDeliver) == []
        world.give(2, 1, 1)
        assert world.names(1, RDeliver) == ["A1"]

    def test_echoes_may_come_before_their_vertex(self, make_world) -> None:
        world = make_world(n=5, profile=QUORUM_HOLDERS)
        world.advance(0)
        world.give(0, 1, 1, 2)
        world.give(1, 1, 3)
        world.give(2, 1, 3)
        assert world.names(3, RDeliver) == []
        world.give(0, 1, 3)
        assert world.names(3, RDeliver) == ["A1"]

    @pytest.mark.parametrize("echo", [Echo(9, 1, 1), Echo(0, 1, 0)])
    def test_an_echo_of_nothing_is_not_understood(self, make_world, make_signer, echo) -> None:
        world = make_world(profile=QUORUM_HOLDERS)
        outputs = world.do(1, Receive(make_signer(2).sign(echo)))
        assert rejections(outputs) == [RejectionReason.NOT_UNDERSTOOD]


def test_a_freeze_needs_a_request_and_a_profile_in_which_replicas_return(
    make_world, make_signer
) -> None:
    returned = make_signer(1)
    returned.usig = returned.usig.restart()
    certificate = returned.sign(RecoveryRequest()).ui.certificate.hex()
    attested, made_up = FreezeStatement(1, 1, 2, certificate), FreezeStatement(1, 1, 2, "00")
    for profile, freeze, rejected in (
        (HARDENED, attested, []),
        (HARDENED, made_up, [RejectionReason.FREEZE_NOT_ATTESTED]),
        (TEE_RIDER, attested, [RejectionReason.FREEZE_NOT_ATTESTED]),
    ):
        message = make_signer(2).sign(make_vertex(1, 2, freezes=(freeze,)))
        assert rejections(make_world(profile=profile).do(0, Receive(message))) == rejected
