"""The peers walk the same system: their counts of it agree with each other."""

from pathlib import Path

import pytest

from tee_rider.model_check.peers.tools import (
    MODELS,
    copy_models,
    missing_spin,
    missing_tlc,
    run_spin,
    run_tlc,
)

STATES_OF_3_ROUNDS = 172_594


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


def test_spin_finds_all_states(tmp_path: Path) -> None:
    if missing := missing_spin():
        pytest.skip(missing)
    assert run_spin(3, tmp_path).states == STATES_OF_3_ROUNDS


def test_tlc_finds_all_states(tmp_path: Path) -> None:
    if missing := missing_tlc():
        pytest.skip(missing)
    assert run_tlc("TeeRider_R3", tmp_path).states == STATES_OF_3_ROUNDS
