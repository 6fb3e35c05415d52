"""Check the lemmas: `python -m tee_rider.proofs_notes [--lemma NN] [--explain] [--json]`.

Exit code 0: everything that was asked came out as it should; 1: something did not; 2: usage.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from time import perf_counter

from tee_rider.proofs_notes.catalogue import lemmas, numbers
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma import Lemma

Rows = Sequence[Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and print a table: of lemmas, or of one lemma's queries."""
    parser = argparse.ArgumentParser(
        prog="python -m tee_rider.proofs_notes",
        description="Prove the lemmas, and show that the proofs could have failed.",
    )
    parser.add_argument("--lemma", choices=numbers(), help="check this one, and list its queries")
    parser.add_argument("--explain", action="store_true", help="print notes, instances, runs")
    parser.add_argument("--json", action="store_true", help="print every result as JSON")
    options = parser.parse_args(arguments)
    try:
        wanted = lemmas(options.lemma)
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        parser.error("the solver is missing: install z3-solver, or tee-rider[proofs]")
    checked = [timed(lemma) for lemma in wanted]
    failed = [result for _, results, _ in checked for result in results if not result.holds]
    if options.json:
        every = [asdict(result) for _, results, _ in checked for result in results]
        print(json.dumps({"holds": not failed, "results": every}, indent=1))
        return 1 if failed else 0
    for lemma, results, _ in checked:
        if options.explain:
            print(explanation(lemma, results))
        if options.lemma:
            print(table(QUERIES, [query_row(result) for result in results]))
    print(table(SUMMARY, [summary_row(*entry) for entry in checked]))
    for result in failed:
        print(f"FAILED: lemma {result.lemma}, {result.kind}: {result.obligation}")
        print(indented(result.detail))
        print(f"  again: python -m tee_rider.proofs_notes --lemma {result.lemma}")
    return 1 if failed else 0


def timed(lemma: Lemma) -> tuple[Lemma, list[Result], float]:
    """A lemma's results, and the seconds that they took, the solver's and Python's."""
    started = perf_counter()
    results = lemma.check()
    return lemma, results, perf_counter() - started


QUERIES = ("kind", "holds", "seconds", "scope", "obligation", "uses, or breaks")
SUMMARY = ("lemma", "title", *Kind, "failed", "solver s", "total s", "slowest query")


def summary_row(lemma: Lemma, results: list[Result], seconds: float) -> list[str]:
    """How many results of each kind, how long, and which query took longest."""
    counts = [str(sum(r.kind is kind and r.holds for r in results)) for kind in Kind]
    failed = str(sum(not r.holds for r in results))
    solver = f"{sum(r.seconds for r in results):.2f}"
    slowest = max(results, key=lambda r: r.seconds)
    told = f"{slowest.seconds:.2f} {slowest.obligation}"
    return [lemma.number, lemma.title, *counts, failed, solver, f"{seconds:.2f}", told]


def query_row(result: Result) -> list[str]:
    """One query: its scope is how far the answer reaches, and the fragment it was asked in."""
    scope = ", ".join(filter(None, (result.scope, result.fragment)))
    uses = result.detail if result.kind is Kind.NEEDED else "; ".join(result.used)
    verdict, seconds = ("yes" if result.holds else "NO"), f"{result.seconds:.3f}"
    return [result.kind, verdict, seconds, scope, result.obligation, uses]


def table(header: Sequence[str], rows: Rows) -> str:
    """Columns as wide as their widest cell; the last one is left ragged."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    padded = (zip(line, widths, strict=True) for line in lines)
    told = ["  ".join(f"{cell:{width}}" for cell, width in line).rstrip() for line in padded]
    return "\n".join([*told, ""])


def explanation(lemma: Lemma, results: Iterable[Result]) -> str:
    """The note, then what the solver showed: instances of the premises, runs, mutants."""
    shown = [r for r in results if r.detail and r.kind is not Kind.NEEDED]
    found = [f"{r.kind}: {r.obligation}\n{indented(r.detail)}" for r in shown]
    return "\n".join([lemma.note.read_text(encoding="utf-8"), *found, ""])


def indented(text: str) -> str:
    """The text, two blanks to the right."""
    return "\n".join(f"  {line}" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
