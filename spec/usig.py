"""The USIG: a trusted counter that binds each of its values to one message."""

from typing import Protocol, Self

from tee_rider.spec.encoding import encode
from tee_rider.spec.unique_identifier import UniqueIdentifier


class Usig(Protocol):
    """What every form offers.

    Source: USIG (Efficient BFT), createUI and verifyUI; epochs: ours (DESIGN, "USIG").
    """

    @property
    def replica(self) -> int:
        """Whose enclave this is."""

    @property
    def epoch(self) -> int:
        """Which life of the enclave this is, from 1."""

    def create_ui(self, message: bytes) -> tuple[Self, UniqueIdentifier]:
        """Bind the next counter to the message; the first counter of an epoch is 1."""

    def verify_ui(self, message: bytes, ui: UniqueIdentifier) -> bool:
        """Whether the identifier was created for exactly this message."""

    def restart(self) -> Self:
        """A new life: the next epoch, the counter at its start, no way to sign as the old one."""


def signed_bytes(message: bytes, replica: int, epoch: int, counter: int) -> bytes:
    """What a certificate covers: the message and its whole unique identifier.

    Source: USIG (Efficient BFT); the encoding: ours (spec/README.md, "Encoding").
    """
    return encode(("ui", replica, epoch, counter, message))
