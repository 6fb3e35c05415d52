"""Lemma 04: chains, the walk back and the order of deliveries, each refuted when mutated."""

from collections import Counter

import pytest

from tee_rider.proofs_notes import lemma_04_chains, lemma_04_total_order
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_04_leader_chains import LEMMA
from tee_rider.proofs_notes.lemma_04_walk_back import AXIOMS, SYSTEM

CLAIMS = (*lemma_04_chains.CLAIMS, *lemma_04_total_order.CLAIMS)


def test_everything_holds(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every) == {
        Kind.PROVED: 53,
        Kind.SATISFIABLE: 16,
        Kind.REFUTED: 15,
        Kind.NEEDED: 88,
    }


def test_all_proofs_stay_in_epr_and_speak_of_all_n(every: tuple[Result, ...]) -> None:
    proved = [r for r in every if r.kind is Kind.PROVED]
    assert {(r.fragment, r.scope) for r in proved} == {("EPR", "all n")}


def test_what_the_loop_assumes_of_chains_is_what_the_claims_prove() -> None:
    assumed = {name for name in AXIOMS if name[0] in "CS" and name[1].isdigit()}
    proved = {claim.name.split(":")[0] for claim in lemma_04_chains.CLAIMS}
    assert assumed - proved == {"S0"}


def test_the_walk_uses_every_fact_about_chains(every: tuple[Result, ...]) -> None:
    (finish,) = (
        r
        for r in every
        if r.obligation == "finish keeps what is committed is the chain of what is decided"
    )
    assert {"C0", "C1", "C2"} <= set(finish.used)


@pytest.mark.parametrize(
    ("mutant", "step"),
    [
        ("no walk back", "finish("),
        ("the walk back takes every leader it knows", "take("),
        ("paths from the top leader only", "take("),
        ("a leader without a quorum is committed", "skip("),
    ],
)
def test_a_mutant_is_refuted_by_steps(every: tuple[Result, ...], mutant: str, step: str) -> None:
    assert mutant in [m.name for m in SYSTEM.mutants]
    in_steps = [r for r in every if r.obligation == f"mutant: {mutant}" and "1. " in r.detail]
    assert len(in_steps) == 1
    assert step in in_steps[0].detail
    assert in_steps[0].detail.count("commit(") >= 2


def test_instances_have_no_elements_without_a_name(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if "!val!" in r.detail] == []


def test_the_note_names_every_redundancy_and_mutant() -> None:
    note = LEMMA.note.read_text(encoding="utf-8")
    mutants = [m.name for m in SYSTEM.mutants] + [
        name for claim in CLAIMS for name in claim.mutants
    ]
    assert [part for part in [*SYSTEM.redundant, *mutants] if part not in note] == []
