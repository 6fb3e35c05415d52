"""The rows of ``make bench``: what the issue of speed asks for is there, and can be chosen."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.bench.__main__ import chosen, parse
from tee_rider.model_check.bench.cost import calibrate, cost_of, used_by
from tee_rider.model_check.bench.rows import write_deliveries
from tee_rider.model_check.cli import app
from tee_rider.model_check.console import ExitCode


def commands(*only: str, slow: bool = False) -> list[str]:
    return [" ".join(bench.arguments) for bench in chosen(Path(), only, slow)]


def test_every_search_of_which_a_speed_is_claimed_has_its_row() -> None:
    quick, all_rows = commands(), commands(slow=True)
    for more in ("", " --profile hardened"):
        for search in (
            *(f"frontier --n {n}" for n in (3, 4, 5, 6)),
            *("fine --n 3 --waves 4", "fine --n 4 --waves 3", "fine --n 5 --waves 2"),
        ):
            assert search + more in quick
        for search in ("frontier --n 7", "fine --n 3 --waves 5", "fine --n 5 --waves 3"):
            assert search + more in set(all_rows) - set(quick)
    for faulty in ("0", "1 --leader A", "1 --leader C"):
        assert f"explore --n 3 --rounds 4 --faulty {faulty}" in quick
    assert "recovery" in quick
    five = "explore --n 3 --rounds 5 --faulty 0"
    for search in (five, f"{five} --every-state --max-states 11000000"):
        assert search in set(all_rows) - set(quick)


def test_rows_are_chosen_by_their_verbs() -> None:
    verbs = {command.split()[0] for command in commands("fine", "frontier")}
    assert verbs == {"fine", "frontier"}


def test_what_a_row_reads_is_written_before() -> None:
    rows = commands("check")
    traces = [row.split()[1] for row in rows if row.startswith("check full")]
    assert len(traces) == 2
    for trace in traces:
        (written,) = (row for row in rows if row.endswith(f"--trace {trace}"))
        assert rows.index(written) < rows.index(f"check {trace}")


def test_a_verb_without_rows_is_refused(capsys) -> None:
    with pytest.raises(SystemExit) as refused:
        parse(["--only", "dance"])
    assert refused.value.code == ExitCode.USAGE
    assert "'dance' (choose from" in capsys.readouterr().err


def test_a_trace_of_deliveries_conforms(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.ndjson"
    write_deliveries(path, 40)
    result = CliRunner().invoke(app, ["check", str(path), "--json"])
    (file,) = json.loads(result.output)["files"]
    assert (result.exit_code, file["events"]) == (ExitCode.HOLDS, 400)


def test_a_command_is_measured(tmp_path: Path) -> None:
    assert calibrate() > 0
    cost = cost_of([sys.executable, "-c", "print('{\"states\": 3}'); raise SystemExit(3)"])
    assert cost.document == {"states": 3}
    assert cost.exit_code == ExitCode.INCONCLUSIVE
    assert cost.megabytes > 0
    with pytest.raises(RuntimeError, match="ended with 1"):
        used_by([sys.executable, "-c", "raise SystemExit(1)"], tmp_path)
