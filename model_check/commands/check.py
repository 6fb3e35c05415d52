"""``tee-rider check``: does a trace conform."""

from pathlib import Path
from typing import Annotated

import typer

from tee_rider.model_check.conformance.judge import judge_trace
from tee_rider.model_check.conformance.report import document_of, text_of
from tee_rider.model_check.conformance.verdict import Judgement, Verdict, worst
from tee_rider.model_check.console import UsageError, print_json, progress


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            exists=True,
            dir_okay=False,
            readable=True,
            help="Traces, each of a run of its own.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Judge traces: their properties, and a replay through the reference.

    Ends with 0 if all conform, 1 if one violates, 2 if one is malformed, 3 if one is inconclusive.
    """
    judgements: list[Judgement] = []
    for file in files:
        judgement = judge_file(file)
        judgements.append(judgement)
        if not as_json:
            typer.echo(text_of(judgement))
    verdict = worst(judgement.verdict for judgement in judgements)
    if as_json:
        print_json({"verdict": verdict, "files": [document_of(each) for each in judgements]})
    raise typer.Exit(verdict.exit_code)


def judge_file(file: Path) -> Judgement:
    """The judgement of one file; a defect of the check itself is told as such."""
    with progress(f"check {file}") as tick:
        try:
            return judge_trace(file, tick)
        except UsageError as error:
            raise typer.BadParameter(str(error)) from None
        except Exception as defect:
            return Judgement(str(file), Verdict.HARNESS_ERROR, problem=defect)
