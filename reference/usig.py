"""The USIG: a trusted counter that binds each of its values to one message.

Three interchangeable forms: *ideal* (symbolic: its certificate is one by convention, nobody else
computes it), *HMAC-SHA256* (one key shared by all enclaves, verified inside them) and *Ed25519*
(``usig_ed25519``). Each is an immutable value: ``create_ui`` returns the enclave's next state.
"""

import hmac
from dataclasses import dataclass, field, replace
from hashlib import sha256
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


@dataclass(frozen=True, slots=True)
class IdealUsig:
    """A USIG by definition: the certificate is the digest of what it covers."""

    replica: int
    epoch: int = 1
    counter: int = 0

    def create_ui(self, message: bytes) -> tuple[Self, UniqueIdentifier]:
        """Bind the next counter to the message."""
        after = replace(self, counter=self.counter + 1)
        certificate = self.certificate(message, self.replica, self.epoch, after.counter)
        return after, UniqueIdentifier(self.replica, self.epoch, after.counter, certificate)

    def verify_ui(self, message: bytes, ui: UniqueIdentifier) -> bool:
        """Whether the identifier was created for exactly this message."""
        expected = self.certificate(message, ui.replica, ui.epoch, ui.counter)
        return hmac.compare_digest(ui.certificate, expected)

    def restart(self) -> Self:
        """The next epoch."""
        return replace(self, epoch=self.epoch + 1, counter=0)

    def certificate(self, message: bytes, replica: int, epoch: int, counter: int) -> bytes:
        """The certificate of a message at one value of one replica's counter."""
        return sha256(signed_bytes(message, replica, epoch, counter)).digest()


@dataclass(frozen=True, slots=True)
class HmacUsig(IdealUsig):
    """Certificates under a key that only enclaves know, so that only they can verify.

    Source: USIG (Efficient BFT), the HMAC-based form.
    """

    key: bytes = field(default=b"", repr=False)

    def certificate(self, message: bytes, replica: int, epoch: int, counter: int) -> bytes:
        """The message authentication code under the enclaves' common key."""
        return hmac.digest(self.key, signed_bytes(message, replica, epoch, counter), "sha256")
