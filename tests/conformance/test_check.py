"""``tee-rider check`` on good, bad and hostile files: an exit code, a place, never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.commands import check as command
from tee_rider.spec.events import ADeliver, AnyEvent
from tee_rider.spec.trace import EXAMPLE_HEADER
from tee_rider.spec.trace_schema import trace_schema

Run = list[AnyEvent]
Write = Callable[[Run], Path]
MEGABYTE = 2**20
HEADER = EXAMPLE_HEADER.encode() + b"\n"
DELIVERY = (
    b'{"seq":%d,"replica":0,"event":"a_deliver",'
    b'"vertex":{"round":1,"source":0,"digest":"9f"},"wave":1}\n'
)


def check(*arguments: object) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_a_good_trace(run: Run, write: Write) -> None:
    path = write(run)
    code, output = check(path)
    assert code == 0
    first, second, third, *rows = output.splitlines()
    assert first == f"{path}: CONFORMS, no violation within its {len(run)} events"
    assert second.startswith('  implementation "reference", version "1"; n = 4, f = 1, faulty: D;')
    assert third.split() == ["property", "status", "judged"]
    assert {row.split()[-2] for row in rows} == {"holds"}


def test_a_bad_trace_as_json(run: Run, write: Write) -> None:
    i = next(
        i
        for i, (event, after) in enumerate(pairwise(run))
        if isinstance(event, ADeliver) and isinstance(after, ADeliver)
    )
    run[i], run[i + 1] = run[i + 1], run[i]
    path = write(run)
    code, output = check(path, "--json")
    assert code == 1
    document = json.loads(output)
    (file,) = document["files"]
    assert document["verdict"] == file["verdict"] == "VIOLATES"
    assert (file["file"], file["exit_code"], file["tier"]) == (str(path), 1, 2)
    assert {row["status"] for row in file["properties"]} >= {"holds", "violated"}
    (violation,) = (v for v in file["violations"] if v["property"] == "total order")
    assert len(violation["explanation"]) == 2
    lines = path.read_text().splitlines()
    for witness in violation["witness"]:
        assert json.loads(lines[witness["line"] - 1]) == witness["event"]
    divergence = file["divergences"][0]
    assert divergence["line"] == i + 2
    assert divergence["source"] == "DAG-Rider, order_vertices"
    assert file["command"] == f"tee-rider check {path}"


HOSTILE: list[tuple[str, bytes, int]] = [
    ("empty", b"", 1),
    ("a byte order mark", b"\xef\xbb\xbf" + HEADER, 1),
    ("no header", DELIVERY % 1, 1),
    ("an impossible header", HEADER.replace(b'"n":3', b'"n":2'), 1),
    ("too many faulty", HEADER.replace(b"[]", b"[0,1]"), 1),
    ("a profile that nobody knows", HEADER.replace(b"TEE_RIDER", b"MINE"), 1),
    ("cut off", HEADER + (DELIVERY % 1)[:60], 2),
    ("no trace", b"\x00\xff" * 1000, 1),
    ("one event twice", HEADER + DELIVERY % 1 + DELIVERY % 1, 3),
    ("an event left out", HEADER + DELIVERY % 1 + DELIVERY % 3, 3),
    ("an unknown event", HEADER + (DELIVERY % 1).replace(b"a_deliver", b"explode"), 2),
    ("a wrong type", HEADER + (DELIVERY % 1).replace(b'"wave":1', b'"wave":[1]'), 2),
    ("invalid UTF-8", HEADER + (DELIVERY % 1).replace(b"9f", b"9\xff"), 2),
    ("deeply nested", HEADER + b"[" * 500_000 + b"]" * 500_000 + b"\n", 2),
    ("a long line", HEADER + b'"' + b"a" * 2 * MEGABYTE + b'"\n', 2),
    ("a second header", HEADER + DELIVERY % 1 + HEADER, 3),
]


@pytest.mark.parametrize(
    ("content", "line"), [row[1:] for row in HOSTILE], ids=[r[0] for r in HOSTILE]
)
def test_a_hostile_file(content: bytes, line: int, tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_bytes(content)
    code, output = check(path)
    assert code == 2
    assert output.startswith(f"{path}: MALFORMED\n  {path}:{line}: ")
    assert "; allowed: " in output
    assert len(output) < 2000
    document = json.loads(check(path, "--json")[1])
    problem = document["files"][0]["problem"]
    assert (problem["line"], document["verdict"]) == (line, "MALFORMED")


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_is_no_file(name: str, tmp_path: Path) -> None:
    code, output = check(tmp_path / name)
    assert code == 2
    assert name in output


def test_several_files_end_with_the_worst(run: Run, write: Write, tmp_path: Path) -> None:
    good = write(run)
    bad = tmp_path / "bad file"
    bad.write_text("{}")
    code, output = check(good, bad)
    assert code == 2
    assert f"{good}: CONFORMS" in output
    assert f"to see it again: tee-rider check '{bad}'" in output


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_bytes(HEADER.replace(b'"x"', b'"\\u001b[2J"'))
    code, output = check(path)
    assert code == 3
    assert "\x1b" not in output


def test_a_defect_of_the_check_is_told_as_such(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> NoReturn:
        raise RuntimeError("broken")

    monkeypatch.setattr(command, "judge_trace", fail)
    code, output = check(write(run))
    assert code == 4
    assert "HARNESS_ERROR" in output
    assert "RuntimeError('broken') at test_check.py:" in output


def test_a_line_of_200_megabytes_is_not_loaded() -> None:
    # The child is given at most 200 MB, and as much memory as a short trace takes.
    limited = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_DATA, (160 << 20, 160 << 20));"
        "sys.argv = ['tee-rider', 'check', '/dev/stdin'];"
        "runpy.run_module('tee_rider.model_check', run_name='__main__')"
    )
    given = 0
    with subprocess.Popen(
        [sys.executable, "-c", limited],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    ) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(HEADER + b'{"x_a":"')
            while given < 200 * MEGABYTE:
                given += process.stdin.write(b"a" * 65536)
        except BrokenPipeError:
            pass
        stdout, stderr = process.communicate()
    assert process.returncode == 2, stderr
    assert b"/dev/stdin:2: found more than 1048576 bytes" in stdout
    assert b"Traceback" not in stderr
    assert given < 4 * MEGABYTE


def test_schema_prints_the_schema(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert json.loads(result.output) == trace_schema()
    path = tmp_path / "schema.json"
    assert CliRunner().invoke(app, ["schema", "--output", str(path)]).exit_code == 0
    assert path.read_text() == result.output
