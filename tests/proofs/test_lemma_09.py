"""Lemma 09: weak edges give validity; without them a slow correct replica is left out."""

from collections import Counter

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_09_validity import SYSTEM, VALIDITY

ABOVE = "all vertices above the settled round have the target"
FROM = "correct vertices from the settled round on have the target"


def test_everything_holds(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every) == {
        Kind.PROVED: 21,
        Kind.SATISFIABLE: 8,
        Kind.REFUTED: 6,
        Kind.NEEDED: 30,
    }


def test_the_system_is_proved_in_epr(results: dict[str, Result]) -> None:
    system = [r for r in results.values() if r.kind is Kind.PROVED and " keeps " in r.obligation]
    assert len(system) == 15
    assert {r.fragment for r in system} == {"EPR"}


def test_fairness_is_named_and_needed(results: dict[str, Result]) -> None:
    assert "create: fairness" in results[f"create keeps {FROM}"].used
    assert results["without create: fairness"].detail.startswith("breaks: create keeps ")


def test_faulty_creators_are_bound_by_their_strong_edges(results: dict[str, Result]) -> None:
    used = set(results[f"create_faulty keeps {ABOVE}"].used)
    assert {"a quorum holds a correct replica", "create_faulty: q strong edges", FROM} <= used


def test_without_weak_edges_nobody_needs_to_be_faulty(results: dict[str, Result]) -> None:
    run = results["mutant: no weak edges (F9)"].detail
    assert "correct: (A) (B) (C)" in run
    assert "create_faulty" not in run
    assert "start(p=C, r=1)" in run
    assert "create(p=C" not in run


def test_each_mutant_breaks_validity() -> None:
    assert [(m.violates, m.steps) for m in SYSTEM.mutants] == [
        (VALIDITY, 9),
        (VALIDITY, 11),
        (VALIDITY, 6),
        (VALIDITY, 4),
    ]
