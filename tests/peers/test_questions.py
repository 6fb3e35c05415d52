"""What cannot be asked is skipped visibly, and what was asked is compared."""

import sys

import pytest

from tee_rider.model_check.bench.cost import Cost
from tee_rider.model_check.peers import __main__ as bench_peers
from tee_rider.model_check.peers.questions import (
    BY_END,
    BY_MESSAGE,
    BY_SHAPE,
    EVERY_DAG,
    FOUR,
    MUTANT,
    OURS,
    SPIN_BARE,
    TLC,
    questions,
)
from tee_rider.model_check.peers.tools import HOLDS, VIOLATED, Outcome


def costing(seconds: float) -> Outcome:
    return Outcome("command", 1, HOLDS, Cost(seconds, 1, 0))


SECONDS = (1, 2, 20, 5)
OURS_COST = {(FOUR, who): costing(seconds) for who, seconds in zip(OURS, SECONDS, strict=True)}


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("TLA2TOOLS", raising=False)


def test_ours_are_asked_where_no_peer_is_installed(nothing_installed) -> None:
    asked = {row.who for row in questions(slow=True) if not (row.absent or row.left_out)}
    assert asked == set(OURS)


def test_absent_tools_are_skipped_visibly(nothing_installed, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["peers"])
    monkeypatch.setattr(bench_peers, "calibrate", lambda: 1.0)
    quick = [row for row in questions(slow=False) if row.absent or row.question == MUTANT]
    monkeypatch.setattr(bench_peers, "questions", lambda slow: quick)
    bench_peers.main()
    printed = capsys.readouterr().out
    assert printed.count("skipped: no java: install a Java runtime, 11 or newer\n") == 1
    assert printed.count("skipped: no spin and no gcc: on Debian, apt-get install spin gcc\n") == 1
    assert VIOLATED in printed, "ours notices the mutant"
    assert "times" not in printed.split("skipped: ", 1)[1], "nothing is compared with nobody"


def test_ratios_are_printed_for_the_peers_that_were_there() -> None:
    found = {**OURS_COST, (FOUR, TLC): costing(150), (FOUR, SPIN_BARE): costing(2.5)}
    assert list(bench_peers.comparisons(found)) == [
        f"{FOUR}: {BY_SHAPE}: 150.0 times less CPU than TLC",
        f"{FOUR}: {EVERY_DAG}: 75.0 times less CPU than TLC",
        f"{FOUR}: {BY_MESSAGE}: 7.5 times less CPU than TLC",
        f"{FOUR}: {BY_END}: 30.0 times less CPU than TLC",
        f"{FOUR}: {BY_SHAPE}: 2.5 times less CPU than {SPIN_BARE}",
        f"{FOUR}: {EVERY_DAG}: 1.2 times less CPU than {SPIN_BARE}",
        f"{FOUR}: {BY_MESSAGE}: 8.0 times the CPU of {SPIN_BARE}",
        f"{FOUR}: {BY_END}: 2.0 times the CPU of {SPIN_BARE}",
    ]
    assert list(bench_peers.comparisons(OURS_COST)) == []


def test_what_takes_minutes_is_left_out_unless_asked_for() -> None:
    quick, slow = ([row.left_out for row in questions(slow)] for slow in (False, True))
    assert sum(why is not None for why in quick) == sum(why is not None for why in slow) + 1
