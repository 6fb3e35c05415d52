"""A lemma: a number, a title, the note beside it, and the subjects that are checked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from tee_rider.proofs_notes.kit.result import Kind, Result


class Subject(Protocol):
    """A claim, a system or a computation: what a lemma consists of."""

    def check(self, lemma: str) -> Iterator[Result]:
        """Yield one result for each thing that was asked."""


@dataclass(frozen=True)
class Computation:
    """A finite check in plain Python: `run` returns whether it holds, and what it found."""

    name: str
    scope: str
    run: Callable[[], tuple[bool, str]]
    kind: Kind = Kind.PROVED

    def check(self, lemma: str) -> Iterator[Result]:
        """Run it, and measure it."""
        started = perf_counter()
        holds, detail = self.run()
        seconds = perf_counter() - started
        how = "enumeration"
        yield Result(lemma, self.name, self.kind, holds, seconds, (), how, self.scope, detail)


@dataclass(frozen=True)
class Lemma:
    """What a module `lemma_NN_name.py` exports as LEMMA; `module` is its `__file__`."""

    number: str
    title: str
    subjects: tuple[Subject, ...]
    module: str

    @property
    def note(self) -> Path:
        """The readable text beside the module."""
        return Path(self.module).with_suffix(".md")

    def check(self) -> list[Result]:
        """Check every subject."""
        return [result for subject in self.subjects for result in subject.check(self.number)]
