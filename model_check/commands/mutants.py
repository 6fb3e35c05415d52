"""``tee-rider mutants``: the kill matrix."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tee_rider.model_check.console import UsageError, console, print_json, progress
from tee_rider.model_check.mutation.kill_matrix import Row, exit_code, kill_matrix
from tee_rider.model_check.mutation.mutants import MUTANTS, find_mutant


def mutants(
    only: Annotated[
        str, typer.Option(metavar="NAME", help="Try this mutant alone, and tell how it dies.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replace one rule after the other by a wrong one, and see which properties notice.

    Ends with 0 if every mutant dies by the properties that should kill it, harmless ones spare what
    they are said to spare, and the true rules violate nothing on the same grounds; else with 1.
    """
    try:
        chosen = (find_mutant(only),) if only else MUTANTS
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    with progress("mutants") as tick:
        rows, baseline = kill_matrix(chosen, tick)
    if as_json:
        print_json(
            {
                "mutants": [row.as_json() for row in rows],
                "true_rules": [row.as_json() for row in baseline],
                "faults": [f"{row.name}: {row.fault}" for row in (*rows, *baseline) if row.fault],
            }
        )
    elif only:
        _tell(rows[0])
    else:
        _print_table(rows, baseline)
    raise typer.Exit(exit_code((*rows, *baseline)))


def _tell(row: Row) -> None:
    typer.echo(f"{row.name}: {row.rule}")
    typer.echo(f"tried on {row.bound}")
    for name, lines in sorted(row.violated.items()):
        typer.echo(f"killed by {name}")
        typer.echo("\n".join(f"  {line}" for line in lines))
    if row.equivalent:
        typer.echo(f"harmless: {row.equivalent}")
    if row.fault:
        typer.echo(f"NOT AS IT SHOULD BE: {row.fault}")


def _print_table(rows: Sequence[Row], baseline: Sequence[Row]) -> None:
    grounds = [row.bound for row in baseline]
    width = max(len(row.name) for row in rows)
    typer.echo(f"{'mutant':{width}}  ground  violates")
    for row in rows:
        violated = ", ".join(sorted(row.violated)) or "nothing"
        typer.echo(f"{row.name:{width}}  {grounds.index(row.bound) + 1:6}  {violated}")
    typer.echo("\ngrounds; on each the true rules are tried too:")
    for number, bound in enumerate(grounds, start=1):
        typer.echo(f"{number:6}  {bound}")
    typer.echo("")
    for row in rows:
        if row.equivalent:
            typer.echo(f"{row.name} does no harm to the order: {row.equivalent}")
    for row in (*rows, *baseline):
        if row.fault:
            console.print(f"NOT AS IT SHOULD BE: {row.name}: {row.fault}", style="bold red")
    killed = sum(bool(row.violated) for row in rows)
    typer.echo(f"{killed} of {len(rows)} mutants killed.")
