"""The simulated world: replicas that run the reference, their network, and faulty hosts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tee_rider.model_check.world.host import Coin, local_step
from tee_rider.model_check.world.network import Flight, Network
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Setting
from tee_rider.reference.reliable_broadcast import Send
from tee_rider.reference.replica import (
    Advance,
    Input,
    Receive,
    ReplicaState,
    initial_state,
    may_advance,
)
from tee_rider.reference.usig import Usig
from tee_rider.spec.events import Crash
from tee_rider.spec.identifiers import Mask, members
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Request


class FaultyReplica(Protocol):
    """Stands in for a replica, and sends what it likes; its events are nobody's business."""

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        """A message arrived."""

    def turn(self) -> Iterable[Flight]:
        """Time passed."""


class System:
    """Every move is one of: a message arrives, a replica advances or crashes, a faulty host acts.

    What replicas send goes to the network; what correct ones do goes to the recorder.
    """

    def __init__(
        self,
        setting: Setting,
        enclaves: Sequence[Usig],
        coin: Coin,
        network: Network,
        recorder: Recorder,
        last_round: int,
        faulty: Mapping[int, FaultyReplica] | None = None,
    ) -> None:
        """All replicas stand before round 1, from which they go up to ``last_round``."""
        self.setting = setting
        self.coin = coin
        self.network = network
        self.recorder = recorder
        self.last_round = last_round
        self.faulty = dict(faulty or {})
        self.states: list[ReplicaState] = [initial_state(setting, usig) for usig in enclaves]
        n = setting.configuration.n
        self.running = [i for i in range(n) if i not in self.faulty]
        """The correct replicas that have not crashed."""
        self.ready = [i for i in self.running if last_round > 0]
        """Those of them that may advance."""
        self.crashed: set[int] = set()
        self.sent = 0
        """How many copies of messages were ever sent."""

    @property
    def finished(self) -> bool:
        """Whether every running replica is in the last round."""
        return all(self.states[i].round == self.last_round for i in self.running)

    def deliver(self, flight: Flight) -> None:
        """A message that was taken from the network arrives; at a crashed replica it is lost."""
        receiver, message = flight.receiver, flight.message
        if receiver in self.faulty:
            self._put(self.faulty[receiver].receive(message))
        elif receiver not in self.crashed:
            self._step(receiver, Receive(message))

    def deliver_next(self) -> None:
        """The message that the network lets arrive next, if it does."""
        flight = self.network.take()
        if flight is not None:
            self.deliver(flight)

    def advance(self, replica: int, requests: tuple[Request, ...] = ()) -> None:
        """A running replica goes to its next round; too early, and it refuses."""
        if replica in self.ready:
            self.ready.remove(replica)
        self._step(replica, Advance(requests))

    def crash(self, replica: int) -> None:
        """A running replica stops for good; what it has sent stays on its way."""
        self.running.remove(replica)
        self.crashed.add(replica)
        if replica in self.ready:
            self.ready.remove(replica)
        self.recorder.record(replica, (Crash(),))

    def advance_and_crash(self, replica: int, requests: tuple[Request, ...], reached: Mask) -> None:
        """A replica crashes while it broadcasts its next vertex, which leaves to some only."""
        self._step(replica, Advance(requests), reached)
        self.crash(replica)

    def faulty_turn(self, replica: int) -> None:
        """A faulty host does something, or nothing."""
        self._put(self.faulty[replica].turn())

    def _step(self, replica: int, input_: Input, reached: Mask = -1) -> None:
        state, sends, events = local_step(self.states[replica], input_, self.coin)
        self.states[replica] = state
        if not (sends or events):
            return
        self._put(flights(replica, sends, reached))
        self.recorder.record(replica, events)
        if replica not in self.ready and state.round < self.last_round:
            if may_advance(state):
                self.ready.append(replica)

    def _put(self, new: Iterable[Flight]) -> None:
        for flight in new:
            self.sent += 1
            self.network.put(flight)


def flights(sender: int, sends: Iterable[Send], reached: Mask = -1) -> list[Flight]:
    """A copy of each message for each receiver, as far as they are among those reached."""
    return [
        Flight(sender, receiver, send.message)
        for send in sends
        for receiver in members(send.to & reached)
    ]
