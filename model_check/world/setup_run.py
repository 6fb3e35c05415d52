"""A synchronous network that runs setup: phase by phase, with lying hosts among the replicas."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from tee_rider.reference.enclave import Enclave
from tee_rider.reference.setup import Messages, Setup, begin_setup, setup_step
from tee_rider.spec.setup_messages import Phase

PHASES = (Phase.HELLO, Phase.ECHO, Phase.REPLY, Phase.READY)
Step: TypeAlias = Callable[[Setup, Messages], tuple[Setup, Messages]]
"""What a correct replica does at the end of a phase; the true one is ``setup_step``."""
Outboxes: TypeAlias = Mapping[int, Messages]
"""For each sender, what it says to whom in this phase."""


class Liar(Protocol):
    """A faulty host in setup: it hears a phase's messages before it says its own."""

    def say(self, phase: Phase, heard: Messages) -> Messages:
        """Whom it tells what; whom it leaves out, it tells nothing."""


@dataclass(slots=True)
class SetupRun:
    """What became of a setup."""

    states: dict[int, Setup]
    """Of the correct replicas."""
    sent: dict[Phase, Counter[str]] = field(default_factory=dict)
    """How many messages of which kind were sent in which phase, by everybody."""
    said: list[object] = field(default_factory=list)
    """Every message that a correct replica sent: what hosts and the network have seen."""

    @property
    def ready(self) -> list[int]:
        """The correct replicas for which setup has ended well."""
        return [i for i, state in self.states.items() if state.phase is Phase.DONE]

    @property
    def messages(self) -> int:
        """How many messages were sent."""
        return sum(count for kinds in self.sent.values() for count in kinds.values())


def run_setup(
    enclaves: Sequence[Enclave], liars: Mapping[int, Liar] | None = None, step: Step = setup_step
) -> SetupRun:
    """Begin at all correct replicas, and go through all phases; liars stand for theirs.

    Source: ours (spec/README.md, "Setup").
    """
    liars = liars or {}
    begun = {e.replica: begin_setup(e) for e in enclaves if e.replica not in liars}
    run = SetupRun({i: state for i, (state, _) in begun.items()})
    outboxes: dict[int, Messages] = {i: outbox for i, (_, outbox) in begun.items()}
    for phase in PHASES:
        for i in liars:
            outboxes[i] = liars[i].say(phase, inbox(outboxes, i))
        every = [(i, message) for i, outbox in outboxes.items() for message in outbox.values()]
        run.sent[phase] = Counter(type(message).__name__ for _, message in every)
        run.said += [message for i, message in every if i in run.states]
        heard = {i: inbox(outboxes, i) for i in run.states}
        outboxes = {}
        for i, state in run.states.items():
            run.states[i], outboxes[i] = step(state, heard[i])
    return run


def inbox(outboxes: Outboxes, receiver: int) -> Messages:
    """What everybody says to one replica; links are authenticated, so each sender is who it is."""
    return {i: outbox[receiver] for i, outbox in outboxes.items() if receiver in outbox}


def messages_of_setup(n: int) -> int:
    """Four phases, in each of which everybody tells everybody else one thing: 4 n (n - 1).

    Source: ours (spec/README.md, "Setup").
    """
    return len(PHASES) * n * (n - 1)
