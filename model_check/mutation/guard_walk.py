"""Every guard of the reference, read off its syntax tree, and the mutants that touch it.

A guard is a condition that is no larger than it must be: what stands between ``and``, ``or`` and
``not``, each comparison, each pattern of a ``match``.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from types import FunctionType

from tee_rider import reference
from tee_rider.model_check.mutation.edits import Edit, text_of
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import PROFILES

HOME = Path(next(iter(reference.__path__)))
CHOOSING = ("all", "any", "max", "min")
"""Functions that decide."""

Span = tuple[int, int]
"""From this place in a file's text up to, not including, that one."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition."""

    function: str
    """As edits name it."""
    line: int
    span: Span
    text: str

    @property
    def place(self) -> str:
        """Names it without its line, which changes with what stands above."""
        return f"{self.function}: {self.text}"


def every_guard() -> tuple[Guard, ...]:
    """Of all files of the reference, in order."""
    files = sorted(path for path in HOME.glob("*.py") if path.stem != "__init__")
    return tuple(guard for path in files for guard in guards_of(path.stem, path.read_text()))


def guards_of(module: str, text: str) -> tuple[Guard, ...]:
    """The guards in a file's text."""
    starts = _line_starts(text)
    found: dict[Span, Guard] = {}
    for function, node in _functions(ast.parse(text), module):
        for condition in _conditions_once(node):
            span = _span(condition, starts)
            words = " ".join(text[slice(*span)].split())
            found[span] = Guard(function, condition.lineno, span, words)
    leaves = [one for one in found if not any(other != one and _in(other, one) for other in found)]
    return tuple(found[span] for span in sorted(leaves))


def _conditions_once(function: ast.FunctionDef) -> Iterator[ast.expr | ast.pattern]:
    """All but names that are given to other guards in the same function."""
    conditions = list(_conditions(function))
    named = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(part in ast.walk(node) for part in conditions)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and not isinstance(node.value, ast.Tuple | ast.IfExp)
    }
    for condition in conditions:
        if not (isinstance(condition, ast.Name) and condition.id in named):
            yield condition


def _functions(tree: ast.AST, path: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{path}.{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{path}.{node.name}")


def _conditions(function: ast.FunctionDef) -> Iterator[ast.expr | ast.pattern]:
    says_yes_or_no = isinstance(function.returns, ast.Name) and function.returns.id == "bool"
    patterns = [node for node in ast.walk(function) if isinstance(node, ast.pattern)]
    for node in ast.walk(function):
        match node:
            case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
                yield from _parts(node.test)
            case ast.comprehension(ifs=tests):
                yield from chain.from_iterable(map(_parts, tests))
            case ast.match_case(guard=ast.expr() as test):
                yield from _parts(test)
            case ast.MatchAs(pattern=None):
                pass
            case ast.pattern() if not any(node in ast.iter_child_nodes(p) for p in patterns):
                yield node
            case ast.Return(value=ast.expr() as value) if says_yes_or_no:
                yield from _parts(value)
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                yield from _parts(node)
            case ast.Call(func=ast.Name(id=name)) if name in CHOOSING:
                yield node


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    match test:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _parts(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _parts(operand)
        case ast.NamedExpr(value=value):
            yield from _parts(value)
        case ast.Constant():
            pass
        case _:
            yield test


def _span(node: ast.expr | ast.pattern, starts: Sequence[int]) -> Span:
    begin = starts[node.lineno - 1] + node.col_offset
    assert node.end_lineno is not None and node.end_col_offset is not None
    return begin, starts[node.end_lineno - 1] + node.end_col_offset


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _in(one: Span, other: Span) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


# Which mutants touch a guard


def touching(mutants: Sequence[Mutant], guards: Sequence[Guard]) -> Mapping[Guard, tuple[str, ...]]:
    """For each guard the mutants that replace some of its words, or the whole rule that it is."""
    touched: dict[Guard, dict[str, None]] = {guard: {} for guard in guards}
    for mutant in mutants:
        replaced = [(edit.function, changed_span(edit)) for edit in mutant.rules.edits]
        whole = rules_replaced(mutant)
        for guard in guards:
            by_edit = any(
                guard.function.startswith(function) and _meet(span, guard.span)
                for function, span in replaced
            )
            asks = any(f"profile.{name}" in guard.text for name in rule_names(mutant))
            if by_edit or asks or guard.function in whole:
                touched[guard][mutant.name] = None
    return {guard: tuple(names) for guard, names in touched.items()}


def changed_span(edit: Edit) -> Span:
    """The words that an edit really changes, without those that it repeats around them."""
    text, begin, end = text_of(edit.function)
    starts = _line_starts(text)
    place = text.index(edit.old, starts[begin - 1])
    old, new, left, right = edit.old, edit.new, 0, 0
    while left < min(len(old), len(new)) and old[left] == new[left]:
        left += 1
    while right < min(len(old), len(new)) - left and old[-1 - right] == new[-1 - right]:
        right += 1
    assert place + len(old) <= starts[end]
    return place + left, place + len(old) - right


def rule_names(mutant: Mutant) -> frozenset[str]:
    """The fields of a profile in which a mutant differs."""
    return frozenset(mutant.rules.wrong).union(*mutant.rules.odd.values())


def rules_replaced(mutant: Mutant) -> frozenset[str]:
    """The functions that a mutant replaces as rules of a profile."""
    names = rule_names(mutant)
    rules = [
        getattr(profile, part.name)
        for profile in PROFILES.values()
        for part in fields(Profile)
        if part.name in names
    ]
    return frozenset(
        f"{rule.__module__.rsplit('.', 1)[-1]}.{rule.__qualname__}"
        for rule in rules
        if isinstance(rule, FunctionType)
    )


def _meet(changed: Span, guard: Span) -> bool:
    """Whether they have words in common, or, where words are only added, they are added inside."""
    if changed[0] == changed[1]:
        return guard[0] <= changed[0] <= guard[1]
    return changed[0] < guard[1] and guard[0] < changed[1]
