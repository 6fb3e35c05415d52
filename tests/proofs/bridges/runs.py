"""Recorded executions of the reference: every step of every replica, in the order of time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from tee_rider.model_check.scenarios.scripted_host import ScriptedHost
from tee_rider.model_check.world import host
from tee_rider.model_check.world.subject import REFERENCE
from tee_rider.reference.profile import Setting
from tee_rider.reference.replica import ReplicaState, initial_state, step
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.interface import Advance, Input, Output, Receive, Send
from tee_rider.spec.messages import Content, SignedMessage, content_bytes
from tee_rider.spec.unique_identifier import UniqueIdentifier


@dataclass(frozen=True, slots=True)
class Step:
    """One call of ``reference.replica.step``; faulty hosts call it, too, to follow the others."""

    replica: int
    before: ReplicaState
    input: Input
    after: ReplicaState
    outputs: tuple[Output, ...]

    @property
    def told(self) -> str:
        """Who does what."""
        match self.input:
            case Receive(message):
                what = f"receives {message.ui.name}"
            case Advance():
                what = "advances"
            case _:
                what = f"sees the coin of wave {self.input.wave}"
        return f"{replica_name(self.replica)} {what}"

    @property
    def own_messages(self) -> Iterator[tuple[UniqueIdentifier, Content]]:
        """Whatever of its own enclave's it sends, or takes in from itself as faulty hosts do."""
        received = [self.input.message] if isinstance(self.input, Receive) else []
        sent = [output.message for output in self.outputs if isinstance(output, Send)]
        return (
            (message.ui, message.content)
            for message in (*received, *sent)
            if message.ui.replica == self.replica and self._genuine(message)
        )

    def _genuine(self, message: SignedMessage) -> bool:
        """A faulty host may send forged messages to itself, too."""
        return self.before.broadcast.usig.verify_ui(content_bytes(message.content), message.ui)


@dataclass(frozen=True, slots=True)
class Run:
    """A whole execution."""

    setting: Setting
    correct: tuple[int, ...]
    steps: list[Step]

    @property
    def final(self) -> dict[int, ReplicaState]:
        """The last state of each correct replica that did anything."""
        return {s.replica: s.after for s in self.steps if s.replica in self.correct}


@contextmanager
def watched() -> Iterator[list[Step]]:
    """All steps that the simulated world takes meanwhile."""
    steps: list[Step] = []

    def watch(state: ReplicaState, input_: Input) -> tuple[ReplicaState, tuple[Output, ...]]:
        after, outputs = step(state, input_)
        steps.append(Step(state.replica, state, input_, after, outputs))
        return after, outputs

    sign = ScriptedHost.sign

    def watch_signature(scripted: ScriptedHost, content: Content, epoch: int = 1) -> SignedMessage:
        """A scripted host does nothing but sign: as if it took its own message in."""
        message = sign(scripted, content, epoch)
        state = initial_state(scripted.setting, scripted.enclaves[epoch])
        steps.append(Step(scripted.replica, state, Receive(message), state, ()))
        return message

    # Frozen, so that nobody else replaces it by accident.
    object.__setattr__(REFERENCE, "step", watch)
    try:
        with (
            mock.patch.object(host, "step", watch),
            mock.patch.object(ScriptedHost, "sign", watch_signature),
        ):
            yield steps
    finally:
        object.__setattr__(REFERENCE, "step", step)


def run_of(setting: Setting, faulty: tuple[int, ...], play: Callable[[], object]) -> Run:
    """The run that is played."""
    with watched() as steps:
        play()
    correct = tuple(i for i in range(setting.configuration.n) if i not in faulty)
    return Run(setting, correct, steps)
