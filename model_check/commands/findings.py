"""``tee-rider findings``: what each finding is under each profile, and what shows it."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tee_rider.model_check.console import UsageError, console, print_json, progress
from tee_rider.model_check.findings.matrix import (
    NO_PROFILE,
    PROFILES,
    ROWS,
    Cell,
    Row,
    exit_code,
    find_row,
    show,
)


def findings(
    only: Annotated[str, typer.Option(metavar="FINDING", help="Show this one alone.")] = "",
    profile: Annotated[
        str, typer.Option(metavar="PROFILE", help="Under this profile alone, and move by move.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replay the findings: a defect where one is recorded, and its absence where it is repaired.

    Ends with 0 if everything is as recorded, else with 1.
    """
    try:
        rows = (find_row(only),) if only else ROWS
        name = _profile(profile) if profile else None
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    with progress("findings") as tick:
        cells = show(rows, name, tick)
    faults = [cell.fault for cell in cells if cell.fault]
    if as_json:
        print_json({"findings": [cell.as_json() for cell in cells], "faults": faults})
        raise typer.Exit(exit_code(cells))
    if only and name:
        for cell in cells:
            typer.echo("\n".join(cell.shown.transcript))
    _print_matrix(rows, cells)
    for fault in faults:
        console.print(f"NOT AS RECORDED: {fault}", style="bold red", markup=False)
    raise typer.Exit(exit_code(cells))


def _profile(text: str) -> str:
    name = text.upper().replace("-", "_")
    known = (*PROFILES, NO_PROFILE.upper())
    if name not in known:
        allowed = ", ".join(profile.lower().replace("_", "-") for profile in known)
        raise UsageError(f"profile {text!r} is not known; allowed: {allowed}")
    return name if name in PROFILES else NO_PROFILE


def _print_matrix(rows: Sequence[Row], cells: Sequence[Cell]) -> None:
    for row in rows:
        typer.echo(f"{row.finding}: {row.title}")
        for cell in cells:
            if cell.finding != row.finding:
                continue
            typer.echo(f"  {cell.profile:9}  {cell.shown.verdict:14}  {cell.shown.detail}")
            if cell.replay:
                typer.echo(f"  {'':9}  {'':14}  {cell.recorded.by}: {cell.replay}")
    typer.echo(f"{sum(bool(cell.replay) for cell in cells)} shown here.")
