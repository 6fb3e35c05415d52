"""The events of a run with one crash and return, from a path of its exploration."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path as File
from typing import TypeAlias

from tee_rider.model_check.exploration.model import Path, Step
from tee_rider.model_check.returning.moments import NOBODY, Action, State
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.model_check.telling.trace_file import trace_file
from tee_rider.model_check.world.host import local_step
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.replica import ReplicaState, initial_state, may_advance, restart
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.encoding import encode
from tee_rider.spec.events import AnyEvent, Crash, Event, Restart
from tee_rider.spec.interface import Advance, Input, Receive

ReturnPath: TypeAlias = Path[State, Action]


def write_return_trace(model: OneReturn, path: ReturnPath, file: File) -> None:
    """Write the events of the path as a trace, in the order of its steps.

    Raises:
        UsageError: the file cannot be written.
    """
    with trace_file(file, model.scope.setting, ()) as observers:
        recorder = Recorder(model.scope.n, observers)
        Retaken(model, recorder).follow(path)


def events_of(model: OneReturn, path: ReturnPath) -> list[AnyEvent]:
    """All events of the path, numbered."""
    history = list[AnyEvent]()
    Retaken(model, Recorder(model.scope.n, [history.append])).follow(path)
    return history


def afresh(path: ReturnPath, model: OneReturn) -> ReturnPath:
    """The same path in another model, which may number lives and messages otherwise."""
    old = path.model
    assert isinstance(old, OneReturn)
    (start,) = model.initial_states()
    state, steps = start, list[Step[State, Action]]()
    for step in path.steps:
        wanted = _meaning(old, step.action)
        steps.append(
            next(
                Step(index, action, after)
                for index, (action, after) in enumerate(model.actions(state))
                if _meaning(model, action) == wanted
            )
        )
        state = steps[-1].state
    return Path(model, 0, start, tuple(steps))


def _meaning(model: OneReturn, action: Action) -> tuple[object, ...]:
    heard = frozenset(model.lives.messages[message] for message in action.heard)
    backup = None if action.backup == NOBODY else model.lives.all[action.backup]
    return action.kind, action.replica, heard, backup, action.kept


class Retaken:
    """Takes the steps of a path once more, and records what happens in them."""

    def __init__(self, model: OneReturn, recorder: Recorder) -> None:
        """Nothing has happened."""
        self.model = model
        self.recorder = recorder
        self.scope = model.scope
        self.states = [initial_state(self.scope.setting, IdealUsig(i)) for i in range(self.scope.n)]
        self.backups = dict[int, int]()
        """For each life that the last replica may return to, how many events it had seen."""

    def follow(self, path: ReturnPath) -> None:
        """Take all steps."""
        self.backups[path.start.backups[0]] = 0
        self._all_advance(self.scope.early)
        self.backups[path.start.backups[1]] = self.recorder.last_seq[self.model.last]
        before = path.start
        for step in path.steps:
            action, i = step.action, step.action.replica
            if action.kind == "hears":
                ordered = [self.model.lives.messages[message] for message in action.heard]
                ordered.sort(key=lambda message: message.ui.position)
                limit = self.scope.early if before.lost == NOBODY else self.scope.rounds
                self._run(i, map(Receive, ordered), limit)
                self.backups.setdefault(step.state.replicas[i], self.recorder.last_seq[i])
            else:
                self._return(action)
            before = step.state
            assert [self.model.lives.all[number].state for number in before.replicas] == self.states

    def _return(self, action: Action) -> None:
        last, epoch = self.model.last, self.scope.new_epoch
        attestation = sha256(encode(("attestation", last, epoch))).hexdigest()
        seq = self.backups[action.backup]
        back = Restart(epoch=epoch, attestation=attestation, backup_seq=seq)
        backup: ReplicaState = self.model.lives.all[action.backup].state
        self.states[last], outputs = restart(backup, IdealUsig(last, epoch))
        seen = (output for output in outputs if isinstance(output, Event))
        self.recorder.record(last, (Crash(), back, *seen))
        self._all_advance(self.scope.rounds)

    def _all_advance(self, rounds: int) -> None:
        for i in range(self.scope.n):
            self._run(i, (), rounds)

    def _run(self, replica: int, inputs: Iterable[Receive], rounds: int) -> None:
        for input_ in inputs:
            self._step(replica, input_)
        while self.states[replica].round < rounds and may_advance(self.states[replica]):
            self._step(replica, Advance())

    def _step(self, replica: int, input_: Input) -> None:
        state, _, events = local_step(self.states[replica], input_, self._coin)
        self.states[replica] = state
        self.recorder.record(replica, events)

    def _coin(self, _: int, wave: int) -> int:
        return self.scope.leaders[wave - 1]
