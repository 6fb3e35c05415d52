"""Command line of the reference: one verb for each kind of check."""

from typing import Annotated

import typer

from tee_rider import __version__

app = typer.Typer(no_args_is_help=True, add_completion=False)


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
