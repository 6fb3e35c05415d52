"""The kill matrix for people: on the terminal, and as a document whose bytes are stable."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from tee_rider.model_check.mutation.cells import Cell, Fate, Line
from tee_rider.model_check.mutation.checkers import CHECKERS
from tee_rider.model_check.mutation.full import Matrix
from tee_rider.model_check.mutation.kill_matrix import Row
from tee_rider.model_check.mutation.mutants import Mutant

KILLED_AT_HOME, KILLED, SURVIVES, UNREACHED = "#", "x", ".", " "
LEGEND = (
    f"{KILLED_AT_HOME} dies on its own ground, {KILLED} dies there too, {SURVIVES} survives;"
    " blank: what is replaced is never used there, or not played by the machines"
)


def family(mutant: Mutant) -> str:
    """Where the rule stands that is replaced: a file of the reference, or another place."""
    rules = mutant.rules
    if rules.wrong or rules.odd:
        return "profile"
    return rules.edits[0].module if rules.edits else "world"


def grouped(mutants: Sequence[Mutant], lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    """The lines by families, these in the order of the alphabet."""
    found: dict[str, list[Line]] = {}
    for mutant, line in zip(mutants, lines, strict=True):
        found.setdefault(family(mutant), []).append(line)
    return dict(sorted(found.items()))


def mark(cell: Cell, line: Line) -> str:
    """A cell in one letter."""
    if cell.fate is Fate.KILLED:
        return KILLED_AT_HOME if cell.checker == line.row.checker else KILLED
    return SURVIVES if cell.fate is Fate.SURVIVES else UNREACHED


def terminal(mutants: Sequence[Mutant], matrix: Matrix) -> Iterator[str]:
    """The matrix, line by line."""
    width = max(len(line.row.name) for line in matrix.lines) + 2
    letters = ascii_lowercase[: len(matrix.checkers)]
    yield LEGEND
    yield from (f"  {a} {name}" for a, name in zip(letters, matrix.checkers, strict=True))
    for title, lines in grouped(mutants, matrix.lines).items():
        yield f"\n{title:{width}}  {letters}  own ground: dies after"
        for line in lines:
            marks = "".join(mark(cell, line) for cell in line.cells)
            row = line.row
            own = f"{row.checker}: {row.dies_at or 'does no harm'}"
            yield f"  {row.name:{width}}{marks}  {own}"
    yield "\nkills alone:"
    yield from (f"  {told}" for told in told_alone(matrix))


def told_alone(matrix: Matrix) -> Iterator[str]:
    """For each checker what it alone kills; if that is nothing, why it is there."""
    anyway = {checker.name: checker.anyway for checker in CHECKERS}
    for checker in matrix.checkers:
        alone = matrix.alone(checker)
        if alone:
            yield f"{checker}: {len(alone)}: {', '.join(alone)}"
        else:
            yield f"{checker}: nothing. {anyway.get(checker, '')}".rstrip()


# The document


def own_columns(row: Row, numbers: Mapping[str, int]) -> str:
    """What a mutant's own ground tells; cheap, and compared whenever mutants are tried."""
    violates = ", ".join(sorted(row.violated)) or "nothing"
    dies = row.dies_at or "-"
    cells = (row.name, row.rule, str(numbers[row.bound]), violates, dies)
    return f"| {' | '.join(map(_cell, cells))} |"


def document(mutants: Sequence[Mutant], matrix: Matrix) -> str:
    """All of it; nothing in it depends on the machine."""
    numbers = ground_numbers(mutants)
    return "\n".join((*_head(mutants, matrix), *_tables(mutants, matrix, numbers), ""))


def ground_numbers(mutants: Sequence[Mutant]) -> Mapping[str, int]:
    """The mutants' own grounds, numbered in the order in which they come."""
    bounds = dict.fromkeys(mutant.ground.bound for mutant in mutants)
    return {bound: number for number, bound in enumerate(bounds, start=1)}


def _head(mutants: Sequence[Mutant], matrix: Matrix) -> Iterator[str]:
    killed = sum(bool(line.killers) and line.row.equivalent is None for line in matrix.lines)
    harmless = [line for line in matrix.lines if line.row.equivalent]
    noticed = sum(bool(line.killers) for line in harmless)
    yield "# The kill matrix\n"
    yield "Written by `tee-rider mutants --full --write`; do not edit. How it is made:"
    yield "[model_check/mutation](../model_check/mutation/README.md).\n"
    yield (
        f"{len(mutants)} mutants, {len(matrix.checkers)} checkers: {killed} mutants are killed,"
        f" {len(harmless)} are held to be harmless. Of these, {noticed} are noticed all the same:"
        " where n is odd, by their cost, or by a scenario that expects every edge. A killer stands"
        " with how soon it kills, in its own measure: the steps of a shortest counterexample, or"
        " the first run, case or move.\n"
    )
    yield "## Kills alone\n"
    yield "| checker | what it does | kills | alone |\n|---|---|---|---|"
    does = {checker.name: checker for checker in CHECKERS}
    for name in matrix.checkers:
        kills = sum(name in line.killers for line in matrix.lines)
        alone = matrix.alone(name)
        names = f"{len(alone)}: {', '.join(alone)}" if alone else f"none. {does[name].anyway}"
        yield f"| {name} | {does[name].does} | {kills} | {_cell(names)} |"


def _tables(mutants: Sequence[Mutant], matrix: Matrix, numbers: Mapping[str, int]) -> Iterator[str]:
    for title, lines in grouped(mutants, matrix.lines).items():
        yield f"\n## {title}\n"
        yield "| mutant | rule replaced | own ground | violates | dies after | killed by |"
        yield "|---|---|---|---|---|---|"
        for line in lines:
            yield f"{own_columns(line.row, numbers)} {_cell(_killers(line))} |"
    yield "\n## Held to be harmless\n"
    for mutant in mutants:
        if mutant.equivalent:
            premise = " (even n alone)" if mutant.only_at_even_n else ""
            yield f"- *{mutant.name}*{premise}: {mutant.equivalent}."
    yield "\n## Own grounds\n"
    for bound, number in numbers.items():
        checker = next(m.ground.checker for m in mutants if m.ground.bound == bound)
        yield f"{number}. {checker}: {bound}"
    yield "\n## All grounds of the checkers\n"
    yield from (f"- {row.checker}: {row.bound}" for row in matrix.baseline)


def _killers(line: Line) -> str:
    told = (
        f"{cell.checker} ({cell.dies_at})" if cell.dies_at else cell.checker
        for cell in line.cells
        if cell.fate is Fate.KILLED
    )
    return ", ".join(told) or "nobody"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
