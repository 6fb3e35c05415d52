"""What NxBFT's replicas send besides signed vertices: plain messages, without unique identifiers.

Nobody sends one in another's name, and nobody makes another's attestation: links are authenticated,
and a returning replica signs its request. All the rest of them is at the sender's pleasure, and it
may say different things to different receivers (finding F3).
"""

from dataclasses import dataclass
from typing import TypeAlias

from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import VertexId

Chain: TypeAlias = tuple[SignedMessage, ...]
"""Vertices of one replica in consecutive rounds, each with its unique identifier."""


@dataclass(frozen=True, slots=True)
class VertexRequest:
    """The sender lacks the vertex at an address; whoever has it, or gets it, sends it.

    Source: NxBFT's pseudo-code, process_vertex_request.
    """

    sender: int
    round: int
    source: int

    @property
    def name(self) -> str:
        """``B's pull of C1``."""
        return (
            f"{replica_name(self.sender)}'s pull of {VertexId(self.round, self.source, None).name}"
        )


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """The sender has lost its enclave, and asks for the key of a new one, here named by its epoch.

    Source: NxBFT's pseudo-code, recovery_by_admin.
    """

    sender: int
    epoch: int

    @property
    def name(self) -> str:
        """``C's request``."""
        return f"{replica_name(self.sender)}'s request"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The chain of the target that the sender holds, so it says.

    Source: NxBFT's pseudo-code, process_recovery_request.
    """

    sender: int
    target: int
    epoch: int
    chain: Chain

    @property
    def name(self) -> str:
        """``A's proposal``."""
        return f"{replica_name(self.sender)}'s proposal"


@dataclass(frozen=True, slots=True)
class Commit:
    """The longest chain of the target that the sender was told of, so it says.

    Source: NxBFT's pseudo-code, process_recovery_proposal.
    """

    sender: int
    target: int
    epoch: int
    chain: Chain

    @property
    def name(self) -> str:
        """``A's commit``."""
        return f"{replica_name(self.sender)}'s commit"


PlainMessage: TypeAlias = VertexRequest | ReturnRequest | Proposal | Commit
Message: TypeAlias = SignedMessage | PlainMessage


@dataclass(frozen=True, slots=True)
class Send:
    """Send the message to each replica of the set ``to``, a bitmask."""

    message: Message
    to: int
