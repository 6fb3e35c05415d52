"""The simulated world: replicas that run a protocol, their network, and faulty hosts."""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

from tee_rider.model_check.world.attendant import Attendant
from tee_rider.model_check.world.backups import Backup
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.network import Flight, Lost, Network
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.subject import Sent, Subject, react, settle, subject_of
from tee_rider.reference.profile import Setting
from tee_rider.spec.encoding import encode
from tee_rider.spec.events import Crash, Event, Restart, Resume
from tee_rider.spec.identifiers import Mask, members
from tee_rider.spec.interface import Advance, Input, Receive
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request


class FaultyReplica(Protocol):
    """Stands in for a replica, and sends what it likes; its events are nobody's business."""

    def receive(self, message: Any) -> Iterable[Flight]:
        """A message arrived."""

    def turn(self) -> Iterable[Flight]:
        """Time passed."""


class System:
    """Every move is one of: a message arrives, a replica advances, crashes or returns, others act.

    Others are faulty hosts, and whoever stands around the replicas, as clients do. What replicas
    send goes to the network; what correct ones do goes to the recorder.
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
        subject: Subject | None = None,
        attendant: Attendant | None = None,
    ) -> None:
        """All replicas stand before round 1, from which they go up to ``last_round``."""
        self.setting = setting
        self.coin = coin
        self.network = network
        self.recorder = recorder
        self.last_round = last_round
        self.faulty = dict(faulty or {})
        self.subject = subject or subject_of(setting.profile.name)
        self.attendant = attendant
        self.enclaves = list(enclaves)
        """The newest enclave of each correct replica, as it was when it started."""
        self.states: list[Any] = [self.subject.initial_state(setting, usig) for usig in enclaves]
        n = setting.configuration.n
        self.running = [i for i in range(n) if i not in self.faulty]
        """The correct replicas that are not down."""
        self.ready = [i for i in self.running if last_round > 0]
        """Those of them that may advance."""
        self.crashed: set[int] = set()
        self.opened = [[1] * n for _ in range(n)]
        """``opened[i][j]`` is the epoch of j that is open at i."""
        self.sent = 0
        """How many copies of messages were ever sent."""

    @property
    def finished(self) -> bool:
        """Whether every running replica is in the last round."""
        return all(self.states[i].round == self.last_round for i in self.running)

    @property
    def away(self) -> list[int]:
        """The correct replicas that are down, or whose epoch is not open at all that run."""
        correct = (i for i in range(len(self.states)) if i not in self.faulty)
        return [
            i
            for i in correct
            if i in self.crashed
            or any(self.opened[j][i] != self.enclaves[i].epoch for j in self.running)
        ]

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
        """A running replica stops, for good unless it restarts; what it has sent is on its way."""
        self.running.remove(replica)
        self.crashed.add(replica)
        if replica in self.ready:
            self.ready.remove(replica)
        self.recorder.record(replica, (Crash(),))

    def advance_and_crash(self, replica: int, requests: tuple[Request, ...], reached: Mask) -> None:
        """A replica crashes while it broadcasts its next vertex, which leaves to some only."""
        self._step(replica, Advance(requests), reached)
        self.crash(replica)

    def lose(self, replica: int, lost: Lost) -> None:
        """A crash loses some of what is on its way from and to the replica."""
        self.network.lose(lambda f: replica in (f.sender, f.receiver) and lost(f))

    def back_up(self, replica: int) -> Backup:
        """A snapshot of a running replica, but for its enclave, which cannot be copied."""
        service = self.attendant.backup(replica) if self.attendant else None
        seq, opened = self.recorder.last_seq[replica], tuple(self.opened[replica])
        return Backup(self.states[replica], seq, opened, service)

    def restart(self, replica: int, backup: Backup) -> None:
        """A crashed replica returns from a backup with a new enclave, of a never used epoch.

        Source: ours (spec/README.md, "Recovery").
        """
        enclave = self.enclaves[replica] = self.enclaves[replica].restart()
        self.crashed.remove(replica)
        insort(self.running, replica)
        self.opened[replica] = list(backup.opened)
        if self.attendant:
            self.attendant.restore(replica, backup.service)
        attestation = sha256(encode(("attestation", replica, enclave.epoch))).hexdigest()
        returned = Restart(epoch=enclave.epoch, attestation=attestation, backup_seq=backup.seq)
        state, outputs = self.subject.restart(backup.state, enclave)
        state, sends, events = settle(self.subject, state, outputs, self.coin)
        self._done(replica, state, sends, (returned, *events))

    def extend(self, rounds: int) -> None:
        """The run goes on for some more rounds."""
        self.last_round += rounds
        for replica in self.running:
            self._note_ready(replica)

    def faulty_turn(self, replica: int) -> None:
        """A faulty host does something, or nothing."""
        self._put(self.faulty[replica].turn())

    def outside_turn(self) -> None:
        """The attendant does something, and every running replica hears of it."""
        if self.attendant:
            self.attendant.turn()
            for replica in self.running:
                self._tell_attendant(replica, ())

    def _step(self, replica: int, input_: Input, reached: Mask = -1) -> None:
        state, sends, events = react(self.subject, self.states[replica], input_, self.coin)
        self._done(replica, state, sends, events, reached)

    def _done(
        self,
        replica: int,
        state: Any,
        sends: Iterable[Sent],
        events: tuple[Event, ...],
        reached: Mask = -1,
    ) -> None:
        self.states[replica] = state
        if not (sends or events):
            return
        self._put(flights(replica, sends, reached))
        for event in events:
            if isinstance(event, Resume):
                self.opened[replica][event.target] = event.epoch
        self.recorder.record(replica, events)
        self._tell_attendant(replica, events)
        self._note_ready(replica)

    def _tell_attendant(self, replica: int, events: tuple[Event, ...]) -> None:
        if self.attendant:
            heard = self.attendant.stepped(replica, self.states[replica], events)
            self.recorder.record(replica, heard)

    def _note_ready(self, replica: int) -> None:
        state = self.states[replica]
        if replica not in self.ready and state.round < self.last_round:
            if self.subject.may_advance(state):
                self.ready.append(replica)

    def _put(self, new: Iterable[Flight]) -> None:
        unheard = self.crashed if self.setting.profile.replicas_return else ()
        for flight in new:
            self.sent += 1
            if flight.receiver not in unheard:
                self.network.put(flight)


def flights(sender: int, sends: Iterable[Sent], reached: Mask = -1) -> list[Flight]:
    """A copy of each message for each receiver, as far as they are among those reached."""
    return [
        Flight(sender, receiver, send.message)
        for send in sends
        for receiver in members(send.to & reached)
    ]
