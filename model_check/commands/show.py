"""``tee-rider show``: pictures of a trace."""

import re
from pathlib import Path
from typing import Annotated

import typer

from tee_rider.model_check.console import ExitCode, UsageError, print_json, progress
from tee_rider.model_check.export.picture import Kind, Wish, draw
from tee_rider.spec.identifiers import replica_number
from tee_rider.spec.trace_error import TraceError

STANDARD_OUTPUT = Path("-")


def show(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="A trace."),
    ],
    svg: Annotated[bool, typer.Option("--svg", help="Draw a picture; the default.")] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Write a page with both pictures, to step through.")
    ] = False,
    lanes: Annotated[
        bool, typer.Option("--lanes", help="Draw what happened when, instead of the DAG.")
    ] = False,
    replica: Annotated[
        str | None,
        typer.Option(
            metavar="A", help="Show this replica's DAG, not that of all correct ones together."
        ),
    ] = None,
    rounds: Annotated[
        str | None,
        typer.Option(metavar="FROM-TO", help="Show these rounds, not only the newest waves."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here, not next to FILE; - is standard output."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say what was drawn as one JSON document.")
    ] = False,
) -> None:
    """Draw the DAG of a run, its replicas' lanes, or a page to step through both."""
    try:
        if svg and html:
            raise UsageError("--svg and --html: give one of them")
        kind = Kind.PAGE if html else Kind.LANES if lanes else Kind.DAG
        target = output or file.with_suffix(kind.suffix)
        _check_target(target, file, as_json)
        wish = Wish(kind, _replica_of(replica), _rounds_of(rounds))
        with progress(f"show {file}") as tick:
            picture = draw(file, wish, tick)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    except (TraceError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    if target == STANDARD_OUTPUT:
        typer.echo(picture.text.encode(), nl=False)
        typer.echo(picture.summary, err=True)
        return
    try:
        target.write_text(picture.text, "utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {target}: {error.strerror}") from None
    if as_json:
        print_json({"file": str(target), **picture.facts})
    else:
        typer.echo(f"{target}: {picture.summary}")


def _check_target(target: Path, file: Path, as_json: bool) -> None:
    if target == STANDARD_OUTPUT and as_json:
        raise UsageError("--json and --output -: the picture itself goes to standard output")
    if target.exists() and target.samefile(file):
        raise UsageError(f"{target} is the trace itself: name another file with --output")


def _replica_of(name: str | None) -> int | None:
    try:
        return None if name is None else replica_number(name)
    except ValueError as error:
        raise UsageError(f"--replica: {error}") from None


def _rounds_of(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    numbers = re.fullmatch(r"(\d{1,15})-(\d{1,15})", text, re.ASCII)
    first, last = map(int, numbers.groups()) if numbers else (0, 0)
    if not 1 <= first <= last:
        raise UsageError(
            f"--rounds: found {text!r}; allowed: two rounds from 1, the first not larger, as in 5-8"
        )
    return first, last
