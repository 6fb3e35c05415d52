"""The USIG with Ed25519 signatures: anyone verifies, only the enclave of the epoch signs.

Needs the extra ``signatures``. Keys are given in, so the machine stays deterministic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.usig import signed_bytes


@dataclass(frozen=True, slots=True)
class Ed25519Usig:
    """Certificates are signatures; public keys are known by (replica, epoch).

    Source: USIG (Efficient BFT), the signature-based form.
    """

    replica: int
    private_keys: tuple[bytes, ...] = field(repr=False)
    """32 bytes for each epoch that this enclave may live; the first is that of epoch 1."""
    public_keys: Mapping[tuple[int, int], bytes] = field(hash=False)
    """32 bytes for each (replica, epoch)."""
    epoch: int = 1
    counter: int = 0

    def create_ui(self, message: bytes) -> tuple[Self, UniqueIdentifier]:
        """Bind the next counter to the message."""
        after = replace(self, counter=self.counter + 1)
        private_key = Ed25519PrivateKey.from_private_bytes(self.private_keys[self.epoch - 1])
        signed = signed_bytes(message, self.replica, self.epoch, after.counter)
        certificate = private_key.sign(signed)
        return after, UniqueIdentifier(self.replica, self.epoch, after.counter, certificate)

    def verify_ui(self, message: bytes, ui: UniqueIdentifier) -> bool:
        """Whether the identifier was created for exactly this message."""
        public_key = self.public_keys.get((ui.replica, ui.epoch))
        if public_key is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(
                ui.certificate, signed_bytes(message, ui.replica, ui.epoch, ui.counter)
            )
        except InvalidSignature:
            return False
        return True

    def restart(self) -> Self:
        """The next epoch, with the next private key."""
        return replace(self, epoch=self.epoch + 1, counter=0)


def public_key_of(private_key: bytes) -> bytes:
    """The 32 bytes that others verify with."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
