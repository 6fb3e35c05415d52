"""``tee-rider claims``: run every check that a claim stands on, and compare or write the table."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import tee_rider
from tee_rider.model_check.claim_table import (
    FAILED,
    NOTHING,
    Evidence,
    Row,
    drift,
    renewed,
    rows_of,
)
from tee_rider.model_check.claims import CLAIMS, Claim
from tee_rider.model_check.commands.verify import (
    Check,
    exploration_covered,
    mutants_covered,
    proofs_covered,
    run_all,
)
from tee_rider.model_check.console import ExitCode, console, print_json

README = Path(tee_rider.__file__).parent / "proofs_notes" / "README.md"
COVERED = {"prove": proofs_covered, "mutants": mutants_covered}


def claims(
    only: Annotated[
        str, typer.Option(metavar="COMMAND", help="Those whose command begins so: prove --lemma 03")
    ] = "",
    write: Annotated[
        bool, typer.Option("--write", help="Renew the table in proofs_notes/README.md.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="How many checks run at once.")
    ] = os.cpu_count() or 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the checks behind every claim, and compare what they show with the table.

    Ends with 0 if all claims are shown and the table says so, but for times; with 1 if not.
    """
    chosen = [claim for claim in CLAIMS if " ".join(claim.command).startswith(only)]
    if not chosen:
        begun = sorted({claim.command[0] for claim in CLAIMS if claim.command})
        raise typer.BadParameter(f"--only {only!r}: commands begin with {', '.join(begun)}")
    rows = rows_of(chosen, evidence(chosen, jobs))
    text = README.read_text(encoding="utf-8")
    if write:
        text = renewed(text, rows)
        README.write_text(text, encoding="utf-8")
    drifted = drift(rows, text)
    unshown = [row for row in rows if row.status == FAILED]
    if as_json:
        cells = [dict(zip(Row.__slots__, row.cells, strict=True)) for row in rows]
        print_json({"claims": cells, "drifted": drifted})
    else:
        for row in unshown:
            console.print(f"NOT SHOWN: {row.claim}: {row.command}", style="bold red", markup=False)
        for line in drifted:
            console.print(line, markup=False)
        console.print(f"{len(rows) - len(unshown)} of {len(rows)} claims are shown.")
    raise typer.Exit(ExitCode.VIOLATED if unshown or drifted else ExitCode.HOLDS)


def evidence(chosen: Sequence[Claim], jobs: int) -> dict[tuple[str, ...], Evidence]:
    """What came of each command, each run once."""
    commands = list(dict.fromkeys(claim.command for claim in chosen if claim.command))
    checks = [Check("claim", c, COVERED.get(c[0], exploration_covered)) for c in commands]
    found: dict[tuple[str, ...], Evidence] = {(): NOTHING}
    for done in run_all(checks, jobs):
        command = done.check.arguments
        found[command] = Evidence(done.exit_code, done.document, done.covered, done.seconds)
        if done.exit_code != ExitCode.HOLDS and done.errors:
            console.print(f"{done.check.command}: {done.errors[-500:]}", markup=False)
    return found
