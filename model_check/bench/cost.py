"""What a command costs: CPU-seconds, memory, and what this machine is worth meanwhile."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from tee_rider.model_check.console import ExitCode, console

Document: TypeAlias = Any
CALIBRATION = "x = 1\nfor _ in range(10_000_000): x = x * 1103515245 + 12345 & 0x7FFFFFFF"
"""A fixed loop of integer arithmetic: what this machine is worth right now."""
PROGRAM = (sys.executable, "-m", "tee_rider.model_check")
ENDED_WELL = (ExitCode.HOLDS, ExitCode.INCONCLUSIVE)
"""A run too short to judge all properties has not failed."""
WIDEST = 200
"""Characters of a table's row where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost, its start-up included."""

    seconds: float
    """CPU-seconds, user and system."""
    megabytes: int
    """Its largest memory."""
    exit_code: int
    document: Document = None
    """What it printed, if that is a JSON document."""


def calibrate() -> float:
    """CPU-seconds of the calibration loop."""
    return cost_of([sys.executable, "-c", CALIBRATION]).seconds


def cost_of(command: Sequence[str], ended_well: Container[int] = ENDED_WELL) -> Cost:
    """Run a command that prints one JSON document or nothing.

    Raises:
        RuntimeError: the command failed.
    """
    printed, cost = used_by(command, ended_well=ended_well)
    return replace(cost, document=json.loads(printed) if printed else None)


def used_by(
    command: Sequence[str], folder: Path | None = None, ended_well: Container[int] = ENDED_WELL
) -> tuple[str, Cost]:
    """Run a command in a folder, and ask the system what it used; what it printed comes first.

    Raises:
        RuntimeError: the command failed.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, cwd=folder)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if process.returncode not in ended_well:
        raise RuntimeError(
            f"{' '.join(command)} ended with {process.returncode}:\n{printed[-500:]}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    megabytes = used.ru_maxrss * unit // 2**20
    return printed, Cost(used.ru_utime + used.ru_stime, megabytes, process.returncode)


def print_table(table: Table) -> None:
    """In full: where there is no terminal, lines may be long."""
    wide = console if console.is_terminal else Console(highlight=False, width=WIDEST)
    wide.print(table)
