"""Every finding is shown by its scenario, and the matrix notices when one is not."""

import json
from functools import partial
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tee_rider.model_check.commands.findings import findings
from tee_rider.model_check.findings import matrix
from tee_rider.model_check.findings.matrix import ROWS, exit_code, find_row, show
from tee_rider.model_check.findings.shown import HERE, Verdict, play
from tee_rider.model_check.scenarios.hopeless import hopes_of
from tee_rider.model_check.scenarios.outlook import Search, look_ahead
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse, read_scenario

app = typer.Typer()
app.command()(findings)
FILES = sorted(HERE.glob("*.txt"))


def played(text: str) -> Scenario:
    scenario = Scenario(parse(text, "s.txt"))
    scenario.play()
    return scenario


def begun(name: str, until: str) -> Scenario:
    """A scenario up to the first line that begins so."""
    lines = (HERE / f"{name}.txt").read_text().splitlines()
    end = next(i for i, line in enumerate(lines) if line.startswith(until))
    return played("\n".join(lines[:end]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_holds_and_each_of_its_expectations_can_fail(file: Path) -> None:
    scenario = Scenario(read_scenario(file))
    scenario.play()
    assert scenario.failures == []
    lines = file.read_text().splitlines()
    expectations = [i for i, line in enumerate(lines) if line.startswith("expect ")]
    turned = lines.copy()
    for i in expectations:
        fact = lines[i].removeprefix("expect ")
        now = fact.removeprefix("not ") if fact.startswith("not ") else f"not {fact}"
        turned[i] = f"expect {now}"
    failures = played("\n".join(turned)).failures
    assert [failure.split(": ")[0] for failure in failures] == [
        f"s.txt:{i + 1}" for i in expectations
    ]


def test_every_scenario_is_in_the_matrix_and_the_other_way_round() -> None:
    named = {recorded.by for row in ROWS for recorded in row.cells.values()}
    files = {f"findings/{file.name}" for file in FILES}
    assert files == {name for name in named if name.endswith(".txt")}
    assert [row.finding for row in ROWS] == [f"F{i}" for i in range(1, 12)]


def test_the_matrix_is_as_recorded() -> None:
    rows = [row for row in ROWS if row.finding != "F10"]
    cells = show(rows)
    assert [cell.fault for cell in cells if cell.fault] == []
    assert exit_code(cells) == 0
    told = {(cell.finding, cell.profile): cell.shown.detail for cell in cells}
    assert told["F2", "NXBFT"] == "B stuck in round 2; A stuck in round 3"
    assert told["F3", "NXBFT"] == "non-equivocation violated; agreement violated"
    assert told["F4", "NXBFT"] == "recovery cut agreement violated; A stuck in round 4"
    early = "the leader shows early, n = 3 and 5, by 7 of 7 kinds of junk"
    assert told["F5", "NXBFT"] == early
    assert told["F8", "NXBFT"].startswith("'put x 1' is never answered, in ")
    assert told["F6", "NXBFT"] == "non-equivocation violated; agreement violated"
    assert told["F7", "NXBFT"] == "non-equivocation violated; agreement violated"
    assert told["F9", "NXBFT"] == "validity violated"
    assert told["F11", "NXBFT"] == "A stuck in round 4"
    hardened = {cell.finding for cell in cells if cell.recorded.verdict is Verdict.ABSENT}
    assert {"F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F11"} <= hardened


def test_a_finding_that_is_not_as_recorded_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = matrix.Recorded(Verdict.DEFECT, "", partial(play, "F9_hardened"))
    row = matrix.Row("F9", "wrong", {"HARDENED": wrong})
    (cell,) = show([row])
    assert cell.fault.startswith("F9 HARDENED: absent, recorded is defect")
    monkeypatch.setattr("tee_rider.model_check.commands.findings.ROWS", (row,))
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 1
    assert "NOT AS RECORDED: F9 HARDENED" in result.output


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("replicas 3\nA advances\nexpect A is in round 2", "fails: A is in round 1"),
        ("replicas 3\nA advances\nexpect A is in round 1", "neither a defect nor its absence"),
    ],
)
def test_a_scenario_that_shows_nothing_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, detail: str
) -> None:
    (tmp_path / "x.txt").write_text(text)
    monkeypatch.setattr("tee_rider.model_check.findings.shown.HERE", tmp_path)
    shown = play("x")
    assert shown.verdict is Verdict.BROKEN
    assert detail in shown.detail


def test_the_command_tells_one_finding_move_by_move() -> None:
    result = CliRunner().invoke(app, ["--only", "f3", "--profile", "nxbft"])
    assert result.exit_code == 0
    assert (
        "| A opens C's epoch 2 above round 3\n| B opens C's epoch 2 above round 4" in result.output
    )
    assert "tee-rider findings --only F3 --profile nxbft" in result.output


def test_the_command_prints_json() -> None:
    result = CliRunner().invoke(app, ["--only", "F9", "--json"])
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["faults"] == []
    assert [(f["profile"], f["verdict"]) for f in document["findings"]] == [
        ("TEE_RIDER", "absent"),
        ("NXBFT", "defect"),
        ("HARDENED", "absent"),
    ]


@pytest.mark.parametrize("arguments", [["--only", "F99"], ["--profile", "pbft"]])
def test_what_does_not_exist_is_a_usage_error(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "allowed" in result.output


def test_the_loose_search_covers_the_exact_one() -> None:
    """Where both can be run, the exact search finds B no higher than the loose one."""
    system = begun("F2_nxbft", "expect A never").system
    exact = Search(system, system.coin, 8).run(1)
    assert look_ahead(system, 1, 3).lowest_at_end == 2
    loose = hopes_of(system, 1, 8)
    assert (exact.highest, exact.states, exact.ends) == (2, 29, 1)
    assert loose.highest == 2
    healthy = begun("F2_hardened", "expect A comes").system
    assert Search(healthy, healthy.coin, 6).run(1).highest == hopes_of(healthy, 1, 6).highest == 6


def test_idle_copies_make_no_difference_to_what_is_found() -> None:
    system = begun("F2_hardened", "expect A comes").system
    with_idle = Search(system, system.coin, 5, drop_idle=False).run(1)
    without = Search(system, system.coin, 5, drop_idle=True).run(1)
    assert (with_idle.highest, with_idle.lowest_at_end) == (without.highest, without.lowest_at_end)
    assert without.lowest_at_end == 5
    assert without.states < with_idle.states


def test_find_row_knows_lower_case() -> None:
    assert find_row("f2").finding == "F2"
