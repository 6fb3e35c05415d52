"""How fast the tools are: ``make bench``.

Each row is one command, run as a process of its own: its CPU-seconds (user and system), their
ratio to a calibration loop that runs beside it, and its largest memory. Ratios compare over
machines and days; seconds do not.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from rich.table import Table

from tee_rider.model_check.console import ExitCode, console, progress
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.encoding import digest_of
from tee_rider.spec.events import ADeliver
from tee_rider.spec.trace import Header, Implementation, write_trace
from tee_rider.spec.vertex import VertexId

Document: TypeAlias = Any
CALIBRATION = "x = 1\nfor _ in range(10_000_000): x = x * 1103515245 + 12345 & 0x7FFFFFFF"
"""A fixed loop of integer arithmetic: what this machine is worth right now."""
DELIVERED = 100_000
"""Vertices that each of ten replicas delivers in the trace of deliveries only."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One row: what to run, and what to count in the document that it prints."""

    what: str
    arguments: tuple[str, ...]
    unit: str
    amount: Callable[[Document], int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost."""

    seconds: float
    megabytes: int
    document: Document


def cost_of(command: list[str]) -> Cost:
    """Run a command that prints one JSON document or nothing.

    Raises:
        RuntimeError: the command failed; a run too short to judge all properties has not.
    """
    printed, cost = used_by(command)
    return replace(cost, document=json.loads(printed) if printed else None)


def used_by(command: list[str], folder: Path | None = None) -> tuple[str, Cost]:
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
    if process.returncode not in (ExitCode.HOLDS, ExitCode.INCONCLUSIVE):
        raise RuntimeError(
            f"{' '.join(command)} ended with {process.returncode}:\n{printed[-500:]}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    return printed, Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * unit // 2**20, None)


def created(run: Document) -> int:
    """Vertices that correct replicas made."""
    return int(run["created"])


def events(judgement: Document) -> int:
    """Events of a trace."""
    return sum(int(file["events"]) for file in judgement["files"])


def states(report: Document) -> int:
    """Global states of an exploration."""
    return int(report["states"])


def simulation(n: int, waves: int, *more: str) -> Bench:
    """A run in which all replicas are correct."""
    arguments = ("simulate", "--n", str(n), "--waves", str(waves), "--seed", "1", *more)
    return Bench(f"simulate, n = {n}, {4 * waves} rounds", arguments, "vertices", created)


def benches(folder: Path) -> Iterator[Bench]:
    """All rows, in the order in which they are run; later ones read what earlier ones wrote."""
    yield simulation(4, 50)
    yield simulation(4, 200)
    yield simulation(4, 800)
    yield simulation(10, 20)
    yield simulation(10, 80)
    yield simulation(40, 2)
    yield simulation(40, 5)
    for part, waves in (("half", 400), ("whole", 800)):
        full = folder / f"full_{part}.ndjson"
        yield simulation(10, waves, "--trace", str(full))
        yield Bench(f"check tier 2, {part}", ("check", str(full)), "events", events)
    for part, count in (("half", DELIVERED // 2), ("whole", DELIVERED)):
        deliveries = folder / f"deliveries_{part}.ndjson"
        write_deliveries(deliveries, count)
        yield Bench(f"check tier 1, {part}", ("check", str(deliveries)), "events", events)
    for rounds in ("3", "4"):
        arguments = ("explore", "--n", "3", "--rounds", rounds)
        yield Bench(f"explore, n = 3, {rounds} rounds", arguments, "states", states)


def write_deliveries(path: Path, count: int) -> None:
    """A trace in which each of ten replicas delivers the same vertices in the same order."""
    configuration = largest_configuration(10)
    header = Header(
        configuration=configuration,
        profile="TEE_RIDER",
        implementation=Implementation("bench", "1"),
    )
    with path.open("w") as stream:
        write_trace(stream, header, deliveries(configuration.n, count))


def deliveries(n: int, count: int) -> Iterable[ADeliver]:
    """Each vertex delivered by all replicas before the next one."""
    for position in range(count):
        round_, source = position // n + 1, position % n
        vertex = VertexId(round_, source, digest_of((round_, source)))
        for replica in range(n):
            yield ADeliver(
                seq=position + 1, replica=replica, vertex=vertex, wave=(round_ - 1) // 4 + 1
            )


def main() -> None:
    """Run every row and print it beside its command."""
    table = Table("what", "amount", "CPU s", "ratio", "per CPU s", "MB", "command")
    with tempfile.TemporaryDirectory() as folder, progress("bench") as tick:
        for bench in benches(Path(folder)):
            tick(bench.what)
            calibration = cost_of([sys.executable, "-c", CALIBRATION]).seconds
            command = [sys.executable, "-m", "tee_rider.model_check", *bench.arguments, "--json"]
            cost = cost_of(command)
            amount = bench.amount(cost.document)
            table.add_row(
                bench.what,
                f"{amount:,} {bench.unit}",
                f"{cost.seconds:.1f}",
                f"{cost.seconds / calibration:.1f}",
                f"{amount / cost.seconds:,.0f}",
                str(cost.megabytes),
                f"tee-rider {' '.join(bench.arguments)}".replace(folder, "."),
            )
    console.print(table)
    console.print(f"ratio: CPU-seconds over those of the calibration loop:\n{CALIBRATION}")
    console.print("Start-up is included. Growth with n and rounds: compare rows of one kind.")


if __name__ == "__main__":
    main()
