"""The table of claims: complete, in agreement with itself, and never kinder than the checks."""

import re
from dataclasses import replace

import pytest

from tee_rider.model_check.claim_table import (
    FAILED,
    HEADER,
    NOTHING,
    Evidence,
    replaced,
    row_of,
    rows_of,
    table,
    written,
)
from tee_rider.model_check.claims import CLAIMS, Status
from tee_rider.model_check.commands import claims as command
from tee_rider.model_check.commands.claims import README, drift, evidence
from tee_rider.model_check.commands.verify import CHECKS

NOTES = README.parent
SEEN = Evidence(0, {"results": []}, "12 states", 3.4)
EXPLORED = [claim for claim in CLAIMS if claim.status is Status.EXPLORED]
QUICK = [claim for claim in EXPLORED if claim.command in {("frontier", "--n", "3")}]


def test_every_claim_has_its_line_in_the_order_of_the_declaration() -> None:
    lines = written(README.read_text(encoding="utf-8"))
    command_cell = HEADER.index("command")
    assert [(line[0], line[command_cell]) for line in lines] == [
        (claim.statement, f"`tee-rider {' '.join(claim.command)}`" if claim.command else "")
        for claim in CLAIMS
    ]
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
def test_a_quick_search_finds_what_the_table_says(claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "CLAIMS", [claim])
    (row,) = rows_of([claim], evidence(jobs=1))
    assert row.lasting in written(README.read_text(encoding="utf-8"))


@pytest.mark.nightly
def test_every_search_finds_what_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "CLAIMS", EXPLORED)
    rows = rows_of(EXPLORED, evidence(jobs=2))
    lines = written(README.read_text(encoding="utf-8"))
    assert [row.lasting for row in rows if row.lasting not in lines] == []


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
    rows = [row_of(claim, SEEN) for claim in EXPLORED[:2]]
    text = f"before\n\n{table(rows[:1])}\n\nafter\n"
    assert drift(rows[:1], text) == []
    assert drift([row_of(EXPLORED[0], replace(SEEN, seconds=99))], text) == []
    assert drift(rows, text)[0].startswith("missing in the table: ")
    assert drift([], text)[0].startswith("only in the table: ")
    renewed = replaced(text, reversed(rows))
    assert renewed.startswith("before\n\n<!-- claims")
    assert renewed.endswith("<!-- end of claims -->\n\nafter\n")
    assert drift(rows, renewed) == ["the table has another order"]


def test_a_text_without_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table of claims: the lines <!-- claims"):
        written("nothing")
