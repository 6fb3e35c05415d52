"""A lemma: a number, a title, the note beside it, and the subjects that are checked."""

from dataclasses import dataclass
from pathlib import Path

from tee_rider.proofs_notes.kit.result import Result, Subject


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
