"""An enclave signs as its USIG does, keeps its secrets, and comes back as a later epoch."""

from dataclasses import replace

import pytest

from tee_rider.model_check.world.enclaves import enclaves_with_coin, new_enclave
from tee_rider.model_check.world.usig_hmac import HmacUsig
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.coin import CoinProof, leader_of
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.setup_messages import Attestation

SETTING = Setting(largest_configuration(3), replace(HARDENED, coin_proof=lambda *shown: True))


def joined(seed: int = 1) -> list[Enclave]:
    return enclaves_with_coin(SETTING, [IdealUsig(i) for i in range(3)], seed)


def fresh(replica: int, life: int = 0, seed: int = 1) -> Enclave:
    return new_enclave(SETTING, IdealUsig(replica), seed, life)


def shares_for(receiver: int) -> dict[int, bytes]:
    own = fresh(receiver).attestation
    return {i: fresh(i).seal_share(own) for i in range(3) if i != receiver}


ATTESTED = tuple(fresh(i).attestation for i in range(3))


def test_it_signs_and_verifies_as_its_usig_does() -> None:
    a, b, _ = joined()
    a, first = a.create_ui(b"message")
    a, second = a.create_ui(b"message")
    assert [first.name, second.name] == ["A#1", "A#2"]
    assert b.verify_ui(b"message", first)
    assert not b.verify_ui(b"another", first)
    assert not b.verify_ui(b"message", replace(first, counter=2))
    assert not b.verify_ui(b"message", replace(first, replica=7))


def test_another_enclave_of_the_same_replica_signs_for_nobody() -> None:
    _, b, _ = joined()
    _, ui = fresh(0, life=1).create_ui(b"message")
    assert ui.name == "A#1"
    assert not b.verify_ui(b"message", ui)


def test_two_enclaves_that_setup_let_pass_would_equivocate() -> None:
    """Why ECHO is there: each takes the enclave that it was shown for the replica's own."""
    twin = fresh(0, life=1)
    shown = (twin.attestation, *ATTESTED[1:])
    b = fresh(1).join(ATTESTED, shares_for(1))
    own = fresh(2).attestation
    c = fresh(2).join(shown, {0: twin.seal_share(own), 1: fresh(1).seal_share(own)})
    own = twin.attestation
    twin = twin.join(shown, {i: fresh(i).seal_share(own) for i in (1, 2)})
    first = fresh(0).join(ATTESTED, shares_for(0))
    _, one = first.create_ui(b"one")
    _, other = twin.create_ui(b"other")
    assert one.position == other.position
    assert b.verify_ui(b"one", one) and not b.verify_ui(b"other", other)
    assert c.verify_ui(b"other", other) and not c.verify_ui(b"one", one)


def test_the_seed_is_set_once() -> None:
    a = fresh(0).join(ATTESTED, shares_for(0))
    assert a == joined()[0]
    with pytest.raises(ValueError, match="a seed is set once, from the shares of all n"):
        a.join(ATTESTED, shares_for(0))


@pytest.mark.parametrize(
    ("attested", "shares"),
    [
        (ATTESTED[:2], shares_for(0)),
        ((*ATTESTED, ATTESTED[2]), shares_for(0)),
        ((ATTESTED[0], ATTESTED[2], ATTESTED[1]), shares_for(0)),
        ((fresh(0, life=1).attestation, *ATTESTED[1:]), shares_for(0)),
        ((*ATTESTED[:2], replace(ATTESTED[2], certificate=b"forged")), shares_for(0)),
        (ATTESTED, {1: shares_for(0)[1]}),
        (ATTESTED, {1: shares_for(0)[1], 2: b"junk"}),
        (ATTESTED, {1: shares_for(0)[1], 2: shares_for(0)[1]}),
        (ATTESTED, {1: shares_for(0)[1], 2: shares_for(1)[2]}),
        (ATTESTED, {1: shares_for(0)[1], 2: fresh(0).seal_share(ATTESTED[2])}),
    ],
    ids=[
        "an attestation is missing",
        "one too many",
        "in wrong places",
        "not its own",
        "forged",
        "a share is missing",
        "junk",
        "another's share",
        "for another",
        "its own, reflected",
    ],
)
def test_it_joins_with_nothing_less_than_n_attested_shares(
    attested: tuple[Attestation, ...], shares: dict[int, bytes]
) -> None:
    with pytest.raises(ValueError, match="a seed is set once, from the shares of all n"):
        fresh(0).join(attested, shares)


def test_a_share_of_an_earlier_setup_is_no_share() -> None:
    old = fresh(1, life=1).seal_share(fresh(0, life=1).attestation)
    assert not fresh(0).opens(ATTESTED[1], old)
    assert fresh(0).opens(ATTESTED[1], shares_for(0)[1])


def test_the_coin_is_shown_after_setup_and_on_proof_alone() -> None:
    a, b, c = joined()
    assert [a.coin(w, CoinProof()) for w in range(1, 9)] == [
        leader_of(a.seed, w, 3) for w in range(1, 9)
    ]
    assert a.coin(1, CoinProof()) == b.coin(1, CoinProof()) == c.coin(1, CoinProof())
    assert fresh(0).coin(1, CoinProof()) is None
    strict = replace(a, setting=Setting(largest_configuration(3), HARDENED))
    assert strict.coin(1, CoinProof()) is None


def test_another_setup_has_another_coin() -> None:
    assert joined(1)[0].seed != joined(2)[0].seed


def test_a_restored_enclave_is_a_later_epoch_with_the_seed_and_no_share() -> None:
    a, b, _ = joined()
    a, _ = a.create_ui(b"old")
    backup = a.export()
    second = new_enclave(SETTING, IdealUsig(0).restart(), 1, life=5)
    restored = second.restore(backup)
    assert restored is not None
    assert (restored.epoch, restored.seed, restored.share) == (2, a.seed, second.share)
    _, ui = restored.create_ui(b"new")
    assert ui.name == "A#2.1"
    assert b.verify_ui(b"new", ui)
    again = a.restart()
    assert (again.epoch, again.seed, again.share, again.nonce) == (2, a.seed, b"", b"")
    assert again.restart().epoch == 3


def test_a_backup_restores_no_other_enclave_and_no_earlier_epoch() -> None:
    a, b, _ = joined()
    backup = a.export()
    later = new_enclave(SETTING, IdealUsig(0).restart(), 1)
    assert fresh(0).restore(backup) is None  # The same epoch: its counter would begin again.
    assert new_enclave(SETTING, IdealUsig(1).restart(), 1).restore(backup) is None
    assert a.restart().restore(backup) is None  # It has a seed.
    assert later.restore(replace(backup, identities=ATTESTED[::-1])) is None
    assert later.restore(replace(backup, epoch=0)) is None
    assert later.restore(replace(backup, sealed_seed=b.export().sealed_seed)) is None
    other_platform = new_enclave(SETTING, IdealUsig(0).restart(), 2)
    assert other_platform.restore(backup) is None
    weaker = replace(SETTING, profile=replace(SETTING.profile, name="weaker rules"))
    assert new_enclave(weaker, IdealUsig(0).restart(), 1).restore(backup) is None
    assert later.restore(backup) is not None


def test_a_backup_of_an_enclave_before_setup_has_no_seed() -> None:
    assert fresh(0).restart().seed == b""
    assert fresh(0).restart().epoch == 2


def test_secrets_neither_print_nor_leave() -> None:
    usigs = [HmacUsig(i, key=b"common key") for i in range(3)]
    a = enclaves_with_coin(SETTING, usigs, 1)[0]
    for shown in (repr(a), repr(a.export()), repr(a.restart())):
        for secret in (a.seed, a.share, b"common key"):
            assert repr(secret)[2:-1] not in shown
    assert a.seed not in a.export().sealed_seed
