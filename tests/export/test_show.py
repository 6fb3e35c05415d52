import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tee_rider.model_check.export import picture
from tee_rider.model_check.export.picture import Kind

Tool = Callable[..., Result]
IMAGES = Path(__file__).parents[2] / "docs" / "images"
KINDS = {"dag.svg": [], "dag.lanes.svg": ["--lanes"], "dag.html": ["--html"]}


@pytest.mark.parametrize(("name", "options"), KINDS.items())
def test_a_picture_is_written_next_to_its_trace(
    run: Any, tmp_path: Path, tee_rider: Tool, name: str, options: list[str]
) -> None:
    file = run.write(tmp_path / "dag.ndjson")
    result = tee_rider("show", file, *options)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{tmp_path / name}: n = 4, f = 1 · rounds ")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["dag.ndjson", name])


@pytest.mark.parametrize("options", KINDS.values())
def test_a_picture_goes_to_standard_output_alone(
    trace: Path, tmp_path: Path, tee_rider: Tool, options: list[str]
) -> None:
    result = tee_rider("show", trace, *options, "-o", "-")
    tee_rider("show", trace, *options, "-o", tmp_path / "x")
    assert result.stdout == (tmp_path / "x").read_text("utf-8")
    assert result.stderr.startswith("n = 4, f = 1 · rounds ")


def test_what_was_drawn_is_told_as_json(trace: Path, tmp_path: Path, tee_rider: Tool) -> None:
    target = tmp_path / "x.svg"
    result = tee_rider("show", trace, "--rounds", "4-40", "--json", "-o", target)
    assert json.loads(result.stdout) == {
        "file": str(target),
        "rounds": [4, 9],
        "newest_round": 9,
        "vertices": 21,
        "delivered": 4,
    }


WRONG = [
    (["--rounds", "5"], "found '5'; allowed: two rounds from 1"),
    (["--rounds", "0-4"], "found '0-4'"),
    (["--rounds", "5-4"], "found '5-4'"),
    (["--rounds", "1-9999999999999999"], "allowed: two rounds"),
    (["--rounds", "10-12"], "the newest round of the trace is 9"),
    (["--replica", "b"], "'b' names no replica"),
    (["--replica", "E"], "the trace has the replicas A to D"),
    (["--replica", "D"], "replica D inserts no vertex of rounds 1-9"),
    (["--replica", "D", "--html"], "a faulty replica's state is not known"),
    (["--svg", "--html"], "--svg and --html: give one of them"),
    (["--json", "-o", "-"], "the picture itself goes to standard output"),
    (["-o", "/nowhere/x.svg"], "cannot write /nowhere/x.svg: No such file"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_a_wish_that_cannot_be_fulfilled_is_a_clear_error(
    trace: Path, tee_rider: Tool, options: list[str], message: str
) -> None:
    result = tee_rider("show", trace, *options)
    assert result.exit_code == 2
    assert message in flat(result.stderr)
    assert result.stdout == ""


def test_the_trace_is_never_overwritten(run: Any, tmp_path: Path, tee_rider: Tool) -> None:
    file = run.write(tmp_path / "dag.svg")
    before = file.read_bytes()
    result = tee_rider("show", file)
    assert result.exit_code == 2
    assert "is the trace itself" in flat(result.stderr)
    assert file.read_bytes() == before


def test_a_broken_trace_is_named_with_its_line(run: Any, tmp_path: Path, tee_rider: Tool) -> None:
    file = run.write(tmp_path / "t.ndjson")
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:40], '{"seq":1}', *lines[40:]]))
    result = tee_rider("show", file)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}:41: ")
    assert not file.with_suffix(".svg").exists()


@pytest.mark.parametrize(
    ("limit", "options", "message"),
    [
        ("MOST_VERTICES", [], "rounds 1-9 have 33 vertices, at most 20 can be drawn"),
        ("MOST_MOMENTS", ["--lanes", "--rounds", "1-9"], "moments, at most 20 can be drawn"),
        ("MOST_STEPS", ["--html", "--rounds", "1-9"], "events, at most 20 can be drawn"),
    ],
)
def test_too_large_a_picture_is_refused_with_advice(
    trace: Path,
    tee_rider: Tool,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    options: list[str],
    message: str,
) -> None:
    monkeypatch.setattr(picture, limit, 20)
    result = tee_rider("show", trace, *options, *(["--rounds", "1-9"] if not options else []))
    assert result.exit_code == 2
    assert message in flat(result.stderr)
    assert "as in --rounds" in flat(result.stderr)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_drawn_by_default_stays_below_the_limits(kind: Kind) -> None:
    for n in (3, 4, 7, 40, 100, 1000):
        span = kind.span(n)
        assert span.most_rounds >= 1
        assert span.first(100) <= 100
        if kind is Kind.DAG:
            assert span.most_rounds * n <= picture.MOST_VERTICES


def test_the_same_trace_gives_the_same_bytes_on_every_machine(trace: Path, tmp_path: Path) -> None:
    digests = set()
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "tee_rider.model_check", "show", str(trace), "--html"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
        subprocess.run(
            [*command, "-o", str(target)], env=environment, check=True, capture_output=True
        )
        digests.add(sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("image", "options"), [("dag.svg", []), ("lanes.svg", ["--lanes", "--rounds", "1-4"])]
)
def test_the_pictures_of_the_readme_are_those_that_the_tool_draws(
    trace: Path, tmp_path: Path, tee_rider: Tool, image: str, options: list[str]
) -> None:
    target = tmp_path / image
    tee_rider("show", trace, *options, "-o", target)
    again = f"tee-rider show dag.ndjson {' '.join(options)} -o docs/images/{image}"
    assert target.read_bytes() == (IMAGES / image).read_bytes(), (
        "draw it again: tee-rider simulate --scenario docs/images/dag.txt --trace dag.ndjson"
        f" && {again}"
    )


def flat(message: str) -> str:
    """A message without the frame and the line breaks that the terminal adds."""
    return " ".join(message.replace("│", " ").split())
