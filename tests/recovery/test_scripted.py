"""Schedules that break recovery under one wrong rule each, and do not under the right ones."""

from dataclasses import replace

import pytest

from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.replica import initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Input, Receive, Send
from tee_rider.spec.messages import RecoveryRequest, SignedMessage, content_bytes
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex
from tests.recovery.chaos import Life
from tests.recovery.observer import Observer, RecoveryError


class Script:
    """Correct replicas by hand; the last replica's host is faulty and has two enclaves."""

    def __init__(self, profile: Profile, n: int, leader: int) -> None:
        self.n, self.leader = n, leader
        setting = Setting(largest_configuration(n), profile)
        self.lives = [Life(initial_state(setting, IdealUsig(i))) for i in range(n - 1)]
        self.observer = Observer()
        self.enclaves = {1: IdealUsig(n - 1), 2: IdealUsig(n - 1, epoch=2)}
        self.sent: dict[tuple[int, int], SignedMessage] = {}

    def do(self, replica: int, input_: Input) -> None:
        life = self.lives[replica]
        life.state, outputs = step(life.state, input_)
        life.delivered = self.observer.observe(replica, life.delivered, outputs)
        for output in outputs:
            match output:
                case Send(SignedMessage(content=Vertex() as vertex) as message):
                    self.sent[vertex.round, vertex.source] = message
                case CoinRequested(wave):
                    self.do(replica, CoinReleased(wave, self.leader))

    def sign(self, epoch: int, content: Vertex | RecoveryRequest) -> SignedMessage:
        self.enclaves[epoch], ui = self.enclaves[epoch].create_ui(content_bytes(content))
        return SignedMessage(content, ui)

    def vertex(self, round_: int, *sources: int) -> Vertex:
        edges = []
        for source in sources:
            content = self.sent[round_ - 1, source].content
            assert isinstance(content, Vertex)
            edges.append(StrongEdge(source, content.digest))
        return make_vertex(round_, self.n - 1, tuple(edges))

    def give(self, round_: int, sources: range, receivers: range) -> None:
        for source in sources:
            for receiver in receivers:
                if source != receiver:
                    self.do(receiver, Receive(self.sent[round_, source]))

    def advance(self, replicas: range) -> None:
        for replica in replicas:
            self.do(replica, Advance())


def two_epochs_at_once(profile: Profile, n: int) -> Script:
    """n - q replicas freeze; q - 1 others and the old epoch go on without having seen it.

    The leader of wave 2, A5, has all the freezes in its history. The faulty host keeps back the
    old vertex of round 6, which has seen none of them, and makes another one in the new epoch.
    """
    script = Script(profile, n, leader=0)
    quorum = n // 2 + 1
    freezers, others = range(n - quorum), range(n - quorum, n - 1)
    request = script.sign(2, RecoveryRequest())
    for replica in freezers:
        script.do(replica, Receive(request))
    for round_ in range(1, 6):
        script.advance(others)
        sources = (*others, n - 1) if round_ > 1 else ()
        script.sent[round_, n - 1] = script.sign(1, script.vertex(round_, *sources))
        script.give(round_, range(n - quorum, n), range(n - 1))
        script.advance(freezers)
        script.give(round_, freezers, freezers)
    old_6 = script.sign(1, script.vertex(6, *others, n - 1))
    for round_ in range(1, 6):
        script.give(round_, freezers, others)
    for round_ in range(6, 11):
        script.advance(range(n - 1))
        script.give(round_, range(n - 1), range(n - 1))
    new_6 = script.sign(2, script.vertex(6, *range(quorum)))
    script.do(0, Receive(new_6))
    script.do(n - 2, Receive(old_6))
    return script


@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_with_one_freeze_too_few_one_address_gets_two_vertices(n: int) -> None:
    too_few = n - (n // 2 + 1)
    with pytest.raises(RecoveryError):
        two_epochs_at_once(replace(HARDENED, freezes_needed=lambda _: too_few), n)


@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_with_enough_freezes_the_same_schedule_opens_nothing(n: int) -> None:
    script = two_epochs_at_once(HARDENED, n)
    assert script.observer.resumes == {}
    assert script.lives[n - 2].state.dag.get(6, n - 1) is not None
