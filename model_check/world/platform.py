"""The platform of a simulated run: codes and key streams under a key that no host knows."""

import hmac
from dataclasses import dataclass, field, replace

from tee_rider.reference.profile import Setting
from tee_rider.spec.encoding import Encodable, encode
from tee_rider.spec.setup_messages import Attestation, Backup


@dataclass(frozen=True, slots=True)
class SimulatedPlatform:
    """HMAC-SHA256 certifies, hides and authenticates. Deterministic, and not for use."""

    setting: Setting = field(compare=False, repr=False)
    key: bytes = field(repr=False)

    def certify(self, replica: int, epoch: int, nonce: bytes) -> Attestation:
        """All that the attestation says, and the setting with its rules, under one code."""
        c, rules = self.setting.configuration, self.setting.profile.name
        code = self._code("enclave", c.n, c.f, rules, replica, epoch, nonce)
        return Attestation(replica, epoch, nonce, code)

    def seal(self, share: bytes, own: Attestation, receiver: Attestation) -> bytes:
        """Hidden under the key stream of sender and receiver, in this order."""
        return self._sealed(share, *self._ends(own, receiver))

    def unseal(self, sealed: bytes, sender: Attestation, own: Attestation) -> bytes | None:
        """The share, if its code is that of sender and receiver."""
        return self._unsealed(sealed, *self._ends(sender, own))

    def keep(self, seed: bytes, backup: Backup) -> Backup:
        """Hidden under the key stream of the backup."""
        return replace(backup, sealed_seed=self._sealed(seed, *self._origin(backup)))

    def kept(self, backup: Backup) -> bytes | None:
        """The seed, if its code is that of the backup."""
        return self._unsealed(backup.sealed_seed, *self._origin(backup))

    def _ends(self, sender: Attestation, receiver: Attestation) -> tuple[Encodable, ...]:
        return ("share", sender.certificate, receiver.certificate)

    def _origin(self, backup: Backup) -> tuple[Encodable, ...]:
        certificates = [identity.certificate for identity in backup.identities]
        rules = self.setting.profile.name
        return ("backup", rules, backup.replica, backup.epoch, certificates)

    def _code(self, *fields: Encodable) -> bytes:
        return hmac.digest(self.key, encode(fields), "sha256")

    def _sealed(self, secret: bytes, *label: Encodable) -> bytes:
        hidden = _xor(secret, self._code("stream", *label))
        return hidden + self._code("tag", hidden, *label)

    def _unsealed(self, sealed: bytes, *label: Encodable) -> bytes | None:
        hidden, tag = sealed[:-32], sealed[-32:]
        genuine = hmac.compare_digest(tag, self._code("tag", hidden, *label))
        return _xor(hidden, self._code("stream", *label)) if genuine else None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(one, other, strict=False))
