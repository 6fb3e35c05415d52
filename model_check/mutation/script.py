"""Scripted schedules: correct replicas by hand, and faulty ones that sign what they are told.

A vertex is named like ``C6``, and ``C6'`` if C's second epoch has signed it; ``C?'`` is the REQUEST
of that epoch.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from tee_rider.model_check.mutation.worlds import PROGRESS, violations
from tee_rider.model_check.world.host import local_step
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.replica import ReplicaState, initial_state, restart
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent, Event, Restart
from tee_rider.spec.identifiers import replica_name, replica_number
from tee_rider.spec.interface import Advance, Input, Receive, Send
from tee_rider.spec.judgement import Premises
from tee_rider.spec.messages import Content, RecoveryRequest, SignedMessage, content_bytes
from tee_rider.spec.vertex import FreezeStatement, StrongEdge, Vertex, make_vertex


class Script:
    """One schedule as it goes."""

    def __init__(self, profile: Profile, n: int, faulty: str, leaders: str) -> None:
        """Nothing has happened; ``leaders`` are whom the coins show, the last one again and again.

        ``faulty`` names the replicas on faulty hosts.
        """
        self.setting = Setting(largest_configuration(n), profile)
        self.n, self.leaders = n, leaders
        self.faulty = frozenset(map(replica_number, faulty))
        self.correct = [i for i in range(n) if i not in self.faulty]
        self.usigs = {(i, epoch): IdealUsig(i, epoch) for i in self.faulty for epoch in (1, 2, 3)}
        self.states = {i: initial_state(self.setting, IdealUsig(i)) for i in self.correct}
        self.sent: dict[str, SignedMessage] = {}
        self.events: list[AnyEvent] = []
        self.recorder = Recorder(n, [self.events.append])
        self.told: list[str] = []
        self.backups: dict[int, tuple[ReplicaState, int]] = {}
        self.settled = False

    def coin(self, replica: int, wave: int) -> int:
        """Whom the coin of a wave shows."""
        return replica_number(self.leaders[min(wave, len(self.leaders)) - 1])

    # What correct replicas do

    def give(self, messages: str, to: str) -> None:
        """These messages arrive, in this order, at each of these replicas."""
        for receiver in map(replica_number, to):
            if receiver in self.states:
                for name in filter(self.sent.__contains__, messages.split()):
                    if self.sent[name].ui.replica != receiver or "'" not in name:
                        self._do(receiver, Receive(self.sent[name]))
        self.told.append(f"{messages} to {', '.join(to)}")

    def advance(self, replicas: str) -> None:
        """Each goes on by a round, if it can."""
        for replica in map(replica_number, replicas):
            if replica in self.states:
                self._do(replica, Advance())
        self.told.append(f"{', '.join(replicas)} advance")

    def back_up(self, replica: str) -> None:
        """What it will return from."""
        i = replica_number(replica)
        self.backups[i] = self.states[i], self.recorder.last_seq[i]
        self.told.append(f"{replica} backs up")

    def lose(self, messages: str) -> None:
        """These messages were sent, but a crash has lost them."""
        for name in messages.split():
            self.sent.pop(name, None)
        self.told.append(f"{messages} is lost")

    def crash(self, replica: str) -> None:
        """It loses what it has not backed up, and returns at once with a new enclave."""
        i = replica_number(replica)
        self.told.append(f"{replica} crashes, loses what it has no backup of, and returns")
        fresh = initial_state(self.setting, IdealUsig(i)), 0
        backup, seq = self.backups.get(i, fresh)
        epoch = self.states[i].broadcast.usig.epoch + 1
        state, outputs = restart(backup, IdealUsig(i, epoch))
        self.states[i] = state
        back = Restart(epoch=epoch, attestation="0" * 64, backup_seq=seq)
        self.recorder.record(i, (back,))
        self._note(i, outputs)
        self.recorder.record(i, (output for output in outputs if isinstance(output, Event)))

    def stop(self, replica: str) -> None:
        """It crashes for good: one of the f from now on."""
        i = replica_number(replica)
        self.faulty |= {i}
        self.correct.remove(i)
        del self.states[i]
        self.told.append(f"{replica} crashes for good")

    def _do(self, replica: int, input_: Input) -> None:
        self.states[replica], sends, events = local_step(self.states[replica], input_, self.coin)
        self.recorder.record(replica, events)
        self._note(replica, sends)

    def _note(self, sender: int, outputs: Iterable[object]) -> None:
        for output in outputs:
            if isinstance(output, Send) and output.to & ~(1 << sender):
                self.sent.setdefault(_name_of(output.message), output.message)

    # What faulty replicas do

    def ask(self, replica: str) -> None:
        """A second enclave of a faulty replica asks to replace the first."""
        self._sign(replica_number(replica), 2, RecoveryRequest())
        self.told.append(f"{replica} signs a REQUEST with a new enclave, and keeps the old one")

    def sign(self, name: str, edges: str = "", freezes: Sequence[FreezeStatement] = ()) -> None:
        """A vertex of this name is signed with strong edges to those named, if they exist."""
        if not self.sent.keys() >= {*edges.split()}:
            return
        replica, round_ = replica_number(name[0]), int(name[1:].rstrip("'"))
        named = sorted(self._edge(other) for other in edges.split())
        vertex = make_vertex(round_, replica, tuple(named), freezes=tuple(freezes))
        self._sign(replica, name.count("'") + 1, vertex)
        says = " with a freeze" if freezes else ""
        self.told.append(f"{replica_name(replica)} signs {name} {{{edges}}}{says}")

    def freeze(self, request: str) -> FreezeStatement:
        """The freeze that answers a REQUEST."""
        ui = self.sent[request].ui
        return FreezeStatement(ui.replica, ui.epoch - 1, ui.epoch, ui.certificate.hex())

    def _edge(self, name: str) -> StrongEdge:
        vertex = self.sent[name].content
        assert isinstance(vertex, Vertex)
        return StrongEdge(vertex.source, vertex.digest)

    def _sign(self, replica: int, epoch: int, content: Content) -> None:
        self.usigs[replica, epoch], ui = self.usigs[replica, epoch].create_ui(
            content_bytes(content)
        )
        message = SignedMessage(content, ui)
        self.sent[_name_of(message)] = message

    # The end

    def settle(self, rounds: int) -> None:
        """Everything arrives everywhere, and all correct replicas go on."""
        self.told.append(f"everything arrives everywhere, and all go on for {rounds} rounds")
        for _ in range(rounds):
            self._everything_arrives()
            for replica in self.correct:
                self._do(replica, Advance())
        self._everything_arrives()
        self.settled = True

    def _everything_arrives(self) -> None:
        """Until nothing new is sent."""
        known = -1
        while known < len(self.sent):
            known = len(self.sent)
            ordered = sorted(self.sent.values(), key=lambda message: message.ui.position)
            for replica in self.correct:
                for message in ordered:
                    self._do(replica, Receive(message))

    def outcome(self) -> dict[str, str]:
        """What the schedule violates, and who is left behind."""
        restarts = tuple(event for event in self.events if isinstance(event, Restart))
        premises = Premises(self.setting.configuration, self.faulty, restarts=restarts)
        found = violations(premises, self.events)
        away = [replica_name(i) for i in self.correct if self.states[i].recovering]
        if away:
            found[PROGRESS] = f"The new epoch of {', '.join(away)} is not open."
        elif behind := self._left_behind():
            found[PROGRESS] = f"Everything has arrived, but {behind}."
        return found

    def _left_behind(self) -> str | None:
        """Who does not hold the newest vertex of whom, when everything has arrived everywhere."""
        for i, j in product(self.correct, self.correct) if self.settled else ():
            newest = self.states[j].broadcast.own_stream.last_round
            if newest and self.states[i].dag.get(newest, j) is None:
                vertex = f"{replica_name(j)}{newest}"
                return f"{replica_name(i)} does not hold {vertex}, and never will"
        return None


def _name_of(message: SignedMessage) -> str:
    ui, content = message.ui, message.content
    round_ = str(content.round) if isinstance(content, Vertex) else "?"
    return f"{replica_name(ui.replica)}{round_}{chr(39) * (ui.epoch - 1)}"
