"""The peers walk the same system: their counts of it agree, and they notice the same mutant."""

from pathlib import Path

import pytest

from tee_rider.model_check.peers.tools import (
    HOLDS,
    MODELS,
    NOT_ASKED,
    VIOLATED,
    copy_models,
    missing_spin,
    missing_tlc,
    run_spin,
    run_tlc,
)

STATES_OF_3_ROUNDS = 172_594


@pytest.fixture
def spin() -> None:
    if missing := missing_spin():
        pytest.skip(missing)


@pytest.fixture
def tlc() -> None:
    if missing := missing_tlc():
        pytest.skip(missing)


def test_an_absent_tool_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("TLA2TOOLS", raising=False)
    assert "apt-get install" in str(missing_spin())
    assert "install a Java runtime" in str(missing_tlc())


def test_models_are_copied_where_a_tool_may_write(tmp_path: Path) -> None:
    copy_models(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        file.name for file in MODELS.iterdir()
    )


def test_spin_finds_all_states(spin, tmp_path) -> None:
    outcome = run_spin(3, tmp_path)
    assert (outcome.states, outcome.answer) == (STATES_OF_3_ROUNDS, NOT_ASKED)


def test_tlc_finds_all_states(tlc, tmp_path) -> None:
    outcome = run_tlc("TeeRider_R3", tmp_path)
    assert (outcome.states, outcome.answer) == (STATES_OF_3_ROUNDS, HOLDS)


def test_spin_notices_quorums_of_one(spin, tmp_path) -> None:
    assert run_spin(5, tmp_path, quorum=1).answer == VIOLATED


def test_tlc_notices_quorums_of_one(tlc, tmp_path) -> None:
    assert run_tlc("TeeRider_R5_q1", tmp_path).answer == VIOLATED


def test_the_invariant_of_tlc_asks_nothing_within_one_wave(tlc, tmp_path) -> None:
    """Even quorums of one pass: the key lemma is about the round after, agreement about waves."""
    outcome = run_tlc("TeeRider_wl2_R2_q1", tmp_path)
    assert (outcome.states, outcome.answer) == (19_780, HOLDS)
