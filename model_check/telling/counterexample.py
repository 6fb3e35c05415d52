"""Tells a path of the message level for people and for other tools, if that is wished for."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, TypeAlias

import typer

from tee_rider.model_check.console import UsageError, progress
from tee_rider.model_check.exploration.deeds import MessagePath
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.exploration.shrink import Telling, shrink, unfold
from tee_rider.model_check.export.itf import itf_text
from tee_rider.model_check.export.retold import (
    UnsayableError,
    play_retold,
    scenario_text,
    write_path_trace,
)
from tee_rider.model_check.scenarios.totality import TOTALITY
from tee_rider.model_check.telling.wrong_rules import rules_of


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be made of a path."""

    shrink: bool = False
    itf: File | None = None
    scenario: File | None = None
    trace: File | None = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.shrink or any((self.itf, self.scenario, self.trace))


@dataclass(frozen=True, slots=True)
class Retold:
    """What was made of it."""

    lines: list[str]
    document: dict[str, Any]

    def print(self) -> None:
        """On standard output, for a person."""
        if self.lines:
            typer.echo("\n".join(self.lines))

    def as_json(self) -> dict[str, Any]:
        """For a machine, beside what else is said."""
        return {"told": self.document} if self.document else {}


NOTHING_TOLD = Retold([], {})

Teller: TypeAlias = Callable[[MessagePath, str | None], Retold]
"""Tells a path that violates a property, or any other."""


def retell(
    model: MessageLevel,
    wishes: Wishes,
    profile: str,
    mutant: str,
    path: MessagePath,
    violated: str | None,
) -> Retold:
    """Take the path apart, shrink it, and write it in every form that is wished for, if any is.

    Raises:
        UsageError: a file cannot be written.
    """
    if not wishes:
        return NOTHING_TOLD
    # A search in several processes finds paths in models of its own, which number states otherwise.
    telling = unfold(model, Path.replay(model, path.code), violated)
    before = telling.cost
    if wishes.shrink and telling.violation is not None:
        with progress("shrink") as tick:
            telling = shrink(telling, tick)
    rules = f"--profile {profile}" + (f" --mutant {shlex.quote(mutant)}" if mutant else "")
    command = (
        f"tee-rider explore {telling.model.scope.options()} {rules} --replay {telling.path.code}"
    )
    lines = ["", "step by step:", *(f"  {line}" for line in telling.lines())]
    document: dict[str, Any] = {
        "violated": telling.violation.property if telling.violation else None,
        "path": telling.path.code,
        "steps": telling.path.lines(),
        "replay": command,
        "cost": str(telling.cost),
    }
    if wishes.shrink:
        lines += [f"shrunk: {before} -> {telling.cost}"]
        document["cost_before"] = str(before)
    lines.append(f"replay: {command}")
    files: list[dict[str, str]] = []
    if wishes.itf is not None:
        text = itf_text(telling, command)
        files.append(_write("--itf", wishes.itf, text, "open it with an ITF viewer"))
    if wishes.trace is not None:
        files += _write_trace(wishes.trace, telling)
    if wishes.scenario is not None:
        files.append(_write_scenario(wishes.scenario, telling, command, mutant))
    lines += [f"{one['option']} {one['file']}: {one['use']}" for one in files]
    return Retold(lines, {**document, "files": files})


def _write(option: str, file: File, text: str, use: str) -> dict[str, str]:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{option} {file}: cannot be written: {error.strerror}") from None
    return {"option": option, "file": str(file), "use": use}


def _unwritten(option: str, file: File, why: UnsayableError) -> dict[str, str]:
    return {"option": option, "file": str(file), "use": f"not written: {why}"}


def _write_trace(file: File, telling: Telling) -> list[dict[str, str]]:
    try:
        drawn = write_path_trace(telling, file)
    except UnsayableError as error:
        return [_unwritten("--trace", file, error)]
    name, picture = shlex.quote(str(file)), shlex.quote(str(file.with_suffix(".svg")))
    uses = [f"tee-rider check {name}"]
    if drawn:
        uses.append(f"tee-rider show {name} -o {picture}")
    if telling.violation is not None and telling.violation.property == TOTALITY:
        uses[0] += f" ({TOTALITY} is about what never comes: no trace shows that)"
    return [{"option": "--trace", "file": str(file), "use": use} for use in uses]


def _write_scenario(file: File, telling: Telling, command: str, mutant: str) -> dict[str, str]:
    try:
        text = scenario_text(telling, [f"Told again from: {command}"], mutant)
    except UnsayableError as error:
        return _unwritten("--scenario", file, error)
    failures = play_retold(text, rules_of).failures
    assert not failures, f"the scenario does not do what the path does: {failures[0]}"
    return _write(
        "--scenario", file, text, f"tee-rider simulate --scenario {shlex.quote(str(file))}"
    )
