"""What ``setup`` says: who spoke in which phase, how it ended for whom, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.world.setup_check import PROPERTIES, SECRECY, leaks, suspects, violations
from tee_rider.model_check.world.setup_run import PHASES, SetupRun, messages_of_setup
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.setup import Setup
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.setup_messages import Complaint, Hello, HelloEcho, Phase, Reply, Stop


@dataclass(frozen=True, slots=True)
class SetupStory:
    """One setup, judged."""

    run: SetupRun
    made: tuple[Enclave, ...]
    """All enclaves there are, those that lying hosts show included."""
    lying: tuple[int, ...]

    @property
    def violated(self) -> tuple[str, ...]:
        """Which properties do not hold."""
        leaked = (SECRECY,) if leaks(self.run) else ()
        return (*violations(self.run.states, self.made), *leaked)

    @property
    def exit_code(self) -> ExitCode:
        """What the command ends with; without lies, all must be ready."""
        all_ready = len(self.run.ready) == len(self.run.states)
        if self.violated or not (self.lying or all_ready):
            return ExitCode.VIOLATED
        seeded = any(state.enclave.seed for state in self.run.states.values())
        return ExitCode.HOLDS if seeded else ExitCode.INCONCLUSIVE

    def lines(self) -> Iterator[str]:
        """All of it, for a person."""
        n, lying = len(self.run.states) + len(self.lying), ", ".join(map(replica_name, self.lying))
        yield f"Setup of {n} replicas" + (f", of which {lying} on lying hosts" if lying else "")
        yield f"\n{'phase':8} {'messages':>8}"
        for phase in PHASES:
            kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds(phase).items())
            yield f"{phase:8} {sum(self.run.sent[phase].values()):8}  {kinds}"
        formula = f"4 n (n - 1) = {messages_of_setup(n)}"
        yield f"{'all':8} {self.run.messages:8}  {formula} if nobody lies\n"
        for i, state in sorted(self.run.states.items()):
            yield f"{replica_name(i)}  {ending(state)}"
            yield from (f"   {reason(state, complaint)}" for complaint in state.complaints)
        yield ""
        match self.exit_code:
            case ExitCode.HOLDS:
                yield "HOLDS: no violation within this setup; whoever has a seed has the same"
            case ExitCode.INCONCLUSIVE:
                yield "INCONCLUSIVE: setup was stopped, so there is no seed to judge"
            case _:
                yield from (f"VIOLATED: {name}: {PROPERTIES[name]}" for name in self.violated)
                if not self.violated:
                    yield "VIOLATED: nobody lies, but not all are ready"

    def kinds(self, phase: Phase) -> dict[str, int]:
        """How many messages of which kind were sent in a phase."""
        return dict(sorted(self.run.sent[phase].items()))

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        n = len(self.run.states) + len(self.lying)
        return {
            "n": n,
            "faulty": list(self.lying),
            "messages": {phase: self.kinds(phase) for phase in PHASES},
            "formula": messages_of_setup(n),
            "replicas": [
                {
                    "replica": i,
                    "end": state.phase,
                    "complaints": [reason(state, c) for c in state.complaints],
                }
                for i, state in sorted(self.run.states.items())
            ],
            "violated": list(self.violated),
            "exit_code": self.exit_code,
        }


def ending(state: Setup) -> str:
    """How setup ended for a replica."""
    if state.phase is Phase.DONE:
        return "ready"
    kept = ", but holds the seed" if state.enclave.seed else ""
    return f"failed in phase {state.complaints[0].phase}{kept}"


def reason(state: Setup, complaint: Complaint) -> str:
    """Who is missing, or contradicts whom."""
    peer = replica_name(complaint.peer)
    match complaint.said:
        case None:
            return f"{peer} is missing"
        case Stop():
            return f"{peer} has stopped"
        case Hello() if complaint.phase is Phase.HELLO:
            return f"{peer} shows no attestation of an enclave of its own with these rules"
        case HelloEcho() if complaint.phase is Phase.ECHO:
            about = sorted(suspects(state, complaint) - {complaint.peer})
            other = ", ".join(map(replica_name, about)) or "itself"
            return (
                f"{peer} contradicts: it got another attestation of {other}; one of them is faulty"
            )
        case Reply() if complaint.phase is Phase.REPLY:
            return f"{peer} sends something else than its share"
        case _:
            return f"{peer} says something that does not belong here"
