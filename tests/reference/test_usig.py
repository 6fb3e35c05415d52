from dataclasses import replace

import pytest

from tee_rider.model_check.world.usig_ed25519 import Ed25519Usig, public_key_of
from tee_rider.model_check.world.usig_hmac import HmacUsig
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.usig import Usig

SECRETS = {(replica, epoch): bytes([replica, epoch]) * 16 for replica in (0, 1) for epoch in (1, 2)}
PUBLIC = {owner: public_key_of(secret) for owner, secret in SECRETS.items()}


def forms(replica: int) -> list[Usig]:
    private = (SECRETS[replica, 1], SECRETS[replica, 2])
    return [
        IdealUsig(replica),
        HmacUsig(replica, key=b"common key"),
        Ed25519Usig(replica, private, PUBLIC),
    ]


@pytest.mark.parametrize("form", range(3), ids=["ideal", "hmac", "ed25519"])
class TestEveryForm:
    def test_counters_count_one_two_three(self, form: int) -> None:
        usig, counters = forms(0)[form], []
        for message in (b"a", b"b", b"c"):
            usig, ui = usig.create_ui(message)
            counters.append((ui.replica, ui.epoch, ui.counter))
        assert counters == [(0, 1, 1), (0, 1, 2), (0, 1, 3)]

    def test_others_verify_what_was_signed(self, form: int) -> None:
        _, ui = forms(0)[form].create_ui(b"message")
        assert forms(1)[form].verify_ui(b"message", ui)

    @pytest.mark.parametrize(
        "change",
        [{"replica": 1}, {"epoch": 2}, {"counter": 2}, {"certificate": b""}],
        ids=lambda change: next(iter(change)),
    )
    def test_a_changed_identifier_does_not_verify(
        self, form: int, change: dict[str, int | bytes]
    ) -> None:
        _, ui = forms(0)[form].create_ui(b"message")
        assert not forms(1)[form].verify_ui(b"message", replace(ui, **change))  # type: ignore[arg-type]

    def test_another_message_does_not_verify(self, form: int) -> None:
        _, ui = forms(0)[form].create_ui(b"message")
        assert not forms(1)[form].verify_ui(b"another", ui)

    def test_a_new_life_is_a_new_epoch_that_counts_from_one(self, form: int) -> None:
        usig, _ = forms(0)[form].create_ui(b"old")
        _, ui = usig.restart().create_ui(b"new")
        assert (ui.epoch, ui.counter) == (2, 1)
        assert forms(1)[form].verify_ui(b"new", ui)


def test_an_unknown_epoch_does_not_verify() -> None:
    usig = Ed25519Usig(0, (SECRETS[0, 1],), {(1, 1): PUBLIC[1, 1]})
    _, ui = usig.create_ui(b"message")
    assert not usig.verify_ui(b"message", ui)


def test_hmac_needs_the_common_key() -> None:
    _, ui = HmacUsig(0, key=b"common key").create_ui(b"message")
    assert not HmacUsig(1, key=b"another key").verify_ui(b"message", ui)


def test_secrets_do_not_print() -> None:
    assert "private_keys" not in repr(Ed25519Usig(0, (SECRETS[0, 1],), PUBLIC))
    assert "common key" not in repr(HmacUsig(0, key=b"common key"))
