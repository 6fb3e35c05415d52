"""`tee-rider explore` shares a search out, keeps it, and goes on with it after it was killed."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app

JUNK = "explore --rounds 2 --faulty 1 --junk 1 --every-state"


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "200"})


def document_of(command: str) -> dict[str, Any]:
    result = run(f"{command} --json")
    assert result.exit_code in (0, 1), result.output
    return dict(json.loads(result.stdout))


def test_workers_report_the_same() -> None:
    alone, shared = document_of(JUNK), document_of(f"{JUNK} --workers 2")
    for name in ("states", "transitions", "depth", "verdict", "reached", "violations", "unreached"):
        assert shared[name] == alone[name], name
    assert (shared["states"], shared["facts"]["workers"]) == (2_116, 2)
    nothing = {"checkpoint": None, "ray": False, "resumed": False}
    assert alone["search"] == {"workers": 1, **nothing}
    assert shared["search"] == {"workers": 2, **nothing}


def test_a_violation_comes_with_the_same_line_to_replay() -> None:
    mutant = f"{JUNK} --mutant 'junk not forwarded'"
    alone, shared = run(mutant), run(f"{mutant} --workers 2")
    assert shared.exit_code == alone.exit_code == 1
    assert shared.stdout.splitlines()[-1] == alone.stdout.splitlines()[-1]
    assert run(shared.stdout.splitlines()[-1].removeprefix("replay: tee-rider ")).exit_code == 1


def test_a_killed_search_goes_on_and_counts_the_same(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    command = "explore --rounds 3 --faulty 1 --leader A --every-state"
    arguments = [*shlex.split(command), "--workers", "2", "--checkpoint", str(kept)]
    with subprocess.Popen([sys.executable, "-m", "tee_rider.model_check", *arguments]) as process:
        deadline = time.monotonic() + 120
        while not (kept / "layer-0004.json").exists() and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    layers = len(list(kept.glob("layer-*.json")))
    assert 5 <= layers < 13
    resumed = document_of(f"{command} --workers 2 --resume {kept}")
    assert (resumed["states"], resumed["transitions"], resumed["depth"]) == SMALL
    assert resumed["search"]["resumed"] is True
    assert resumed["search"]["checkpoint"] == str(kept)
    assert len(list(kept.glob("layer-*.json"))) == SMALL[2] + 1


SMALL = (12_937, 28_500, 12)


def test_a_stopped_search_goes_on_with_more(tmp_path: Path) -> None:
    every = "explore --rounds 2 --every-state"
    stopped = run(f"{every} --checkpoint {tmp_path} --max-states 100")
    assert stopped.exit_code == 3
    assert "no violation within the first" in stopped.stdout
    assert document_of(f"{every} --resume {tmp_path}")["states"] == 1_257


def test_a_search_is_continued_only_as_it_was(tmp_path: Path) -> None:
    kept = f"{tmp_path}/kept"
    assert run(f"explore --rounds 1 --checkpoint {kept}").exit_code == 0
    for said, reason in (
        (f"--rounds 2 --resume {kept}", "allowed here: 'tee-rider explore --n 3 --rounds 2"),
        (f"--rounds 1 --profile hardened --resume {kept}", "allowed here:"),
        (f"--rounds 1 --every-state --resume {kept}", "allowed here:"),
        (f"--rounds 1 --checkpoint {kept}", "there is a search in it"),
        (f"--rounds 1 --resume {tmp_path}/other", "there is no search in it"),
        (f"--rounds 1 --checkpoint {tmp_path}/x --resume {kept}", "allowed: one of the two"),
        ("--rounds 1 --workers 0", "--workers"),
    ):
        result = run(f"explore {said}")
        assert result.exit_code == 2, result.output
        assert reason in " ".join(result.output.replace("│", " ").split())
        assert "Traceback" not in result.output


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tee_rider.model_check.searches.ray_crew", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    result = run("explore --rounds 1 --ray")
    assert result.exit_code == 2
    assert "pip install 'tee-rider[cluster]'" in " ".join(result.output.split())


def test_a_worker_that_fails_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tee_rider.model_check.searches.foreman.Call", lambda *said: ("no such call", ())
    )
    monkeypatch.setattr(
        "tee_rider.model_check.searches.sharded.Call", lambda *said: ("no such call", ())
    )
    result = run("explore --rounds 1 --workers 2")
    assert result.exit_code == 4, result.output
