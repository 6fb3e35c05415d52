"""The enclave, the only holder of secrets: a USIG, and the seed of the coin."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import xor
from typing import Self

from tee_rider.reference.profile import Setting
from tee_rider.spec.coin import CoinProof, leader_of
from tee_rider.spec.encoding import encode
from tee_rider.spec.platform import Platform
from tee_rider.spec.setup_messages import Attestation, Backup
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.usig import Usig


@dataclass(frozen=True, slots=True)
class Enclave:
    """A USIG that also keeps the coin; what changes it returns its next state.

    Source: TEE-Rider, the trusted component; attestations, seals and epochs: ours.
    """

    setting: Setting = field(compare=False, repr=False)
    usig: Usig
    platform: Platform = field(repr=False)
    nonce: bytes = b""
    """Drawn when it is made, like the share; a later life has neither."""
    share: bytes = field(default=b"", repr=False)
    identities: tuple[Attestation, ...] = ()
    """Which enclave is whose in epoch 1: what setup has agreed on."""
    seed: bytes = field(default=b"", repr=False)

    @property
    def replica(self) -> int:
        """Whose enclave this is."""
        return self.usig.replica

    @property
    def epoch(self) -> int:
        """Which life of the enclave this is."""
        return self.usig.epoch

    def create_ui(self, message: bytes) -> tuple[Self, UniqueIdentifier]:
        """Bind the next counter to the message, as the enclave that setup has agreed on."""
        usig, ui = self.usig.create_ui(self._named(message, self.replica, self.epoch))
        return replace(self, usig=usig), ui

    def verify_ui(self, message: bytes, ui: UniqueIdentifier) -> bool:
        """Whether it was created for this message, by the enclave that setup has agreed on."""
        return self.usig.verify_ui(self._named(message, ui.replica, ui.epoch), ui)

    def restart(self) -> Self:
        """A new life: the next epoch, and what the backup keeps."""
        fresh = type(self)(self.setting, self.usig.restart(), self.platform)
        return fresh.restore(self.export()) or fresh

    @property
    def attestation(self) -> Attestation:
        """The platform's word for this enclave."""
        return self.platform.certify(self.replica, self.epoch, self.nonce)

    def attests(self, replica: int, claim: Attestation) -> bool:
        """Whether it is that of an enclave with these rules, for the replica's first epoch."""
        return claim == self.platform.certify(replica, 1, claim.nonce)

    def seal_share(self, receiver: Attestation) -> bytes:
        """The share, as this enclave's, for one attested enclave alone."""
        return self.platform.seal(self.share, self.attestation, receiver)

    def opens(self, sender: Attestation, sealed: bytes) -> bool:
        """Whether it is the share that the sender has sealed for this enclave."""
        return self.platform.unseal(sealed, sender, self.attestation) is not None

    def join(self, attested: tuple[Attestation, ...], sealed: Mapping[int, bytes]) -> Self:
        """The seed is the XOR of all n shares, and is set once.

        Raises:
            ValueError: it is set, or an attestation or a share is missing or not genuine.
        """
        n, own = self.setting.configuration.n, self.attestation
        others = [claim for claim in attested if claim != own]
        opened = [self.platform.unseal(sealed.get(o.replica, b""), o, own) for o in others]
        shares = [self.share, *(share for share in opened if share is not None)]
        genuine = own in attested and all(map(self.attests, range(n), attested))
        if self.seed or not (genuine and len(attested) == len(shares) == n):
            raise ValueError("a seed is set once, from the shares of all n attested enclaves")
        seed = bytes(reduce(xor, column) for column in zip(*shares, strict=True))
        return replace(self, identities=attested, seed=seed)

    def coin(self, wave: int, proof: CoinProof) -> int | None:
        """The leader of a wave, for the proof that the profile demands; None without it."""
        setting = self.setting
        proven = self.seed and setting.profile.coin_proof(setting, self, proof, wave)
        return leader_of(self.seed, wave, setting.configuration.n) if proven else None

    def export(self) -> Backup:
        """What a host may keep: nothing that signs, and the seed under seal."""
        return self.platform.keep(self.seed, Backup(self.replica, self.epoch, self.identities))

    def restore(self, backup: Backup) -> Self | None:
        """A later epoch takes over its replica's seed; None if the backup is of no earlier one."""
        seed = self.platform.kept(backup)
        earlier = backup.replica == self.replica and backup.epoch < self.epoch
        if seed is None or self.seed or not earlier:
            return None
        return replace(self, identities=backup.identities, seed=seed)

    def _named(self, message: bytes, replica: int, epoch: int) -> bytes:
        known = epoch == 1 and 0 <= replica < len(self.identities)
        return encode((self.identities[replica].certificate if known else b"", message))
