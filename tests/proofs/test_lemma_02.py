"""Lemma 02: proved in EPR, every mutant equivocates, and the note says what the code does."""

from collections import Counter

import pytest

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_02_non_equivocation import LEMMA, SYSTEM


def test_everything_holds(results: dict[str, Result]) -> None:
    assert [r.obligation for r in results.values() if not r.holds] == []
    assert Counter(r.kind for r in results.values()) == {
        Kind.PROVED: 34,
        Kind.SATISFIABLE: 4,
        Kind.REFUTED: 5,
        Kind.NEEDED: 27,
    }


def test_all_proofs_stay_in_epr_and_speak_of_all_n(results: dict[str, Result]) -> None:
    proved = [r for r in results.values() if r.kind is Kind.PROVED]
    assert {(r.fragment, r.scope) for r in proved} == {("EPR", "all n")}


@pytest.mark.parametrize(
    ("mutant", "step"),
    [
        ("gaps are allowed", "take("),
        ("the counter can be set back under one key", "set_back("),
        ("each receiver drops what it likes", "pass_over("),
        ("a later vertex overwrites", "take("),
        ("rounds need not increase", "take("),
    ],
)
def test_a_mutant_is_refuted_by_steps(results: dict[str, Result], mutant: str, step: str) -> None:
    steps = results[f"mutant: {mutant}"].detail.splitlines()
    assert any(step in line for line in steps)
    assert sum("take(" in line for line in steps) == 2 + (mutant == "a later vertex overwrites")


def test_the_mutants_are_these() -> None:
    assert [m.name for m in SYSTEM.mutants] == [
        "gaps are allowed",
        "the counter can be set back under one key",
        "each receiver drops what it likes",
        "a later vertex overwrites",
        "rounds need not increase",
    ]


def test_no_hypothesis_is_redundant() -> None:
    assert SYSTEM.redundant == {}


def test_the_note_names_every_invariant_step_and_mutant() -> None:
    note = LEMMA.note.read_text(encoding="utf-8")
    parts = [*SYSTEM.invariants, *SYSTEM.transitions, *(m.name for m in SYSTEM.mutants)]
    assert [part for part in parts if part not in note] == []
