"""``tee-rider verify``: the main job, every kind of check at its default bound, in one table.

Each row is a command that a person can run alone; this verb runs them side by side.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, TypeAlias

import typer
from rich.table import Table

from tee_rider.model_check.console import ExitCode, console, print_json, progress

Document: TypeAlias = Any
LONGEST_CHECK = 1800
"""Seconds after which a check counts as failed: it hangs."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row: a command, and how to say in a few words what its document shows."""

    kind: str
    arguments: tuple[str, ...]
    covered: Callable[[Document], str]
    module: str = "tee_rider.model_check"

    @property
    def command(self) -> str:
        """What a person types to run this row alone."""
        program = "tee-rider" if self.module.endswith("model_check") else f"python -m {self.module}"
        return " ".join((program, *self.arguments))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check."""

    check: Check
    exit_code: int
    covered: str
    seconds: float
    errors: str = ""
    document: Document = None
    """All that the check printed."""


def run_covered(run: Document) -> str:
    """A simulated run: how much happened, and whether any property had nothing to judge."""
    judged = sum(finding["status"] == "holds" for finding in run["properties"])
    return (
        f"{run['commits']} commits, {run['walk_backs']} by walking back, {run['weak_edges']} weak"
        f" edges, {sum(run['rejections'].values())} rejections; {judged} properties judged"
    )


def exploration_covered(report: Document) -> str:
    """An exploration: its bound and its counts."""
    return f"{report['bound']}: {report['states']:,} states, {report['transitions']:,} transitions"


def mutants_covered(document: Document) -> str:
    """The kill matrix: how many die."""
    mutants = document["mutants"]
    equivalent = sum(mutant["equivalent"] is not None for mutant in mutants)
    killed = sum(bool(mutant["killed_by"]) and not mutant["equivalent"] for mutant in mutants)
    return f"{killed} of {len(mutants)} mutants killed, {equivalent} harmless with the reason"


def proofs_covered(document: Document) -> str:
    """The proofs: how many queries of each kind came out as they should."""
    kinds = [result["kind"] for result in document["results"] if result["holds"]]
    lemmas = sorted({result["lemma"] for result in document["results"]})
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    return f"{len(lemmas)} lemmas: {counts}" if len(lemmas) > 1 else counts


def findings_covered(document: Document) -> str:
    """The findings: how often each verdict was reached, all of them as recorded."""
    verdicts = [finding["verdict"] for finding in document["findings"]]
    return ", ".join(f"{verdicts.count(kind)} {kind}" for kind in sorted(set(verdicts)))


def setup_covered(document: Document) -> str:
    """Setup: all that one lying host can say, and the wrong rules that are noticed."""
    return f"{document['choices']:,} choices of a lying host, {len(document['mutants'])} mutants"


def game_covered(document: Document) -> str:
    """The game: its value, and what was measured on the reference."""
    replay = document["replay"]
    return (
        f"a wave is committed directly with probability {document['probability']['any']};"
        f" {replay['any']} of {replay['waves']} waves replayed"
    )


def recovery_covered(document: Document) -> str:
    """Recovery: how many settings of the first design, and one crash and return."""
    states = sum(report["states"] for report in document["returns"])
    settings = len(document["collected_freezes"])
    return f"{settings} settings of (d, r); {states:,} states of one crash and return"


def run(*arguments: str) -> Check:
    """A simulated run, judged by every property."""
    return Check("properties", ("simulate", *arguments), run_covered)


def fine(n: int, waves: int, *more: str) -> Check:
    """Every shape of some waves."""
    arguments = ("fine", "--n", str(n), "--waves", str(waves), *more)
    return Check("exploration", arguments, exploration_covered)


def frontier(n: int, *more: str) -> Check:
    """Every shape of any number of waves."""
    return Check("frontier", ("frontier", "--n", str(n), *more), exploration_covered)


BOTH = ((), ("--profile", "hardened"))
"""As published, and with every finding repaired."""
CHECKS = (
    # The longest first, so that none of them is left to run alone in the end.
    Check("mutants", ("mutants",), mutants_covered),
    Check("proofs", (), proofs_covered, module="tee_rider.proofs_notes"),
    Check(
        "exploration",
        ("explore", "--n", "3", "--rounds", "4", "--faulty", "1"),
        exploration_covered,
    ),
    Check("recovery", ("recovery",), recovery_covered),
    Check(
        "exploration",
        ("explore", "--n", "3", "--rounds", "4", "--every-state"),
        exploration_covered,
    ),
    Check(
        "exploration",
        ("explore", "--n", "4", "--rounds", "2", "--faulty", "1", "--junk", "1"),
        exploration_covered,
    ),
    *(fine(n, waves, *more) for n, waves in ((3, 4), (4, 3), (5, 2)) for more in BOTH),
    fine(3, 2, "--late"),
    *(frontier(n, *more) for n in (3, 4, 5) for more in BOTH),
    frontier(6),
    run("--n", "7", "--faulty", "3", "--waves", "20", "--seed", "1", "--scheduler", "starve"),
    run("--n", "7", "--faulty", "3", "--waves", "20", "--seed", "2", "--scheduler", "partition"),
    run("--n", "5", "--faulty", "2", "--waves", "40", "--seed", "3", "--scheduler", "random"),
    run("--n", "5", "--faulty", "1", "--waves", "40", "--seed", "4", "--scheduler", "newest"),
    run("--n", "4", "--faulty", "1", "--waves", "60", "--seed", "5", "--scheduler", "fifo"),
    run("--n", "3", "--faulty", "1", "--waves", "60", "--seed", "6", "--holders", "quorum"),
    run("--n", "5", "--faulty", "1", "--crash", "B@6", "--waves", "20", "--seed", "7"),
    Check(
        "recovery",
        (
            *("simulate", "--profile", "hardened", "--n", "5", "--faulty", "1", "--waves", "12"),
            *("--crash", "B@6,C@14,B@20", "--backup-age", "random", "--clients", "4"),
            *("--seed", "3"),
        ),
        run_covered,
    ),
    Check("setup", ("setup", "--n", "3", "--every-lie"), setup_covered),
    Check("game", ("game", "--n", "5", "--profile", "hardened"), game_covered),
    Check("findings", ("findings",), findings_covered),
)


def verify(
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="How many checks run at once.")
    ] = os.cpu_count() or 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run every kind of check at its default bound, and print what was covered.

    Ends with 0 if all hold, else with the worst exit code of a row.
    """
    begun = monotonic()
    outcomes = run_all(CHECKS, jobs)
    seconds = monotonic() - begun
    if as_json:
        print_json({"checks": [_document(outcome) for outcome in outcomes]})
    else:
        _print_table(outcomes, seconds)
    raise typer.Exit(max((outcome.exit_code for outcome in outcomes), key=_badness))


def run_all(checks: Sequence[Check], jobs: int) -> list[Outcome]:
    """Run the checks, so many at once; the outcomes come in the order of the checks."""
    with ThreadPoolExecutor(jobs) as pool, progress("verify") as tick:
        futures: dict[Future[Outcome], Check] = {pool.submit(_run, c): c for c in checks}
        for done, future in enumerate(as_completed(futures), start=1):
            tick(f"{done} of {len(checks)} checks done, last {futures[future].command}")
        return [future.result() for future in futures]


def _run(check: Check) -> Outcome:
    command = [sys.executable, "-m", check.module, *check.arguments, "--json"]
    begun = monotonic()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_CHECK, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(check, ExitCode.HARNESS_ERROR, "", monotonic() - begun, "it hangs")
    seconds = monotonic() - begun
    try:
        document = json.loads(done.stdout)
        covered = check.covered(document)
    except (ValueError, KeyError, TypeError):
        errors = done.stderr.strip() or "it printed no JSON document"
        return Outcome(check, done.returncode or ExitCode.HARNESS_ERROR, "", seconds, errors)
    return Outcome(check, done.returncode, covered, seconds, done.stderr.strip(), document)


def _badness(code: int) -> int:
    order = (ExitCode.HOLDS, ExitCode.INCONCLUSIVE, ExitCode.USAGE, ExitCode.HARNESS_ERROR)
    return len(order) if code not in order else order.index(ExitCode(code))


def _said(outcome: Outcome) -> str:
    match outcome.exit_code:
        case ExitCode.HOLDS:
            return "as it should be"
        case ExitCode.VIOLATED:
            return "VIOLATED"
        case ExitCode.INCONCLUSIVE:
            return "INCONCLUSIVE"
        case _:
            return "FAILED"


def _print_table(outcomes: Sequence[Outcome], seconds: float) -> None:
    table = Table("check", "covered", "verdict", "s", show_lines=False)
    for outcome in outcomes:
        said = _said(outcome)
        row = (outcome.check.kind, outcome.covered or "-", said, f"{outcome.seconds:.0f}")
        table.add_row(*row, style=None if outcome.exit_code == ExitCode.HOLDS else "bold red")
    console.print(table)
    for outcome in outcomes:
        if outcome.exit_code != ExitCode.HOLDS:
            console.print(f"{_said(outcome)}: {outcome.check.command}", style="bold red")
            console.print(outcome.errors[-2000:], markup=False)
    held = sum(outcome.exit_code == ExitCode.HOLDS for outcome in outcomes)
    console.print(f"{held} of {len(outcomes)} checks are as they should be, {seconds:.0f} s.")
    console.print("Bounds are those of the rows; each row alone: tee-rider verify --json.")


def _document(outcome: Outcome) -> dict[str, Any]:
    return {
        "check": outcome.check.kind,
        "command": outcome.check.command,
        "covered": outcome.covered,
        "exit_code": int(outcome.exit_code),
        "verdict": _said(outcome),
        "seconds": round(outcome.seconds, 1),
        "errors": outcome.errors,
    }
