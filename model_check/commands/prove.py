"""``tee-rider prove``: the proofs, which run as a program of their own.

They share no code with the checks, so that a proof cannot copy what it vouches for.
"""

import subprocess
import sys
from typing import Annotated

import typer

PROOFS = (sys.executable, "-m", "tee_rider.proofs_notes")


def prove(
    lemma: Annotated[str, typer.Option(metavar="NN", help="Only this lemma, query by query.")] = "",
    explain: Annotated[bool, typer.Option(help="Print notes, instances and runs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every result as JSON.")] = False,
) -> None:
    """Prove the lemmas for all n, rounds and waves, and show that the proofs could have failed.

    Ends with 0 if everything came out as it should, 1 if something did not, 2 for bad arguments.
    """
    options = ["--lemma", lemma] if lemma else []
    options += ["--explain"] * explain + ["--json"] * as_json
    raise typer.Exit(subprocess.run([*PROOFS, *options], check=False).returncode)
