"""``tee-rider mutants``: the kill matrix."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tee_rider import model_check
from tee_rider.model_check.console import ExitCode, UsageError, console, print_json, progress
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.full import Matrix, full_matrix
from tee_rider.model_check.mutation.guard_walk import every_guard, touching
from tee_rider.model_check.mutation.kill_matrix import Row, exit_code, kill_matrix
from tee_rider.model_check.mutation.matrix_text import document, terminal
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.untouched import UNTOUCHED, unexplained

DOCUMENT = Path(next(iter(model_check.__path__))).resolve().parent / "docs" / "kill_matrix.md"


def mutants(
    only: Annotated[
        str, typer.Option(metavar="NAME", help="Try this mutant alone, and tell how it dies.")
    ] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Try every mutant at every checker: minutes.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=1_024, help="With --full: how many processes share the work.")
    ] = 1,
    write: Annotated[
        bool, typer.Option("--write", help="With --full: write docs/kill_matrix.md.")
    ] = False,
    guards: Annotated[
        bool, typer.Option("--guards", help="List the reference's guards and who replaces them.")
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
    if guards and (full or only):
        raise typer.BadParameter("--guards lists them all: without --full and --only")
    if (write or workers > 1) and not full:
        raise typer.BadParameter("--write and --workers are for --full alone")
    if write and (only or not DOCUMENT.parent.is_dir()):
        raise typer.BadParameter(f"--write needs every mutant, and the directory {DOCUMENT.parent}")
    if guards:
        raise typer.Exit(_list_guards(as_json))
    if full:
        raise typer.Exit(_full(chosen, workers, write, as_json))
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


def _full(chosen: Sequence[Mutant], workers: int, write: bool, as_json: bool) -> ExitCode:
    with progress("mutants") as tick:
        matrix = full_matrix(chosen, workers=workers, tick=tick)
    if write:
        DOCUMENT.write_text(document(chosen, matrix))
    if as_json:
        print_json(
            {
                "mutants": [line.as_json() for line in matrix.lines],
                "true_rules": [row.as_json() for row in matrix.baseline],
                "alone": {checker: list(matrix.alone(checker)) for checker in matrix.checkers},
                "faults": list(matrix.faults),
            }
        )
    else:
        typer.echo("\n".join(terminal(chosen, matrix)))
        _print_faults(matrix)
    return ExitCode.VIOLATED if matrix.faults else ExitCode.HOLDS


def _print_faults(matrix: Matrix) -> None:
    for fault in matrix.faults:
        console.print(f"NOT AS IT SHOULD BE: {fault}", style="bold red")
    killed = sum(bool(line.killers) and not line.row.equivalent for line in matrix.lines)
    equivalent = sum(line.row.equivalent is not None for line in matrix.lines)
    typer.echo(f"{killed} of {len(matrix.lines)} mutants killed, {equivalent} held to be harmless.")


def _list_guards(as_json: bool) -> ExitCode:
    touched = touching(EVERY_MUTANT, every_guard())
    missing = unexplained(touched)
    if as_json:
        print_json(
            {
                "guards": [
                    {
                        "function": guard.function,
                        "line": guard.line,
                        "text": guard.text,
                        "mutants": list(names),
                        "without_mutant": UNTOUCHED.get(guard.place),
                    }
                    for guard, names in touched.items()
                ],
                "faults": missing,
            }
        )
    else:
        for guard, names in touched.items():
            told = ", ".join(names) or UNTOUCHED.get(guard.place, "NO MUTANT, NO REASON")
            typer.echo(f"{guard.function}, line {guard.line}: {guard.text}\n    {told}")
        count = sum(map(bool, touched.values()))
        typer.echo(
            f"{count} of {len(touched)} guards have a mutant, {len(missing)} have no reason."
        )
    return ExitCode.VIOLATED if missing else ExitCode.HOLDS


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
    typer.echo(f"{'mutant':{width}}  ground  dies after  violates")
    for row in rows:
        violated = ", ".join(sorted(row.violated)) or "nothing"
        number = grounds.index(row.bound) + 1
        typer.echo(f"{row.name:{width}}  {number:6}  {row.dies_at or '-':10}  {violated}")
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
    killed = sum(bool(row.violated) and not row.equivalent for row in rows)
    equivalent = sum(row.equivalent is not None for row in rows)
    typer.echo(f"{killed} of {len(rows)} mutants killed, {equivalent} held to be harmless.")
    typer.echo("How one of them dies, step by step: tee-rider mutants --only 'NAME'")
