"""The table of claims: what a check's results say of each, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.claims import CLAIMS, Claim, Status

Document = Any
BEGIN = "<!-- claims: written by `tee-rider claims --write` -->"
END = "<!-- end of claims -->"
HEADER = ("claim", "status", "scope", "checked", "method", "assumes", "command", "s", "note")
FAILED = "FAILED"
METHOD = {"": "Z3, an instance", "enumeration": "enumeration"}
KIND = {Status.PROVED: "proved", Status.REFUTED: "refuted"}
"""Of the results of a lemma: what they must show."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came of a command."""

    exit_code: int
    document: Document
    covered: str
    seconds: float


NOTHING = Evidence(0, None, "", 0.0)
"""For what nothing checks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    claim: str
    status: str
    scope: str
    checked: str
    method: str
    assumes: str
    command: str
    seconds: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        """As they stand in the table."""
        short = self.note.removeprefix("lemma_").removesuffix(".md").replace("_", " ")
        note = f"[{short}]({self.note})" if self.note else ""
        parts = (self.claim, self.status, self.scope, self.checked, self.method, self.assumes)
        return (*parts, self.command, self.seconds, note)

    @property
    def key(self) -> tuple[str, str]:
        """Which claim it is of."""
        return _key(self.cells)


def row_of(claim: Claim, evidence: Evidence) -> Row:
    """What the evidence says of a claim: its status only if the check shows just that."""
    named = _named(claim, (evidence.document or {}).get("results", []))
    of_lemma = claim.command[:1] == ("prove",)
    shown = evidence.exit_code == 0 and (len(named) == len(claim.results) > 0 or not of_lemma)
    checked = bool(claim.command) == (claim.status is not Status.CONJECTURED)
    return Row(
        claim=claim.statement,
        status=claim.status if shown and checked else FAILED,
        scope=_joined(result["scope"] for result in named) if of_lemma else _scope(claim),
        checked=evidence.covered,
        method=_method(claim, named),
        assumes=" ".join(claim.assumes),
        command=shown_command(claim),
        seconds=f"{evidence.seconds:.0f}" if claim.command else "",
        note=claim.note,
    )


def shown_command(claim: Claim) -> str:
    """What a person types, if there is anything to run."""
    return f"`tee-rider {' '.join(claim.command)}`" if claim.command else ""


def rows_of(claims: Sequence[Claim], evidence: Mapping[tuple[str, ...], Evidence]) -> list[Row]:
    """A row for each claim, by the evidence of its command."""
    return [row_of(claim, evidence[claim.command]) for claim in claims]


def table(lines: Iterable[Sequence[str]]) -> str:
    """The table, between its two marks."""
    every = [HEADER, ("---",) * len(HEADER), *lines]
    return "\n".join([BEGIN, *(f"| {' | '.join(line)} |" for line in every), END])


def written(text: str) -> list[tuple[str, ...]]:
    """The lines of the table that a text holds, as cells.

    Raises:
        ValueError: there is no such table in it.
    """
    return [tuple(line[2:-2].split(" | ")) for line in _between(text).splitlines()[2:]]


def lasting(cells: Sequence[str]) -> tuple[str, ...]:
    """All that does not depend on the machine: everything but the time."""
    return tuple(cell for name, cell in zip(HEADER, cells, strict=True) if name != "s")


def renewed(text: str, rows: Sequence[Row]) -> str:
    """The text with these rows in its table; lines of claims that were not checked stay."""
    new, old = {row.key: row.cells for row in rows}, {_key(cells): cells for cells in written(text)}
    order = [(claim.statement, shown_command(claim)) for claim in CLAIMS]
    every = {**old, **new}
    lines = [every[key] for key in order if key in every]
    return text.replace(f"{BEGIN}\n{_between(text)}{END}", table(lines))


def drift(rows: Sequence[Row], text: str) -> list[str]:
    """Where the table of a text says something else than the rows, but for times."""
    there = {lasting(cells) for cells in written(text)}
    return [
        f"not in the table: {' | '.join(row.cells)}"
        for row in rows
        if lasting(row.cells) not in there
    ]


def _between(text: str) -> str:
    if BEGIN not in text or END not in text:
        raise ValueError(f"no table of claims: the lines {BEGIN} and {END} are missing")
    return text.partition(f"{BEGIN}\n")[2].partition(END)[0]


def _named(claim: Claim, results: Sequence[Document]) -> list[Document]:
    """The results of the lemma that say the claim, those that hold and are of its kind."""
    right = {r["obligation"]: r for r in results if r["holds"] and r["kind"] == KIND[claim.status]}
    return [right[name] for name in claim.results if name in right]


def _scope(claim: Claim) -> str:
    arguments = claim.command
    return f"n = {arguments[arguments.index('--n') + 1]}" if "--n" in arguments else ""


def _method(claim: Claim, named: Sequence[Document]) -> str:
    if not claim.command:
        return "argument"
    if claim.command[0] != "prove":
        return {"fine": "shapes", "frontier": "shapes"}.get(claim.command[0], claim.command[0])
    return _joined(METHOD.get(r["fragment"], f"Z3, {r['fragment']}") for r in named) + (
        ", bridge" * claim.bridged
    )


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _key(cells: Sequence[str]) -> tuple[str, str]:
    return cells[HEADER.index("claim")], cells[HEADER.index("command")]
