"""A hand-driven world: replicas by letter, messages delivered by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.replica import ReplicaState, initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import Event
from tee_rider.spec.interface import (
    Advance,
    CoinReleased,
    CoinRequested,
    Input,
    Output,
    Receive,
    Send,
)
from tee_rider.spec.messages import Content, SignedMessage, content_bytes
from tee_rider.spec.vertex import Vertex


@dataclass
class World:
    """n replicas and every message that was ever sent; the test decides who receives what."""

    setting: Setting
    leaders: tuple[int, ...]
    states: list[ReplicaState] = field(default_factory=list)
    events: list[list[Event]] = field(default_factory=list)
    sent: dict[tuple[int, int], SignedMessage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = self.setting.configuration.n
        self.states = [initial_state(self.setting, IdealUsig(i)) for i in range(n)]
        self.events = [[] for _ in range(n)]

    def do(self, replica: int, input_: Input) -> tuple[Output, ...]:
        self.states[replica], outputs = step(self.states[replica], input_)
        for output in outputs:
            match output:
                case Send(message):
                    self.sent[message.ui.replica, message.ui.counter] = message
                case CoinRequested(wave):
                    outputs += self.do(replica, CoinReleased(wave, self.leaders[wave - 1]))
                case Event():
                    self.events[replica].append(output)
        return outputs

    def advance(self, *replicas: int) -> None:
        for replica in replicas:
            self.do(replica, Advance())

    def give(self, origin: int, counter: int, *receivers: int) -> tuple[Output, ...]:
        outputs: tuple[Output, ...] = ()
        for receiver in receivers:
            outputs += self.do(receiver, Receive(self.sent[origin, counter]))
        return outputs

    def give_all(self, receivers: Iterable[int]) -> None:
        for receiver in receivers:
            for origin, counter in sorted(self.sent, key=lambda position: position[::-1]):
                if origin != receiver:
                    self.give(origin, counter, receiver)

    def names(self, replica: int, kind: type[Event]) -> list[str]:
        return [e.vertex.name for e in self.events[replica] if isinstance(e, kind)]  # type: ignore[attr-defined]


class Signer:
    """A faulty host: its enclave signs whatever it is given."""

    def __init__(self, replica: int) -> None:
        self.usig = IdealUsig(replica)

    def sign(self, content: Content) -> SignedMessage:
        self.usig, ui = self.usig.create_ui(content_bytes(content))
        return SignedMessage(content, ui)


@pytest.fixture
def make_world() -> Callable[..., World]:
    def make(n: int = 3, profile: Profile = TEE_RIDER, leaders: tuple[int, ...] = (0,)) -> World:
        return World(Setting(largest_configuration(n), profile), leaders)

    return make


@pytest.fixture
def make_signer() -> Callable[[int], Signer]:
    return Signer


@pytest.fixture
def vertex_in() -> Callable[[World, int, int], Vertex]:
    def find(world: World, replica: int, counter: int) -> Vertex:
        content = world.sent[replica, counter].content
        assert isinstance(content, Vertex)
        return content

    return find
