"""What all tests of lemmas share: each subject is checked once, however many tests look at it."""

from functools import cache

import pytest

from tee_rider.proofs_notes.catalogue import lemmas
from tee_rider.proofs_notes.kit.result import Result
from tee_rider.proofs_notes.lemma import Subject

CHECKED: dict[int, tuple[Result, ...]] = {}
"""By the identity of the subject; those of lemmas live as long as their modules."""


def results_of(subject: Subject, number: str) -> tuple[Result, ...]:
    """All results of a claim, a system or a computation of a lemma."""
    if id(subject) not in CHECKED:
        CHECKED[id(subject)] = tuple(subject.check(number))
    return CHECKED[id(subject)]


@cache
def check(number: str) -> tuple[Result, ...]:
    """All results of a lemma."""
    subjects = [subject for lemma in lemmas(number) for subject in lemma.subjects]
    return tuple(result for subject in subjects for result in results_of(subject, number))


@pytest.fixture(scope="module")
def every(request: pytest.FixtureRequest) -> tuple[Result, ...]:
    """All results of the lemma that the test file is named after."""
    return check(request.path.stem.removeprefix("test_lemma_"))


@pytest.fixture(scope="module")
def results(every: tuple[Result, ...]) -> dict[str, Result]:
    """The same, by name."""
    return {result.obligation: result for result in every}
