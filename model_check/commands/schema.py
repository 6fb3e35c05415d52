"""``tee-rider schema``: the trace format for other languages."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tee_rider.spec.trace_schema import trace_schema


def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
    ] = None,
) -> None:
    """Print the JSON Schema of a line of a trace."""
    text = json.dumps(trace_schema(), indent=2, sort_keys=True) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text)
