"""What all tests of lemmas share: each subject is checked once, however many tests look at it.

Once for all processes of a run: who needs results that another is at work on waits for them.
"""

import fcntl
import pickle
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tee_rider.proofs_notes.catalogue import lemmas
from tee_rider.proofs_notes.kit.result import Result
from tee_rider.proofs_notes.lemma import Subject

CHECKED: dict[int, tuple[Result, ...]] = {}
"""By the identity of the subject; those of lemmas live as long as their modules."""
FOLDERS: list[Path] = []
"""Where the processes of this run leave results for each other."""


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each process of a run has a folder of its own, in one that is the run's."""
    own = tmp_path_factory.getbasetemp()
    if own.name.startswith("popen-"):
        FOLDERS.append(own.parent)
    yield
    FOLDERS.clear()


def results_of(subject: Subject, number: str) -> tuple[Result, ...]:
    """All results of a claim, a system or a computation of a lemma."""
    if id(subject) not in CHECKED:
        (place,) = (i for i, other in enumerate(subjects(number)) if other is subject)
        CHECKED[id(subject)] = once(f"lemma_{number}_{place}", subject, number)
    return CHECKED[id(subject)]


def once(name: str, subject: Subject, number: str) -> tuple[Result, ...]:
    """What another process of this run has found, if one has."""
    if not FOLDERS:
        return tuple(subject.check(number))
    with (FOLDERS[0] / name).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if written := file.read():
            return tuple(pickle.loads(written))
        results = tuple(subject.check(number))
        file.write(pickle.dumps(results))
    return results


def subjects(number: str) -> list[Subject]:
    """All that a lemma checks."""
    return [subject for lemma in lemmas(number) for subject in lemma.subjects]


@cache
def check(number: str) -> tuple[Result, ...]:
    """All results of a lemma."""
    return tuple(r for subject in subjects(number) for r in results_of(subject, number))


@pytest.fixture(scope="module")
def every(request: pytest.FixtureRequest) -> tuple[Result, ...]:
    """All results of the lemma that the test file is named after."""
    return check(request.path.stem.removeprefix("test_lemma_"))


@pytest.fixture(scope="module")
def results(every: tuple[Result, ...]) -> dict[str, Result]:
    """The same, by name."""
    return {result.obligation: result for result in every}
