"""What all verbs share: exit codes, machine-readable output, and signs of life."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Protocol

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

SIGN_OF_LIFE = 10.0
"""Seconds between two lines of progress where there is no terminal."""

console = Console(highlight=False, soft_wrap=True)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class ExitCode(IntEnum):
    """The same everywhere.

    Source: DESIGN, "Command line".
    """

    HOLDS = 0
    VIOLATED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    HARNESS_ERROR = 4


class UsageError(ValueError):
    """What the user gave cannot be used; the message says what was found and what is allowed."""


class Ticker(Protocol):
    """Called with a short text whenever there is something new to say; cheap to call often."""

    def __call__(self, text: str) -> None:
        """Show the text now or soon."""


def print_json(value: Any) -> None:
    """One JSON document on standard output, keys sorted."""
    sys.stdout.write(json.dumps(value, sort_keys=True, indent=2) + "\n")


@contextmanager
def progress(title: str, quiet: bool = False) -> Iterator[Ticker]:
    """A live line on a terminal, a line on standard error every 10 s elsewhere."""
    if quiet:
        yield lambda text: None
    elif stderr.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=stderr, transient=True) as bar:
            task = bar.add_task(title)
            yield lambda text: bar.update(task, description=f"{title}: {text}")
    else:
        last = time.monotonic()

        def tick(text: str) -> None:
            nonlocal last
            if time.monotonic() - last >= SIGN_OF_LIFE:
                last = time.monotonic()
                stderr.print(f"{title}: {text}")

        yield tick
