"""What must hold of a setup, whatever faulty hosts say; and every choice that one of them has."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import reduce
from itertools import combinations, product, zip_longest
from operator import xor

from tee_rider.model_check.world.setup_lies import Hand
from tee_rider.model_check.world.setup_run import PHASES, Outboxes, SetupRun, Step, inbox
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.setup import Messages, Setup, begin_setup, setup_step
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.setup_messages import Complaint, HelloEcho, Phase, SetupMessage, Stop

ONE_IDENTITY = "one identity"
SAME_SEED = "same seed"
ALL_READY = "ready means all"
BLAME = "blame"
SECRECY = "secrecy"
PROPERTIES = {
    ONE_IDENTITY: "replicas with a seed hold one attestation for each replica, all the same",
    SAME_SEED: "their seed is the same, of the shares of the n attested enclaves",
    ALL_READY: "when one is ready, all correct replicas hold the seed",
    BLAME: "who fails says why, and somebody faulty is to blame",
    SECRECY: "no secret is in what leaves an enclave",
}


def violations(states: Mapping[int, Setup], made: Iterable[Enclave]) -> tuple[str, ...]:
    """Which properties the correct replicas' states violate; ``made`` are all enclaves there are.

    Source: ours (spec/README.md, "Setup").
    """
    seeded = [state.enclave for state in states.values() if state.enclave.seed]
    shares = {enclave.attestation: enclave.share for enclave in made}
    pairs = list(combinations(seeded, 2))
    right = (seed_of(shares[identity] for identity in e.identities) == e.seed for e in seeded)
    ready = any(state.phase is Phase.DONE for state in states.values())
    failed = {i: state for i, state in states.items() if state.phase is Phase.FAILED}
    blamed = [
        suspects(state, complaint)
        for state in failed.values()
        for complaint in state.complaints
        if not (isinstance(complaint.said, Stop) and complaint.peer in failed)
    ]
    found = {
        ONE_IDENTITY: any(one.identities != other.identities for one, other in pairs),
        SAME_SEED: any(a.seed != b.seed for a, b in pairs) or not all(right),
        ALL_READY: ready and len(seeded) < len(states),
        BLAME: any(group <= states.keys() for group in blamed) or bool(failed) != bool(blamed),
    }
    return tuple(name for name, violated in found.items() if violated)


def seed_of(shares: Iterable[bytes]) -> bytes:
    """The XOR of shares."""
    return bytes(reduce(xor, column) for column in zip(*shares, strict=True))


def suspects(state: Setup, complaint: Complaint) -> frozenset[int]:
    """Replicas of which at least one is faulty, unless the peer has stopped for a good reason."""
    said = complaint.said
    if isinstance(said, HelloEcho) and complaint.phase is Phase.ECHO:
        differ = [a != b for a, b in zip_longest(state.attested, said.attestations)]
        return frozenset({complaint.peer, *(i for i, differs in enumerate(differ) if differs)})
    return frozenset({complaint.peer})


def leaks(run: SetupRun) -> tuple[str, ...]:
    """Secrets that are found in a message, a backup, or what a person sees of an enclave.

    Source: ours (spec/README.md, "Enclave").
    """
    enclaves = [state.enclave for state in run.states.values()]
    backups = [enclave.export() for enclave in enclaves]
    seen = [piece for said in (*run.said, *backups) for piece in bytes_in(said)]
    printed = repr((run.states, backups))
    found = []
    for enclave in enclaves:
        for kind, secret in (("share", enclave.share), ("seed", enclave.seed)):
            if secret and (any(secret in piece for piece in seen) or repr(secret) in printed):
                found.append(f"{replica_name(enclave.replica)}'s {kind}")
    return tuple(found)


def bytes_in(value: object) -> Iterator[bytes]:
    """Every byte string within a message or a backup."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from bytes_in(element)
    elif is_dataclass(value):
        for part in fields(value):
            yield from bytes_in(getattr(value, part.name))


@dataclass(slots=True)
class AllLies:
    """What came of every choice that a faulty host has."""

    choices: int = 0
    """How many ways were tried of telling something to all that still listen, over all phases."""
    ends: Counter[str] = field(default_factory=Counter)
    """In how many different ways setup ended with whom ready."""
    violated: dict[str, tuple[Messages, ...]] = field(default_factory=dict)
    """For each violated property what the faulty host said, phase by phase, the first time."""


def every_lie(enclaves: Sequence[Enclave], hand: Hand, step: Step = setup_step) -> AllLies:
    """Try all that one faulty host can say; equal situations are gone on from once.

    Nothing is said to a replica that has stopped: it does not listen.
    """
    found, made = AllLies(), (*enclaves, *hand.enclaves)
    begun = [begin_setup(enclave) for enclave in enclaves]
    boxes = {state.enclave.replica: outbox for state, outbox in begun}
    hellos = inbox(boxes, hand.replica)
    level = {tuple(state for state, _ in begun): (boxes, tuple[Messages, ...]())}
    for phase in PHASES:
        after: dict[tuple[Setup, ...], tuple[dict[int, Messages], tuple[Messages, ...]]] = {}
        for states, (outboxes, path) in level.items():
            reactions = [_reactions(s, phase, hand, hellos, outboxes, step) for s in states]
            for combined in product(*reactions):
                found.choices += 1
                key = tuple(state for _, state, _ in combined)
                if key not in after:
                    said = {s.enclave.replica: m for m, s, _ in combined if m is not None}
                    new_boxes = {s.enclave.replica: outbox for _, s, outbox in combined}
                    after[key] = new_boxes, (*path, said)
        for states, (_, path) in after.items():
            by_replica = {state.enclave.replica: state for state in states}
            for name in violations(by_replica, made):
                found.violated.setdefault(name, path)
            if phase is PHASES[-1] or not any(_listens(state) for state in states):
                ready = [replica_name(i) for i, s in by_replica.items() if s.phase is Phase.DONE]
                found.ends[" ".join(ready) or "nobody"] += 1
        level = {k: v for k, v in after.items() if any(_listens(state) for state in k)}
    return found


def _listens(state: Setup) -> bool:
    return state.phase not in (Phase.DONE, Phase.FAILED)


def _reactions(
    state: Setup, phase: Phase, hand: Hand, hellos: Messages, outboxes: Outboxes, step: Step
) -> list[tuple[SetupMessage | None, Setup, Messages]]:
    """For each thing that the host can tell a replica, what the replica does then."""
    replica = state.enclave.replica
    choices: tuple[SetupMessage | None, ...] = (None,)
    if _listens(state):
        choices = hand.choices(phase, replica, hellos, inbox(outboxes, hand.replica))
    reactions = []
    for message in choices:
        heard = dict(inbox(outboxes, replica))
        if message is not None:
            heard[hand.replica] = message
        reactions.append((message, *step(state, heard)))
    return reactions
