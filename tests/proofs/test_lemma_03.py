"""Lemma 03: proved in EPR, nothing assumed in a guard, every weakened quorum is refuted."""

from collections import Counter

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_03_key_lemma import LEMMA, REACHED, SYSTEM

MEET, NO_TWIN = "two quorums meet (lemma 01)", "one vertex per source and round (lemma 02)"


def test_everything_holds(results: dict[str, Result]) -> None:
    assert [r.obligation for r in results.values() if not r.holds] == []
    assert Counter(r.kind for r in results.values()) == {
        Kind.PROVED: 13,
        Kind.SATISFIABLE: 4,
        Kind.REFUTED: 7,
        Kind.NEEDED: 18,
    }


def test_all_proofs_stay_in_epr_and_speak_of_all_n(results: dict[str, Result]) -> None:
    proved = [r for r in results.values() if r.kind is Kind.PROVED]
    assert {(r.fragment, r.scope) for r in proved} == {("EPR", "all n")}


def test_the_inductive_step_uses_what_the_argument_says(results: dict[str, Result]) -> None:
    used = results["insert keeps support is inherited"].used
    assert {MEET, NO_TWIN, "an edge extends a path", "insert: edges to a quorum"} <= set(used)
    assert results[REACHED].used == ("a commit has a supporting quorum", "support is inherited")


def test_non_equivocation_and_quorums_are_needed(results: dict[str, Result]) -> None:
    for name in (MEET, NO_TWIN):
        assert results[f"without {name}"].detail == "breaks: insert keeps support is inherited"


def test_every_mutant_commits_and_then_inserts_or_the_other_way(results: dict[str, Result]) -> None:
    names = [m.name for m in SYSTEM.mutants]
    assert names == [
        "q - 1 supporters at n = 5",
        "q - 1 edges at n = 5",
        "1 supporter",
        "1 edge",
        "1 supporter, four rounds",
        "q = n / 2 at n = 4",
        "B equivocates in round 2",
    ]
    for name in names:
        steps = results[f"mutant: {name}"].detail.splitlines()
        assert sum("commit(" in line for line in steps) == 1
        last_round = "r=4" if "four" in name else "r=2"
        assert any("insert(" in line and last_round in line for line in steps)


def test_equivocation_is_between_dags_not_within_one(results: dict[str, Result]) -> None:
    steps = results["mutant: B equivocates in round 2"].detail
    for correct in ("A", "B"):
        own = [line for line in steps.splitlines() if f"insert(p={correct}, v=B2" in line]
        assert len(own) == 1


def test_the_note_names_every_invariant_redundancy_and_mutant() -> None:
    note = LEMMA.note.read_text(encoding="utf-8")
    assert list(SYSTEM.redundant) == ["DAGs are closed"]
    parts = [*SYSTEM.invariants, *SYSTEM.redundant, *(m.name for m in SYSTEM.mutants)]
    assert [part for part in parts if part not in note] == []
