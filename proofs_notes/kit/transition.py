"""A transition: if its guard holds for some parameters, its updates happen, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


def replaced(formula: z3.ExprRef, values: Mapping[z3.FuncDeclRef, Update]) -> z3.ExprRef:
    """The formula with other values for some symbols, given as functions of their arguments."""
    rows = {s: [z3.Var(i, s.domain(i)) for i in range(s.arity())] for s in values}
    return z3.substitute_funs(formula, *((s, value(*rows[s])) for s, value in values.items()))


@dataclass(frozen=True)
class Transition:
    """The parameters are constants that every step chooses anew."""

    parameters: tuple[z3.ExprRef, ...]
    guard: Mapping[str, z3.BoolRef]
    updates: Mapping[z3.FuncDeclRef, Update]

    def after(self, formula: z3.ExprRef) -> z3.ExprRef:
        """The formula as it reads in the state after the step."""
        return replaced(formula, self.updates)
