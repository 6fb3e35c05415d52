"""The enclaves of a simulated run: a USIG in one of three forms, and with it a coin if wanted."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.host import Coin, EnclaveCoin
from tee_rider.model_check.world.platform import SimulatedPlatform
from tee_rider.model_check.world.setup_run import run_setup
from tee_rider.model_check.world.usig_hmac import HmacUsig
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.encoding import Encodable, encode
from tee_rider.spec.usig import Usig

EPOCHS = 64
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


def new_enclave(
    setting: Setting,
    usig: Usig,
    seed: int,
    life: int = 0,
    platform: type[SimulatedPlatform] = SimulatedPlatform,
) -> Enclave:
    """An enclave before setup; another ``life`` of the same replica draws a nonce of its own."""
    nonce, share = (_key(kind, seed, usig.replica, life) for kind in ("nonce", "share"))
    return Enclave(setting, usig, platform(setting, _key("platform", seed)), nonce, share)


def enclaves_with_coin(setting: Setting, usigs: Sequence[Usig], seed: int) -> list[Enclave]:
    """The enclaves after setup among correct hosts: they agree on identities and on a coin."""
    run = run_setup([new_enclave(setting, usig, seed) for usig in usigs])
    assert len(run.ready) == len(usigs), "setup among correct hosts always ends well"
    return [run.states[usig.replica].enclave for usig in usigs]


def equip(form: UsigForm, setting: Setting, seed: int) -> tuple[Sequence[Usig], Coin]:
    """Enclaves, and the coin that they show; ideal ones show none: theirs is drawn from the seed.

    Raises:
        UsageError: the form needs a library that is not installed.
    """
    n = setting.configuration.n
    usigs = make_enclaves(form, n, seed)
    if form is UsigForm.IDEAL:
        return usigs, seeded_coin(seed, n)
    return enclaves_with_coin(setting, usigs, seed), EnclaveCoin()


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
