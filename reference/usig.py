"""The ideal USIG: its certificate is one by convention, since nobody else computes it.

Forms with real cryptography are interchangeable with it (``model_check/world``).
"""

import hmac
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.usig import signed_bytes


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
