"""One line of the table: what was asked, what came out, how long it took."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a check is meant to show."""

    PROVED = "proved"
    SATISFIABLE = "satisfiable"
    REFUTED = "refuted"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Result:
    """`holds`: the check showed what its kind says; `detail` is the instance, run or reason."""

    lemma: str
    obligation: str
    kind: Kind
    holds: bool
    seconds: float
    used: tuple[str, ...] = ()
    fragment: str = ""
    scope: str = "all n"
    detail: str = ""
