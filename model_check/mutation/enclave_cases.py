"""What an enclave must refuse, case by case: hosts hand it everything that they should not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.world.enclaves import enclaves_with_coin, new_enclave
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.coin import CoinProof
from tee_rider.spec.configuration import largest_configuration

N, SEED = 3, 0
NO_PROOF = CoinProof((), ())


@dataclass(frozen=True, slots=True)
class World:
    """Enclaves before setup, enclaves after it, and what a host could keep of either."""

    fresh: tuple[Enclave, ...]
    joined: tuple[Enclave, ...]
    second: Enclave
    """Another enclave of A's host, not the one that setup agreed on."""

    @property
    def table(self) -> tuple[Mapping[int, bytes], ...]:
        """The shares sealed for A and B."""
        return tuple(
            {i: e.seal_share(receiver.attestation) for i, e in enumerate(self.fresh)}
            for receiver in self.fresh
        )


def world(setting: Setting, platform: type) -> World:
    """Three correct hosts have set up."""
    fresh = tuple(new_enclave(setting, IdealUsig(i), SEED, platform=platform) for i in range(N))
    joined = tuple(enclaves_with_coin(setting, [IdealUsig(i) for i in range(N)], SEED))
    return World(fresh, joined, new_enclave(setting, IdealUsig(0), SEED, 1, platform))


def refused(attempt: Callable[[], object]) -> bool:
    """Whether the enclave answers with a ValueError."""
    try:
        attempt()
    except ValueError:
        return True
    return False


def signs_only_what_it_should(w: World) -> bool:
    """A second enclave of the same replica cannot sign for it."""
    a, b = w.joined[0], w.joined[1]
    _, good = a.create_ui(b"message")
    _, bad = w.second.create_ui(b"message")
    _, renewed = a.restart().create_ui(b"message")
    return (
        b.verify_ui(b"message", good)
        and not b.verify_ui(b"other", good)
        and not b.verify_ui(b"message", bad)
        and b.verify_ui(b"message", renewed)
        and not b.verify_ui(b"message", replace(good, replica=99))
    )


def attests_what_it_should(w: World) -> bool:
    """An attestation is for one replica, its first epoch, and a genuine enclave."""
    a, b = w.fresh[0], w.fresh[1]
    later = replace(a, usig=IdealUsig(0, 2)).attestation
    forged = replace(a.attestation, certificate=b"\0" * 32)
    return (
        b.attests(0, a.attestation)
        and not b.attests(1, a.attestation)
        and not b.attests(0, later)
        and not b.attests(0, forged)
    )


def joins_once_and_with_all(w: World) -> bool:
    """A seed is set once, from n genuine enclaves, one's own among them, and all their shares."""
    a, attested, sealed = w.fresh[0], tuple(e.attestation for e in w.fresh), w.table[0]
    joined = a.join(attested, sealed)
    other = tuple(e.attestation for e in (w.second, *w.fresh[1:]))
    weaker = replace(w.fresh[2].setting, profile=replace(HARDENED, name="weaker"))
    foreign = new_enclave(weaker, IdealUsig(2), SEED)
    strange = (*attested[:2], foreign.attestation)
    strangely = {**sealed, 2: foreign.seal_share(a.attestation)}
    return (
        joined.seed == w.joined[0].seed
        and refused(lambda: joined.join(attested, sealed))
        and refused(lambda: a.join(other, sealed))
        and refused(lambda: a.join(attested[:2], sealed))
        and refused(lambda: a.join(attested, {1: sealed[1]}))
        and refused(lambda: a.join(attested, {**sealed, 2: w.table[1][2]}))
        and refused(lambda: a.join(strange, strangely))
    )


def takes_over_only_its_own(w: World) -> bool:
    """Only a later epoch of the same replica takes over a genuine backup, and only once."""
    a, b = w.joined[0], w.joined[1]
    bare = replace(a.restart(), seed=b"", identities=())
    broken = replace(a.export(), sealed_seed=b"\0" * 64)
    same = replace(a, seed=b"", identities=())
    return (
        a.restart().seed == a.seed
        and bare.restore(a.export()) is not None
        and bare.restore(b.export()) is None
        and bare.restore(broken) is None
        and same.restore(a.export()) is None
        and a.restart().restore(a.export()) is None
    )


def opens_what_is_for_it(w: World) -> bool:
    """A share is opened if this sender has sealed it for this enclave, and not otherwise."""
    a, b, c = (e.attestation for e in w.fresh)
    sealed = w.fresh[0].seal_share(b)
    first, second, _ = w.fresh
    return (
        second.opens(a, sealed)
        and not second.opens(c, sealed)
        and not first.opens(b, sealed)
        and not second.opens(a, b"")
    )


def shows_no_coin_unasked(w: World) -> bool:
    """No leader without a seed, and none without a proof."""
    anything = replace(HARDENED, coin_proof=lambda setting, usig, proof, wave: True)
    believing = replace(w.fresh[0].setting, profile=anything)
    return (
        w.fresh[0].coin(1, NO_PROOF) is None
        and w.joined[0].coin(1, NO_PROOF) is None
        and replace(w.fresh[0], setting=believing).coin(1, NO_PROOF) is None
    )


CASES: Mapping[str, Callable[[World], bool]] = {
    "one enclave signs for a replica": signs_only_what_it_should,
    "attestation": attests_what_it_should,
    "a share is for one enclave": opens_what_is_for_it,
    "one seed of all n shares": joins_once_and_with_all,
    "a backup is for its own later epoch": takes_over_only_its_own,
    "no coin unasked": shows_no_coin_unasked,
}


@dataclass(frozen=True, slots=True)
class EnclaveGround(Ground):
    """Every case above."""

    checker = "enclave"
    parts = frozenset({"wrong", "platform"})

    @property
    def bound(self) -> str:
        """How many cases."""
        return f"{len(CASES)} groups of cases of what an enclave must refuse, n={N}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Try each."""
        setting = Setting(largest_configuration(N), rules.over(HARDENED))
        made = world(setting, rules.platform)
        return Trial(
            {
                name: ("1 case:", str(holds.__doc__))
                for name, holds in CASES.items()
                if not holds(made)
            }
        )
