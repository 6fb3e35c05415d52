"""Enclaves are made in every form, from the seed, and the one that needs a library says so."""

import sys

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.enclaves import UsigForm, make_enclaves


@pytest.mark.parametrize("form", UsigForm)
def test_each_verifies_what_the_others_sign(form: UsigForm) -> None:
    enclaves = make_enclaves(form, 3, seed=1)
    assert [enclave.replica for enclave in enclaves] == [0, 1, 2]
    for enclave in enclaves:
        _, ui = enclave.create_ui(b"message")
        assert all(other.verify_ui(b"message", ui) for other in enclaves)
        assert not any(other.verify_ui(b"another", ui) for other in enclaves)


@pytest.mark.parametrize("form", UsigForm)
def test_each_can_restart_once(form: UsigForm) -> None:
    first, second, _ = make_enclaves(form, 3, seed=1)
    _, ui = first.restart().create_ui(b"message")
    assert ui.name == "A#2.1"
    assert second.verify_ui(b"message", ui)


@pytest.mark.parametrize("form", [UsigForm.HMAC, UsigForm.ED25519])
def test_keys_come_from_the_seed(form: UsigForm) -> None:
    certificates = [
        make_enclaves(form, 3, seed)[0].create_ui(b"message")[1].certificate for seed in (1, 1, 2)
    ]
    assert certificates[0] == certificates[1] != certificates[2]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tee_rider.model_check.world.usig_ed25519", None)
    with pytest.raises(UsageError, match=r"install tee-rider\[signatures\]"):
        make_enclaves(UsigForm.ED25519, 3, seed=1)
