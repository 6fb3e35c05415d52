"""A transition: if its guard holds for some parameters, its updates happen, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3

Update = Callable[..., z3.ExprRef]
"""From the arguments of a symbol to its value after the step."""


def adding(relation: z3.FuncDeclRef, *row: z3.ExprRef) -> Update:
    """The update that adds one tuple to a relation."""
    return lambda *xs: z3.Or(relation(*xs), _same(xs, row))


def setting(function: z3.FuncDeclRef, *row: z3.ExprRef, to: z3.ExprRef) -> Update:
    """The update that gives a function a new value at one place."""
    return lambda *xs: z3.If(_same(xs, row), to, function(*xs))


def _same(xs: tuple[z3.ExprRef, ...], ys: tuple[z3.ExprRef, ...]) -> z3.BoolRef:
    return z3.And([x == y for x, y in zip(xs, ys, strict=True)])


@dataclass(frozen=True)
class Transition:
    """The parameters are constants that every step chooses anew."""

    parameters: tuple[z3.ExprRef, ...]
    guard: Mapping[str, z3.BoolRef]
    updates: Mapping[z3.FuncDeclRef, Update]

    @cached_property
    def _values(self) -> list[tuple[z3.FuncDeclRef, z3.ExprRef]]:
        return [(symbol, update(*variables(symbol))) for symbol, update in self.updates.items()]

    def after(self, formula: z3.ExprRef) -> z3.ExprRef:
        """The formula as it reads in the state after the step."""
        return z3.substitute_funs(formula, *self._values)


def variables(symbol: z3.FuncDeclRef) -> list[z3.ExprRef]:
    """Placeholders for the arguments of a symbol."""
    return [z3.Var(i, symbol.domain(i)) for i in range(symbol.arity())]


def renamed(symbol: z3.FuncDeclRef, suffix: str) -> z3.FuncDeclRef:
    """Another symbol of the same type."""
    domain = [symbol.domain(i) for i in range(symbol.arity())]
    return z3.Function(f"{symbol}{suffix}", *domain, symbol.range())


IDLE = Transition((), {}, {})
"""Nothing happens."""
