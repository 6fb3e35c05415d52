"""Explores one design of recovery by chosen rules, and tells a path of it for people and tools."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, TypeAlias

import typer

from tee_rider.model_check.console import ExitCode, UsageError, print_json, progress
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.model import Always, Model, Path
from tee_rider.model_check.export.itf_steps import itf_of_steps
from tee_rider.model_check.export.return_events import afresh, write_return_trace
from tee_rider.model_check.returning.collected_freezes import CollectedFreezes, Rules
from tee_rider.model_check.returning.moments import Returning
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.spec.judgement import Violation

Asked: TypeAlias = Returning | Rules
"""The bound of one return in the reference, or d and r of the first design."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be explored, and made of a path."""

    asked: Asked
    command: str
    """Explores it again."""
    until: frozenset[str] = field(default_factory=frozenset)
    """The properties to wait for; without any, the first violation is enough."""
    replay: str = ""
    trace: File | None = None
    itf: File | None = None

    def make(self) -> Model[Any, Any]:
        """The model, in which nothing is found yet."""
        if isinstance(self.asked, Rules):
            return CollectedFreezes(self.asked)
        return OneReturn(self.asked)


@dataclass(frozen=True, slots=True)
class Found:
    """A path in a model that knows no other, and what its end violates."""

    path: Path[Any, Any]
    violations: tuple[Violation, ...]


def tell_recovery(wishes: Wishes, as_json: bool) -> ExitCode:
    """Explore, or take one path, and tell it.

    Raises:
        UsageError: the path's code does not fit, or a file cannot be written.
    """
    if isinstance(wishes.asked, Rules) and wishes.trace:
        raise UsageError(
            f"--trace {wishes.trace}: the first design is a model of its own, without the events of"
            " a trace; allowed: --itf"
        )
    found: Found | None
    if wishes.replay:
        found = _replayed(wishes)
        document: dict[str, Any] = {"steps": found.path.lines()}
        document["violations"] = {v.property: v.explanation for v in found.violations}
        lines = [*found.path.lines()]
        lines += [f"{v.property} is violated: {v.explanation}" for v in found.violations]
        code = ExitCode.VIOLATED if found.violations else ExitCode.HOLDS
    else:
        with progress("recovery") as tick:
            report = explore(wishes.make(), until=wishes.until, tick=tick)
        told = [_afresh(wishes, one.path, one.violation) for one in report.discoveries]
        document, lines, code = report.as_json(), report.lines(), report.exit_code
        replays = [f"{wishes.command} --replay {one.path.code}" for one in told]
        document["replay"] = replays
        lines += [f"replay: {line}" for line in replays]
        # The property that was waited for comes last.
        found = told[-1] if told else None
    if found is not None:
        files = _write(wishes, found)
        document["files"] = files
        lines += [f"{one['option']} {one['file']}: {one['use']}" for one in files]
    if as_json:
        print_json(document)
    else:
        typer.echo("\n".join(lines))
    return code


def _replayed(wishes: Wishes) -> Found:
    model = wishes.make()
    path = Path.replay(model, wishes.replay)
    always = [asked for asked in model.properties() if isinstance(asked, Always)]
    return Found(path, tuple(v for asked in always for v in asked.violations(path.end)))


def _afresh(wishes: Wishes, path: Path[Any, Any], violation: Violation) -> Found:
    model = wishes.make()
    if isinstance(model, OneReturn):
        path = afresh(path, model)
    return Found(path, (violation,))


def _write(wishes: Wishes, found: Found) -> list[dict[str, str]]:
    files: list[dict[str, str]] = []
    if wishes.itf is not None:
        violated = found.violations[0].property if found.violations else None
        text = itf_of_steps(found.path, violated, f"{wishes.command} --replay {found.path.code}")
        try:
            wishes.itf.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(f"--itf {wishes.itf}: cannot be written: {error.strerror}") from None
        files.append(_file("--itf", wishes.itf, "open it with an ITF viewer"))
    if wishes.trace is not None:
        model = found.path.model
        assert isinstance(model, OneReturn)
        write_return_trace(model, found.path, wishes.trace)
        name, picture = (
            shlex.quote(str(file)) for file in (wishes.trace, wishes.trace.with_suffix(".svg"))
        )
        files.append(_file("--trace", wishes.trace, f"tee-rider check {name}"))
        files.append(_file("--trace", wishes.trace, f"tee-rider show --lanes {name} -o {picture}"))
    return files


def _file(option: str, file: File, use: str) -> dict[str, str]:
    return {"option": option, "file": str(file), "use": use}
