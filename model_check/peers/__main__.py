"""The same bounded questions put to TLC, to Spin and to us, in one run: ``make bench-peers``.

n = 3, all correct, four-round waves, any leader. The peers walk every order of messages of a model
of the DAG; we walk every shape of a DAG, over the reference's own code. So states do not compare,
the answers do: does one sequence of leaders begin like the other, in every state's DAG?
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rich.table import Table

from tee_rider.model_check.bench import CALIBRATION, cost_of
from tee_rider.model_check.console import console, progress
from tee_rider.model_check.peers.tools import (
    Outcome,
    missing_spin,
    missing_tlc,
    run_spin,
    run_tlc,
)

Run: TypeAlias = Callable[[Path], Outcome]


def ours(*arguments: str) -> Run:
    """One of our own commands."""

    def run(_: Path) -> Outcome:
        cost = cost_of([sys.executable, "-m", "tee_rider.model_check", *arguments, "--json"])
        return Outcome(f"tee-rider {' '.join(arguments)}", int(cost.document["states"]), cost)

    return run


def questions() -> Iterator[tuple[str, str, Run, str | None]]:
    """The question, who answers, how, and what is missing for that."""
    for rounds in (3, 4):
        question = f"{rounds} rounds"
        yield question, "TLC", partial(run_tlc, f"TeeRider_R{rounds}"), missing_tlc()
        if rounds == 4:
            bare = partial(run_tlc, "TeeRider_R4_bare")
            yield question, "TLC, states only", bare, missing_tlc()
        yield question, "Spin", partial(run_spin, rounds), missing_spin()
        messages = ours("explore", "--n", "3", "--rounds", str(rounds))
        yield question, "ours, by message", messages, None
    shapes = ours("fine", "--n", "3", "--faulty", "0", "--waves", "1")
    yield "4 rounds", "ours, by shape", shapes, None
    two = ours("fine", "--n", "3", "--faulty", "1", "--waves", "2")
    yield "2 waves, 1 faulty", "ours, by shape", two, None
    yield "any number of waves, 1 faulty", "ours, by shape", ours("frontier", "--n", "3"), None


def main() -> None:
    """Put every question to everybody who is there."""
    table = Table("question", "who", "states", "CPU s", "ratio", "MB", "command")
    absent: dict[str, None] = {}
    with progress("bench-peers") as tick:
        calibration = cost_of([sys.executable, "-c", CALIBRATION]).seconds
        for question, who, run, missing in questions():
            tick(f"{question}: {who}")
            if missing is not None:
                absent[missing] = None
                table.add_row(question, who, "skipped", "", "", "", missing)
                continue
            with tempfile.TemporaryDirectory() as folder:
                outcome = run(Path(folder))
            states = "?" if outcome.states is None else f"{outcome.states:,}"
            seconds = outcome.cost.seconds
            figures = (f"{seconds:.1f}", f"{seconds / calibration:.1f}")
            table.add_row(
                question, who, states, *figures, str(outcome.cost.megabytes), outcome.command
            )
    console.print(table)
    console.print(f"ratio: CPU-seconds over those of the calibration loop:\n{CALIBRATION}")
    console.print("Start-up is included; Spin's compilation is not.")
    for missing in absent:
        console.print(f"skipped: {missing}", markup=False)


if __name__ == "__main__":
    main()
