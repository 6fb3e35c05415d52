"""Some runs, byte for byte: what changes them changes the protocol, the schedule or the format.

To accept a change, run the command that a failing test shows, and read the difference.
"""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app

HERE = Path(__file__).parent
RUNS = {
    "three_in_step": "--n 3 --waves 1 --seed 4 --scheduler fifo",
    "walking_back": "--n 3 --waves 3 --seed 6 --scheduler partition",
    "one_faulty_of_four": "--n 4 --faulty 1 --waves 1 --seed 9 --scheduler starve",
}
"""Each is kept as a trace and as a story."""


@pytest.mark.parametrize("name", RUNS)
def test_a_golden_run_is_unchanged(name: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace.ndjson"
    command = ["simulate", *RUNS[name].split(), "--trace"]
    told = CliRunner().invoke(app, [*command, str(trace)])
    shown = f"tee-rider {' '.join(command)} tests/golden/{name}.ndjson > tests/golden/{name}.txt"
    assert told.exit_code == 0, told.output
    assert told.output == (HERE / f"{name}.txt").read_text(), shown
    assert trace.read_bytes() == (HERE / f"{name}.ndjson").read_bytes(), shown


@pytest.mark.parametrize("name", RUNS)
def test_a_golden_trace_conforms(name: str) -> None:
    checked = CliRunner().invoke(app, ["check", str(HERE / f"{name}.ndjson")])
    assert checked.exit_code == 0, checked.output
    assert "CONFORMS" in checked.output


def test_no_golden_file_is_left_over() -> None:
    kept = {file.stem for file in HERE.iterdir() if file.suffix in {".ndjson", ".txt"}}
    assert kept == set(RUNS)


def test_golden_runs_show_what_is_remarkable() -> None:
    stories = "".join((HERE / f"{name}.txt").read_text() for name in sorted(RUNS))
    for remarkable in ("directly: A B C", "by walking back: C", "not_understood"):
        assert remarkable in stories, remarkable
