"""Command line of the reference: one verb for each kind of check."""

from typing import Annotated

import typer

from tee_rider import __version__
from tee_rider.model_check.commands.check import check
from tee_rider.model_check.commands.claims import claims
from tee_rider.model_check.commands.explore import explore
from tee_rider.model_check.commands.findings import findings
from tee_rider.model_check.commands.fine import fine
from tee_rider.model_check.commands.frontier import frontier
from tee_rider.model_check.commands.game import game
from tee_rider.model_check.commands.mutants import mutants
from tee_rider.model_check.commands.prove import prove
from tee_rider.model_check.commands.recovery import recovery
from tee_rider.model_check.commands.schema import schema
from tee_rider.model_check.commands.setup import setup
from tee_rider.model_check.commands.show import show
from tee_rider.model_check.commands.simulate import simulate
from tee_rider.model_check.commands.verify import verify

VERBS = (
    check,
    claims,
    explore,
    findings,
    fine,
    frontier,
    game,
    mutants,
    prove,
    recovery,
    schema,
    setup,
    show,
    simulate,
    verify,
)

app = typer.Typer(no_args_is_help=True, add_completion=False)
for verb in VERBS:
    app.command()(verb)


def print_version(requested: bool) -> None:
    """Print the version and stop, if it was requested."""
    if requested:
        typer.echo(f"tee-rider {__version__}")
        raise typer.Exit


@app.callback()
def command_line(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Check the TEE-Rider reference, and other implementations against it."""
