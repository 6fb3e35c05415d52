"""The same bounded questions put to TLC, to Spin and to us, in one run: ``make bench-peers``.

n = 3, four-round waves, any leader. The peers walk every order of messages of a model of the DAG;
we walk every shape of a DAG, over the reference's own code. So states do not compare, answers do.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.table import Table

from tee_rider.model_check.bench.cost import (
    CALIBRATION,
    PROGRAM,
    calibrate,
    cost_of,
    print_table,
)
from tee_rider.model_check.console import console, progress
from tee_rider.model_check.peers.questions import (
    EVERY_DAG,
    FIVE,
    FOUR,
    OURS,
    SPIN,
    SPIN_BARE,
    TLC,
    questions,
)
from tee_rider.model_check.peers.tools import Outcome

NOTES = """\
4 rounds are one wave. There the invariant of TLC looks for leaders with enough supporters in every
state, and has nothing to ask of them: the key lemma is about round 5, agreement about wave 2. Spin
is asked nothing before round 5. Ours by shape compares what is committed and delivered on entering
round 5. Ours in every DAG of 4 rounds asks the key lemma of each vertex that round 5 may have.
Ours by message runs whole replicas (signatures, buffers, logs) that advance as soon as they can."""


def main() -> None:
    """Put every question to everybody who is there."""
    parser = argparse.ArgumentParser(prog="python -m tee_rider.model_check.peers")
    parser.add_argument("--slow", action="store_true", help="questions of minutes and 7 GB, too")
    options = parser.parse_args()
    table = Table("question", "who", "answer", "states", "CPU s", "ratio", "MB", "command")
    absent: dict[str, None] = {}
    found: dict[tuple[str, str], Outcome] = {}
    with progress("bench-peers") as tick:
        calibration = calibrate()
        start = cost_of([*PROGRAM, "schema"]).seconds
        for row in questions(options.slow):
            tick(f"{row.question}: {row.who}")
            if row.run is None or row.absent or row.left_out:
                said = "skipped" if row.absent else "left out"
                why = row.absent or row.left_out
                table.add_row(row.question, row.who, said, "", "", "", "", why)
                absent.update({row.absent: None} if row.absent else {})
                continue
            with tempfile.TemporaryDirectory() as folder:
                outcome = found[row.question, row.who] = row.run(Path(folder))
            seconds = outcome.cost.seconds
            table.add_row(
                row.question,
                row.who,
                outcome.answer,
                "?" if outcome.states is None else f"{outcome.states:,}",
                f"{seconds:.1f}",
                f"{seconds / calibration:.1f}",
                str(outcome.cost.megabytes),
                outcome.command,
            )
    print_table(table)
    console.print(f"ratio: CPU-seconds over the {calibration:.2f} of this loop:\n{CALIBRATION}")
    console.print(
        f"Start-up is included (tee-rider: {start:.1f} s); Spin's compilation is not.\n{NOTES}"
    )
    for line in (*comparisons(found), *(f"skipped: {tool}" for tool in absent)):
        console.print(line, markup=False)


def comparisons(found: Mapping[tuple[str, str], Outcome]) -> Iterator[str]:
    """How many times less CPU ours took, for the peers that were there."""
    for question, peer in ((FOUR, TLC), (FOUR, SPIN_BARE), (FIVE, SPIN)):
        for who in OURS if question == FOUR else (EVERY_DAG,):
            if (question, peer) in found:
                ours, theirs = found[FOUR, who].cost.seconds, found[question, peer].cost.seconds
                less = f"{theirs / ours:.1f} times less CPU than"
                more = f"{ours / theirs:.1f} times the CPU of"
                yield f"{question}: {who}: {less if ours < theirs else more} {peer}"


if __name__ == "__main__":
    main()
