"""The stand-alone runner: tables, JSON, exit codes, and the same output on every run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from z3 import Int

from tee_rider.proofs_notes import __main__ as runner
from tee_rider.proofs_notes import catalogue
from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.lemma import Lemma

FOLDER = Path(runner.__file__).parent
x = Int("x")
GOOD = Claim("larger than one", {"larger than two": x > 2}, x > 1)
BAD = Claim("larger than two", {"larger than one": x > 1}, x > 2)


def put(monkeypatch: pytest.MonkeyPatch, note: Path, *claims: Claim) -> None:
    lemma = Lemma("01", "Numbers", claims, str(note))
    monkeypatch.setattr(runner, "lemmas", lambda number: [lemma])


def test_what_holds_exits_0_with_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(monkeypatch, tmp_path / "note.py", GOOD)
    assert runner.main([]) == 0
    header, _, row = capsys.readouterr().out.splitlines()[:3]
    assert header.split()[:6] == ["lemma", "title", "proved", "satisfiable", "refuted", "needed"]
    assert row.split()[:7] == ["01", "Numbers", "1", "1", "0", "1", "0"]


def test_what_fails_exits_1_and_says_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(monkeypatch, tmp_path / "note.py", GOOD, BAD)
    assert runner.main([]) == 1
    out = capsys.readouterr().out
    assert "FAILED: lemma 01, proved: larger than two" in out
    assert "x = 2" in out
    assert "again: python -m tee_rider.proofs_notes --lemma 01" in out


def test_json_has_every_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(monkeypatch, tmp_path / "note.py", GOOD, BAD)
    assert runner.main(["--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["holds"] is False
    first = report["results"][0]
    assert (first["lemma"], first["kind"], first["holds"]) == ("01", "proved", True)
    assert first["used"] == ["larger than two"]


def test_one_lemma_lists_its_queries_and_explains_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.md").write_text("# The note\n")
    put(monkeypatch, tmp_path / "note.py", GOOD)
    assert runner.main(["--lemma", "01", "--explain"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# The note\n")
    assert "satisfiable: premises of: larger than one\n  x = 3" in out
    assert "without larger than two" in out
    assert "breaks: larger than one" in out


def test_an_unknown_lemma_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        runner.main(["--lemma", "99"])
    assert stopped.value.code == 2
    assert "01" in capsys.readouterr().err


def test_the_catalogue_holds_every_lemma() -> None:
    lemmas = {f.stem for f in FOLDER.glob("lemma_*.py") if "\nLEMMA = " in f.read_text()}
    assert set(catalogue.MODULES) == lemmas


def test_every_lemma_has_a_note() -> None:
    assert [m for m in catalogue.MODULES if not (FOLDER / f"{m}.md").exists()] == []


def test_output_does_not_depend_on_the_hash_seed() -> None:
    def run(seed: str) -> str:
        command = [sys.executable, "-m", "tee_rider.proofs_notes", "--lemma", "02", "--json"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return re.sub(r'"seconds": [0-9.e-]+', "", done.stdout)

    assert run("1") == run("2")
