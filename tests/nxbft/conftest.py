"""NxBFT's replicas with a network that keeps everything until a test delivers it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tee_rider.model_check.nxbft.messages import Message
from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.nxbft.state import State
from tee_rider.model_check.nxbft.subject import SUBJECT
from tee_rider.model_check.world.subject import react, settle
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, Receive


@dataclass
class Trio:
    """Three replicas; the coin of wave w shows replica w modulo 3."""

    states: list[State]
    flights: list[tuple[int, Message]] = field(default_factory=list)
    events: list[list[Event]] = field(default_factory=lambda: [[], [], []])

    def coin(self, replica: int, wave: int) -> int:
        return wave % 3

    def advance(self, *replicas: int) -> None:
        for i in replicas:
            self._done(i, *react(SUBJECT, self.states[i], Advance(), self.coin))

    def receive(self, i: int, message: Message) -> None:
        self._done(i, *react(SUBJECT, self.states[i], Receive(message), self.coin))  # type: ignore[arg-type]

    def restart(self, i: int, backup: State, epoch: int) -> None:
        state, outputs = SUBJECT.restart(backup, IdealUsig(i, epoch))
        self._done(i, *settle(SUBJECT, state, outputs, self.coin))

    def drain(self) -> None:
        while self.flights:
            self.receive(*self.flights.pop(0))

    def rounds(self, number: int) -> None:
        for _ in range(number):
            self.advance(0, 1, 2)
            self.drain()

    def held(self, i: int) -> set[str]:
        return {message.content.name for message in self.states[i].held}  # type: ignore[union-attr]

    def _done(self, i: int, state: State, sends: Any, events: tuple[Event, ...]) -> None:
        self.states[i] = state
        self.events[i] += events
        self.flights += [(to, send.message) for send in sends for to in members(send.to)]


@pytest.fixture
def trio() -> Trio:
    setting = Setting(largest_configuration(3), NXBFT)
    return Trio([SUBJECT.initial_state(setting, IdealUsig(i)) for i in range(3)])
