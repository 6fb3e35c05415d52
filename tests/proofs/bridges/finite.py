"""Formulas of the proofs, evaluated in a finite world: no solver, thousands of worlds a second.

A *world* says what each sort and each symbol is: a sort is a tuple of elements, a relation a set of
rows, a function a dictionary from rows to elements, a constant an element. A formula is translated
once into a Python expression. A quantifier becomes a search over rows and elements; each part of
its body is asked as soon as its variables are known. What is not understood is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any, TypeAlias

import z3

from tee_rider.proofs_notes.kit.transition import Update

Element: TypeAlias = str | int
Row: TypeAlias = tuple[Element, ...]
World: TypeAlias = Mapping[str, Any]
"""By the name of the sort or symbol."""
Part: TypeAlias = tuple[z3.ExprRef, bool]
"""A formula, and whether it is to be true or false."""

OPERATORS: Mapping[int, Callable[[list[str]], str]] = {
    z3.Z3_OP_TRUE: lambda _: "True",
    z3.Z3_OP_FALSE: lambda _: "False",
    z3.Z3_OP_NOT: lambda parts: f"not {parts[0]}",
    z3.Z3_OP_AND: lambda parts: " and ".join(["True", *parts]),
    z3.Z3_OP_OR: lambda parts: " or ".join(["False", *parts]),
    z3.Z3_OP_IMPLIES: lambda parts: f"not {parts[0]} or {parts[1]}",
    z3.Z3_OP_EQ: lambda parts: " == ".join(parts),
    z3.Z3_OP_DISTINCT: lambda parts: f"len({{{', '.join(parts)}}}) == {len(parts)}",
    z3.Z3_OP_ITE: lambda parts: f"{parts[1]} if {parts[0]} else {parts[2]}",
}


class Translation:
    """A Z3 expression as a Python expression over the sorts and symbols that it mentions."""

    def __init__(self) -> None:
        """Nothing is mentioned yet."""
        self.mentioned: set[str] = set()
        self._bound = 0

    def compiled(self, text: str) -> Callable[[World], Any]:
        """The Python expression as a function of a world."""
        names = sorted(self.mentioned)
        function = eval(f"lambda {', '.join(map(_spelled, names))}: {text}")
        return lambda world: function(*(world[name] for name in names))

    def term(self, e: z3.ExprRef, scope: list[str]) -> str:
        """The expression; ``scope`` names its variables, the innermost last."""
        if z3.is_var(e):
            return scope[-1 - int(z3.get_var_index(e))]
        if z3.is_quantifier(e):
            fresh = {self.fresh(): e.var_sort(i) for i in range(e.num_vars())}
            parts = list(parts_of(e.body(), e.is_exists()))
            found = f"any(True{self.search(fresh, parts, [*scope, *fresh])})"
            return found if e.is_exists() else f"(not {found})"
        arguments = [self.term(argument, scope) for argument in e.children()]
        kind = e.decl().kind()
        if kind == z3.Z3_OP_UNINTERPRETED:
            return self._symbol(e, arguments)
        if kind not in OPERATORS:
            raise ValueError(f"{e.decl()} in a formula: only logic without arithmetic is evaluated")
        return f"({OPERATORS[kind](arguments)})"

    def search(self, unknown: Mapping[str, z3.SortRef], parts: list[Part], scope: list[str]) -> str:
        """Clauses of a comprehension, ``for x in ... if ...``, that find all solutions."""
        clauses, open_ = "", dict(unknown)
        while True:
            ready = [p for p in parts if not open_.keys() & free(p[0], scope)]
            parts = [p for p in parts if p not in ready]
            if ready and not clauses:
                clauses = " for _ in (0,)"
            for e, holds in ready:
                clauses += f" if {'' if holds else 'not '}{self.term(e, scope)}"
            if not open_:
                return clauses
            row = next((p for p in parts if _lists(p, open_, scope)), None)
            if row:
                parts.remove(row)
                names = [self.term(argument, scope) for argument in row[0].children()]
                clauses += f" for ({', '.join(names)},) in {self.name(row[0].decl().name())}"
            else:
                names = [next(iter(open_))]
                clauses += f" for {names[0]} in {self.name(open_[names[0]].name())}"
            for name in names:
                del open_[name]

    def fresh(self) -> str:
        """A variable that is not in use."""
        self._bound += 1
        return f"x{self._bound}"

    def name(self, mentioned: str) -> str:
        """A sort or symbol of the world."""
        self.mentioned.add(mentioned)
        return _spelled(mentioned)

    def _symbol(self, e: z3.ExprRef, arguments: list[str]) -> str:
        name = self.name(e.decl().name())
        if not arguments:
            return name
        row = f"({', '.join(arguments)},)"
        return f"({row} in {name})" if z3.is_bool(e) else f"{name}[{row}]"


class Formula:
    """A closed formula, true or false in each world."""

    def __init__(self, e: z3.BoolRef) -> None:
        """Translate it."""
        translation = Translation()
        self.holds = translation.compiled(translation.term(e, []))


class NewTable:
    """The value of a symbol after an update: a new set of rows, or a new dictionary."""

    def __init__(self, symbol: z3.FuncDeclRef, update: Update) -> None:
        """Translate it."""
        translation = Translation()
        names = {translation.fresh(): symbol.domain(i) for i in range(symbol.arity())}
        scope, row = [*reversed(names)], f"({', '.join(names)},)"
        value = update(*(z3.Var(i, sort) for i, sort in enumerate(names.values())))
        if z3.is_bool(value):
            cases = value.children() if z3.is_or(value) else [value]
            found = [translation.search(names, [*parts_of(e, True)], scope) for e in cases]
            text = " | ".join(f"{{{row}{clauses}}}" for clauses in found)
        else:
            clauses = translation.search(names, [], scope)
            text = f"{{{row}: {translation.term(value, scope)}{clauses}}}"
        self.of = translation.compiled(text)


def parts_of(e: z3.ExprRef, holds: bool) -> Iterator[Part]:
    """The formula is true (false) if and only if each of its parts is as it is to be."""
    if z3.is_not(e):
        yield from parts_of(e.arg(0), not holds)
    elif z3.is_and(e) if holds else z3.is_or(e):
        for child in e.children():
            yield from parts_of(child, holds)
    elif z3.is_implies(e) and not holds:
        yield from parts_of(e.arg(0), True)
        yield from parts_of(e.arg(1), False)
    else:
        yield e, holds


def free(e: z3.ExprRef, scope: list[str], depth: int = 0) -> set[str]:
    """The variables of the scope that occur in an expression, so deep inside quantifiers."""
    if z3.is_var(e):
        index = z3.get_var_index(e) - depth
        return {scope[-1 - index]} if index >= 0 else set()
    if z3.is_quantifier(e):
        return free(e.body(), scope, depth + e.num_vars())
    return set().union(*(free(child, scope, depth) for child in e.children()))


def _lists(part: Part, unknown: Mapping[str, z3.SortRef], scope: list[str]) -> bool:
    """Whether a part is a relation of distinct unknown variables: its rows are all solutions."""
    e, holds = part
    is_relation = holds and z3.is_app(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED
    if not (is_relation and e.children() and all(map(z3.is_var, e.children()))):
        return False
    names = [name for child in e.children() for name in free(child, scope)]
    return len(set(names)) == len(names) and set(names) <= unknown.keys()


def _spelled(name: str) -> str:
    """Sorts and symbols are not Python's own words."""
    return f"the_{name}"


def order(elements: Iterable[int]) -> set[Row]:
    """The relation that the first number is smaller."""
    return set(combinations(sorted(elements), 2))


def successors(elements: Iterable[int]) -> set[Row]:
    """The relation that the second number comes right after the first."""
    return set(pairwise(sorted(elements)))


def merged(worlds: Iterable[World]) -> dict[str, Any]:
    """The same symbols with the rows of all."""
    tables: dict[str, Any] = {}
    for world in worlds:
        for name, table in world.items():
            tables[name] = tables[name] | table if name in tables else table
    return tables
