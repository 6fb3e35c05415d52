"""A faulty host of any protocol: it looks into no message, and still harms by what it leaves out.

For protocols whose messages the world does not know. It follows the protocol with its one enclave,
so all that it signs is well formed; what it sends, to whom and when is its own choice.
"""

from collections import deque
from collections.abc import Iterable
from random import Random
from typing import Any

from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.network import Flight
from tee_rider.model_check.world.subject import Subject, react
from tee_rider.model_check.world.system import flights
from tee_rider.reference.profile import Setting
from tee_rider.spec.interface import Advance, Input, Receive
from tee_rider.spec.usig import Usig

MEMORY = 500
"""How many of the messages that it heard last it may send again."""
NEVER = 1 << 53
"""A round that no run reaches."""


class CarelessHost:
    """Follows the protocol, and withholds, delays and repeats what a correct replica would send."""

    def __init__(
        self, subject: Subject, setting: Setting, enclave: Usig, coin: Coin, random: Random
    ) -> None:
        """A host that has not done anything; its habits are drawn."""
        self.subject = subject
        self.state = subject.initial_state(setting, enclave)
        self.coin = coin
        self.random = random
        self.n = setting.configuration.n
        self.withhold = random.choice((0.0, 0.2, 0.5, 0.9))
        self.deed = random.choice((0.0, 0.2, 0.5))
        self.pace = random.choice((1.0, 0.5, 0.1))
        self.silent_from = random.choice((NEVER, NEVER, NEVER, NEVER, 0, random.randrange(20)))
        self.kept: list[Flight] = []
        self.heard: deque[Any] = deque(maxlen=MEMORY)

    def receive(self, message: Any) -> Iterable[Flight]:
        """Take the message in; what follows leaves to some."""
        self.heard.append(message)
        return self._do(Receive(message))

    def turn(self) -> Iterable[Flight]:
        """Advance, or let go of something old."""
        random = self.random
        if self.subject.may_advance(self.state) and random.random() < self.pace:
            return self._do(Advance())
        if random.random() >= self.deed or self.state.round >= self.silent_from:
            return ()
        if self.heard and random.random() < 0.5:
            return [Flight(self.state.replica, random.randrange(self.n), random.choice(self.heard))]
        waiting, self.kept = self.kept, []
        return self._part(waiting, 0.5)

    def _do(self, input_: Input) -> list[Flight]:
        self.state, sends, _ = react(self.subject, self.state, input_, self.coin)
        if self.state.round >= self.silent_from:
            return []
        return self._part(flights(self.state.replica, sends), self.withhold)

    def _part(self, copies: Iterable[Flight], withhold: float) -> list[Flight]:
        """Each copy leaves now or is kept back."""
        leaving: list[Flight] = []
        for flight in copies:
            (self.kept if self.random.random() < withhold else leaving).append(flight)
        return leaving
