"""The enclaves of a simulated run, in one of the three forms of the USIG."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from tee_rider.model_check.console import UsageError
from tee_rider.reference.usig import HmacUsig, IdealUsig, Usig
from tee_rider.spec.encoding import Encodable, encode

EPOCHS = 2
"""How many lives the enclaves of a run have keys for."""


class UsigForm(StrEnum):
    """Which USIG signs the messages of a run."""

    IDEAL = "ideal"
    HMAC = "hmac"
    ED25519 = "ed25519"


def make_enclaves(form: UsigForm, n: int, seed: int) -> Sequence[Usig]:
    """One enclave for each replica; keys are derived from the seed, so that runs can be repeated.

    Raises:
        UsageError: the form needs a library that is not installed.
    """
    match form:
        case UsigForm.IDEAL:
            return [IdealUsig(i) for i in range(n)]
        case UsigForm.HMAC:
            return [HmacUsig(i, key=_key("hmac", seed)) for i in range(n)]
        case UsigForm.ED25519:
            return _ed25519_enclaves(n, seed)


def _ed25519_enclaves(n: int, seed: int) -> Sequence[Usig]:
    try:
        from tee_rider.model_check.world.usig_ed25519 import Ed25519Usig, public_key_of
    except ModuleNotFoundError:
        raise UsageError(
            "--usig ed25519 needs the package 'cryptography', which is not installed: install"
            " tee-rider[signatures], or use --usig ideal or --usig hmac"
        ) from None
    private = [
        tuple(_key("ed25519", seed, i, epoch) for epoch in range(1, EPOCHS + 1)) for i in range(n)
    ]
    public = {
        (i, epoch): public_key_of(key)
        for i, keys in enumerate(private)
        for epoch, key in enumerate(keys, start=1)
    }
    return [Ed25519Usig(i, private[i], public) for i in range(n)]


def _key(*fields: Encodable) -> bytes:
    return sha256(encode(("key", *fields))).digest()
