"""The table of claims: complete, in agreement with itself, and never kinder than the checks."""

import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.claim_table import (
    FAILED,
    HEADER,
    NOTHING,
    Evidence,
    drift,
    renewed,
    row_of,
    rows_of,
    shown_command,
    table,
    written,
)
from tee_rider.model_check.claims import CLAIMS, Status
from tee_rider.model_check.cli import app
from tee_rider.model_check.commands.claims import README, evidence
from tee_rider.model_check.commands.verify import CHECKS

NOTES = README.parent
SEEN = Evidence(0, {"results": []}, "12 states", 3.4)
EXPLORED = [claim for claim in CLAIMS if claim.status is Status.EXPLORED]
QUICK = [claim for claim in EXPLORED if claim.command in {("frontier", "--n", "3")}]


def test_every_claim_has_its_line_in_the_order_of_the_declaration() -> None:
    lines = written(README.read_text(encoding="utf-8"))
    command = HEADER.index("command")
    declared = [(claim.statement, shown_command(claim)) for claim in CLAIMS]
    assert [(line[0], line[command]) for line in lines] == declared
    assert len(set(declared)) == len(declared)
    assert [line[1] for line in lines] == [claim.status for claim in CLAIMS]


def test_what_is_assumed_and_what_explains_it_exists() -> None:
    assumptions = (NOTES / "assumptions.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| ([ABC]\d+) ", assumptions, re.MULTILINE))
    assert {name for claim in CLAIMS for name in claim.assumes} <= named
    assert [c.note for c in CLAIMS if c.note and not (NOTES / c.note).is_file()] == []


def test_every_search_of_the_main_job_supports_a_claim() -> None:
    searches = {c.arguments for c in CHECKS if c.kind in {"exploration", "frontier", "mutants"}}
    assert searches <= {claim.command for claim in CLAIMS}


@pytest.mark.parametrize("claim", QUICK, ids=lambda claim: claim.command[0])
def test_a_quick_search_finds_what_the_table_says(claim) -> None:
    rows = rows_of([claim], evidence([claim], jobs=1))
    assert drift(rows, README.read_text(encoding="utf-8")) == []


@pytest.mark.nightly
def test_every_search_finds_what_the_table_says() -> None:
    rows = rows_of(EXPLORED, evidence(EXPLORED, jobs=2))
    assert drift(rows, README.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("exit_code", [1, 2, 3, 4])
def test_a_search_that_does_not_hold_supports_nothing(exit_code: int) -> None:
    assert row_of(EXPLORED[0], SEEN).status == "explored"
    assert row_of(EXPLORED[0], replace(SEEN, exit_code=exit_code)).status == FAILED


def test_what_nothing_checks_is_a_conjecture_and_nothing_else() -> None:
    (conjecture, *_) = (claim for claim in CLAIMS if claim.status is Status.CONJECTURED)
    assert row_of(conjecture, NOTHING).status == "conjectured"
    assert row_of(replace(conjecture, status=Status.PROVED), NOTHING).status == FAILED
    assert row_of(replace(EXPLORED[0], command=()), NOTHING).status == FAILED
    assert row_of(replace(EXPLORED[0], status=Status.CONJECTURED), SEEN).status == FAILED


def test_a_lemma_that_printed_nothing_proves_nothing() -> None:
    assert row_of(CLAIMS[0], replace(SEEN, document=None)).status == FAILED


def test_a_table_is_read_as_it_was_written_and_times_do_not_count() -> None:
    first, second = (row_of(claim, SEEN) for claim in EXPLORED[:2])
    text = f"before\n\n{table([first.cells])}\n\nafter\n"
    assert written(text) == [first.cells]
    assert drift([first], text) == []
    assert drift([row_of(EXPLORED[0], replace(SEEN, seconds=99))], text) == []
    (missing,) = drift([first, second], text)
    assert missing.startswith("not in the table: ")


def test_a_table_is_renewed_in_the_order_of_the_declaration() -> None:
    first, second = (row_of(claim, SEEN) for claim in EXPLORED[:2])
    text = f"before\n\n{table([second.cells])}\n\nafter\n"
    more = row_of(EXPLORED[0], replace(SEEN, covered="13 states"))
    for rows in ([first], [more]):
        text = renewed(text, rows)
        assert written(text) == [rows[0].cells, second.cells]
    assert text.startswith("before\n\n<!-- claims")
    assert text.endswith("<!-- end of claims -->\n\nafter\n")


def test_what_is_claimed_no_more_leaves_the_table() -> None:
    gone = replace(row_of(EXPLORED[0], SEEN), claim="the moon is round")
    assert written(renewed(table([gone.cells]), [])) == []


def test_a_text_without_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table of claims: the lines <!-- claims"):
        written("nothing")


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(app, ["claims", "--only", "dance"])
    assert result.exit_code == 2
    assert "commands begin with" in result.output
