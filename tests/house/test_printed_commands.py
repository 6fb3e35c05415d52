"""Every command that a document prints exists, with every option that it is printed with."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    file
    for file in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in file.relative_to(ROOT).parts)
    and file.name != "CHANGELOG.md"
)
"""All but the one that tells what was."""
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"`((?:\.venv/bin/)?tee-rider [^`]+)`")
PLACEHOLDER = re.compile(r"\.\.\.|…|[<\[]")
"""What stands for something that a reader puts there."""


def printed(text: str) -> Iterator[str]:
    """The commands in blocks, continued lines joined, and between backquotes."""
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            command = " ".join(line.split()).removeprefix("$ ")
            if command.startswith("tee-rider "):
                yield command
    for command in QUOTED.findall(FENCE.sub("", text)):
        yield command.removeprefix(".venv/bin/")


def refused(command: str) -> str:
    """What is said against a command as it is printed; nothing if it can be typed so.

    Asked for help, a verb reads all its options, and does nothing.
    """
    words = shlex.split(command, comments=True)[1:]
    words = words[: next((i for i, word in enumerate(words) if word in ">|&;"), len(words))]
    result = CliRunner().invoke(app, [words[0], "--help", *words[1:]], env={"COLUMNS": "200"})
    return "" if result.exit_code == 0 else result.stderr


COMMANDS = sorted(
    {
        (str(file.relative_to(ROOT)), command)
        for file in DOCUMENTS
        for command in printed(file.read_text("utf-8"))
        if not PLACEHOLDER.search(command)
    }
)


def test_documents_print_commands() -> None:
    assert {file for file, _ in COMMANDS} >= {"README.md", "docs/counterexamples.md"}
    assert len(COMMANDS) > 40


@pytest.mark.parametrize(("file", "command"), COMMANDS)
def test_every_printed_command_can_be_typed(file: str, command: str) -> None:
    assert refused(command) == ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tee-rider exlpore", "No such command 'exlpore'"),
        ("tee-rider explore --round 3", "No such option: --round"),
        ("tee-rider check f --jsn", "No such option: --jsn"),
        ("tee-rider fine --n", "requires an argument"),
    ],
)
def test_what_cannot_be_typed_is_noticed(command: str, said: str) -> None:
    assert said in refused(command)


def test_commands_are_found_in_blocks_and_sentences() -> None:
    text = "`tee-rider a`\n```console\n$ tee-rider b \\\n  --c\nout\n```\n`make` `tee-rider d <x>`"
    assert list(printed(text)) == ["tee-rider b --c", "tee-rider a", "tee-rider d <x>"]


def test_the_readme_does_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands in blocks, in their order, on the log that it prints."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (log,) = re.findall(r"^```json\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    Path("mine.ndjson").write_text(log)
    blocks = "\n".join(f"```\n{block}```" for block in FENCE.findall(readme))
    results = {
        command: CliRunner().invoke(app, shlex.split(command)[1:]) for command in printed(blocks)
    }
    mine = results.pop("tee-rider check mine.ndjson")
    assert mine.exit_code == 1
    assert "VIOLATED: total order" in mine.stdout
    assert all(f"mine.ndjson:{line}: " in mine.stdout for line in (4, 5))
    assert len(results) == 3
    assert {
        command: result.exit_code for command, result in results.items() if result.exit_code
    } == {}
    assert Path("run.svg").read_text().startswith("<svg")
