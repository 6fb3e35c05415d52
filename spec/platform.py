"""What an enclave rests on: the platform certifies and seals for genuine enclaves alone."""

from typing import Protocol

from tee_rider.spec.setup_messages import Attestation, Backup


class Platform(Protocol):
    """It knows which code asks, with which setting and rules, and treats others as others.

    Hosts see what comes out of it, and can neither make it nor read it. Where it is asked as
    ``own``, it makes sure that the attestation is that of the enclave that asks.

    Source: ours; TEE-Rider takes remote attestation and attested channels as given.
    """

    def certify(self, replica: int, epoch: int, nonce: bytes) -> Attestation:
        """The attestation of an enclave; nobody else makes one, so to make it again is to verify.

        Rules are part of it: an enclave with weaker ones would give away everybody's coin.
        """

    def seal(self, share: bytes, own: Attestation, receiver: Attestation) -> bytes:
        """The share under a seal that names sender and receiver."""

    def unseal(self, sealed: bytes, sender: Attestation, own: Attestation) -> bytes | None:
        """The share; None if another sender sealed it, or for another receiver."""

    def keep(self, seed: bytes, backup: Backup) -> Backup:
        """The backup with the seed under a seal that names all else in the backup."""

    def kept(self, backup: Backup) -> bytes | None:
        """The seed of a backup; None if anything in it was changed."""
