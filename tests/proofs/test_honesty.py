"""No lemma is vacuous, assumes what it does not need, or could not have failed: for all of them."""

from collections.abc import Iterator

import pytest

from tee_rider.proofs_notes.catalogue import lemmas, numbers
from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.system import System
from tee_rider.proofs_notes.lemma_05_common_core import Bounded
from tests.proofs.conftest import check

SUBJECTS = [(lemma, subject) for lemma in lemmas() for subject in lemma.subjects]
SYSTEMS = [(lemma, subject) for lemma, subject in SUBJECTS if isinstance(subject, System)]
CLAIMS = [
    (lemma, subject.claim if isinstance(subject, Bounded) else subject)
    for lemma, subject in SUBJECTS
    if isinstance(subject, Claim | Bounded)
]
NAMES = [f"{lemma.number}: {system.name}" for lemma, system in SYSTEMS]


def named(number: str, kind: Kind) -> dict[str, Result]:
    return {r.obligation: r for r in check(number) if r.kind is kind}


def hypotheses(system: System) -> Iterator[str]:
    yield from system.axioms
    yield from system.invariants
    yield from (f"initial: {name}" for name in system.initial)
    for step, transition in system.transitions.items():
        yield from (f"{step}: {name}" for name in transition.guard)


@pytest.mark.parametrize("number", numbers())
def test_everything_holds_and_every_instance_is_told(number: str) -> None:
    assert [r.obligation for r in check(number) if not r.holds] == []
    shown = [*named(number, Kind.SATISFIABLE).values(), *named(number, Kind.REFUTED).values()]
    assert [r.obligation for r in shown if not r.detail] == []


@pytest.mark.parametrize("number", numbers())
def test_some_wrong_version_of_each_lemma_is_refuted(number: str) -> None:
    assert named(number, Kind.REFUTED)


@pytest.mark.parametrize(("lemma", "system"), SYSTEMS, ids=NAMES)
def test_a_system_runs_and_its_mutants_go_wrong_step_by_step(lemma, system: System) -> None:
    possible, refuted = named(lemma.number, Kind.SATISFIABLE), named(lemma.number, Kind.REFUTED)
    assert {f"{name} can happen" for name in system.transitions} <= possible.keys()
    assert system.scenarios
    assert system.mutants
    for name in [*system.scenarios, *(f"{name} can happen" for name in system.transitions)]:
        assert "\n1. " in f"\n{possible[name].detail}"
    for mutant in system.mutants:
        assert "\n1. " in f"\n{refuted[f'mutant: {mutant.name}'].detail}"


@pytest.mark.parametrize(("lemma", "system"), SYSTEMS, ids=NAMES)
def test_each_hypothesis_of_a_system_was_dropped(lemma, system: System) -> None:
    dropped = named(lemma.number, Kind.NEEDED)
    assert {f"without {name}" for name in hypotheses(system)} <= dropped.keys()
    for name in system.redundant:
        assert dropped[f"without {name}"].detail.startswith("declared redundant: ")


def test_what_is_redundant_is_named_in_the_note() -> None:
    for lemma, system in SYSTEMS:
        # The notes of lemma 06 give the reasons in groups.
        if lemma.number != "06":
            note = lemma.note.read_text(encoding="utf-8")
            assert [name for name in system.redundant if name not in note] == []


def test_every_claim_has_premises_that_hold_somewhere_and_needs_them() -> None:
    for lemma, claim in CLAIMS:
        assert f"premises of: {claim.name}" in named(lemma.number, Kind.SATISFIABLE)
        dropped = named(lemma.number, Kind.NEEDED)
        assert {f"without {name}" for name in claim.hypotheses} <= dropped.keys()


def test_claims_without_a_mutant_are_steps_of_inductions_and_bounds_that_are_reached() -> None:
    without = [claim.name for _, claim in CLAIMS if not claim.mutants]
    assert sum("(induction on " in name for name in without) == 4
    assert sum("leaders can be starved" in name for name in without) == 4
    assert len(without) == 8
