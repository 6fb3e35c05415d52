"""``tee-rider mutants``: the kill matrix."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tee_rider.model_check.console import UsageError, console, print_json, progress
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.homes import EVERY_GROUND
from tee_rider.model_check.mutation.kill_matrix import Row, cross, exit_code, kill_matrix


def mutants(
    only: Annotated[
        str, typer.Option(metavar="NAME", help="Try this mutant alone, and tell how it dies.")
    ] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Try every mutant on every ground: minutes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replace one rule after the other by a wrong one, and see which checkers notice.

    Ends with 0 if every mutant dies by the properties that should kill it, harmless ones spare what
    they are said to spare, and the true rules violate nothing on the same grounds; else with 1.
    """
    try:
        chosen = (find(only),) if only else EVERY_MUTANT
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    with progress("mutants") as tick:
        if full:
            rows, baseline = cross(chosen, EVERY_GROUND, tick)
        else:
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
    for checker, killers in sorted(row.by_checker.items()):
        typer.echo(f"{checker}: {', '.join(killers)}")
    if row.equivalent:
        typer.echo(f"harmless: {row.equivalent}")
    if row.fault:
        typer.echo(f"NOT AS IT SHOULD BE: {row.fault}")


def _print_table(rows: Sequence[Row], baseline: Sequence[Row]) -> None:
    grounds = [row.bound for row in baseline]
    width = max(len(row.name) for row in rows)
    typer.echo(f"{'mutant':{width}}  ground  dies after  violates")
    for row in rows:
        violated = ", ".join(sorted(row.violated)) or "nothing"
        number = grounds.index(row.bound) + 1
        typer.echo(f"{row.name:{width}}  {number:6}  {row.dies_at or '-':10}  {violated}")
        if row.by_checker:
            typer.echo(f"{'':{width}}          by {', '.join(sorted(row.by_checker))}")
    typer.echo("\ngrounds; on each the true rules are tried too:")
    for number, row in enumerate(baseline, start=1):
        typer.echo(f"{number:6}  {row.checker}: {row.bound}")
    typer.echo("")
    for row in rows:
        if row.equivalent:
            typer.echo(f"{row.name} does no harm: {row.equivalent}")
    for row in (*rows, *baseline):
        if row.fault:
            console.print(f"NOT AS IT SHOULD BE: {row.name}: {row.fault}", style="bold red")
    killed = sum(bool(row.violated) for row in rows)
    equivalent = sum(row.equivalent is not None for row in rows)
    typer.echo(f"{killed} of {len(rows)} mutants killed, {equivalent} held to be harmless.")
    typer.echo("How one of them dies, step by step: tee-rider mutants --only 'NAME'")
