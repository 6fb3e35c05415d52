"""``make bench``: every row is run as a process of its own, with the calibration loop beside it.

Ratios compare over machines and days; seconds do not.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from tee_rider.model_check.bench.cost import (
    CALIBRATION,
    PROGRAM,
    calibrate,
    cost_of,
    print_table,
)
from tee_rider.model_check.bench.rows import Bench, benches
from tee_rider.model_check.console import console, progress


def chosen(folder: Path, only: Sequence[str], slow: bool) -> list[Bench]:
    """The rows of the verbs asked for, all if none is."""
    rows = [bench for bench in benches(folder) if slow or not bench.slow]
    return [bench for bench in rows if bench.verb in only or not only]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What is asked for; a verb that has no rows is a usage error."""
    verbs = list(dict.fromkeys(bench.verb for bench in benches(Path())))
    parser = argparse.ArgumentParser(
        prog="python -m tee_rider.model_check.bench",
        description="CPU-seconds, their ratio to a calibration loop, and memory, by command.",
    )
    parser.add_argument(
        "--only", action="append", default=[], choices=verbs, help="only this verb's rows"
    )
    parser.add_argument("--slow", action="store_true", help="rows of minutes or gigabytes, too")
    return parser.parse_args(arguments)


def main() -> None:
    """Run the rows and print each beside its command."""
    options = parse()
    table = Table("command", "amount", "CPU s", "ratio", "per CPU s", "MB")
    with tempfile.TemporaryDirectory() as folder, progress("bench") as tick:
        loops = [calibrate()]
        for bench in chosen(Path(folder), options.only, options.slow):
            command = f"tee-rider {' '.join(bench.arguments)}".replace(f"{folder}/", "")
            tick(command)
            if bench.prepare:
                bench.prepare()
            cost = cost_of([*PROGRAM, *bench.arguments, "--json"])
            loops.append(calibrate())
            amount = bench.amount(cost.document)
            table.add_row(
                command,
                f"{amount:,} {bench.unit}",
                f"{cost.seconds:.1f}",
                f"{cost.seconds / min(loops[-2:]):.1f}",
                f"{amount / cost.seconds:,.0f}",
                str(cost.megabytes),
            )
    print_table(table)
    fastest, slowest = min(loops), max(loops)
    console.print(
        f"ratio: CPU-seconds over those of the loop below, {fastest:.2f} to {slowest:.2f}"
    )
    console.print(CALIBRATION)
    console.print("Start-up is included. Growth with n and rounds: compare rows of one kind.")


if __name__ == "__main__":
    main()
