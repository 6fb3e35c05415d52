"""What replicas send each other before the first round, and how setup ends.

Links are synchronous here: every phase has an end, and whoever is not heard by then is missing.

Source: ours (DESIGN, "Setup"), after the attested key exchange of NxBFT.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tee_rider.spec.identifiers import Epoch, Mask, Replica


@dataclass(frozen=True, slots=True)
class Attestation:
    """The platform vouches: an enclave of this very code and setting, for this replica and epoch.

    It cannot vouch for whose host runs it, nor that the host runs no other.
    """

    replica: Replica
    epoch: Epoch
    nonce: bytes
    """What this enclave has drawn, so that no two enclaves have one attestation."""
    certificate: bytes = b""


@dataclass(frozen=True, slots=True)
class Hello:
    """Phase 1, to all: this is my enclave."""

    attestation: Attestation


@dataclass(frozen=True, slots=True)
class HelloEcho:
    """Phase 2, to all: this is what I got from whom, my own included; by replica."""

    attestations: tuple[Attestation, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Phase 3, to one: my enclave's share, which only the receiver's enclave can read."""

    share: bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """Phase 4, to all: my enclave holds the seed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """In any phase, to all: setup has failed for me, and I say nothing more."""


SetupMessage: TypeAlias = Hello | HelloEcho | Reply | Ready | Stop


@dataclass(frozen=True, slots=True)
class Tell:
    """Send the message to each replica of the set ``to``."""

    message: SetupMessage
    to: Mask


class Phase(StrEnum):
    """Which message of all others a replica waits for; in the end it is ready, or setup failed."""

    HELLO = "hello"
    ECHO = "echo"
    REPLY = "reply"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why setup has failed for a replica: in this phase, a peer did not say what it should."""

    phase: Phase
    peer: Replica
    said: SetupMessage | None
    """What it said instead; None: nothing came."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a host may keep of its enclave: nothing that signs, and the seed under seal."""

    replica: Replica
    epoch: Epoch
    identities: tuple[Attestation, ...]
    sealed_seed: bytes = b""
