"""A small world: finitely many named elements, to which the same formulas are expanded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import z3

from tee_rider.proofs_notes.kit.query import Answer, ask, functions


def elements(sort: z3.SortRef, names: str) -> list[z3.ExprRef]:
    """Named elements of a sort; the names are separated by blanks."""
    return [z3.Const(name, sort) for name in names.split()]


@dataclass(frozen=True)
class Instance:
    """The elements of every sort, what else is fixed (`facts`), and which symbols to print.

    Without elements it is the solver's own choice of a model.
    """

    elements: tuple[z3.ExprRef, ...] = ()
    facts: tuple[z3.BoolRef, ...] = ()
    show: tuple[z3.FuncDeclRef, ...] = ()

    @cached_property
    def _by_sort(self) -> dict[str, list[z3.ExprRef]]:
        groups: dict[str, list[z3.ExprRef]] = {}
        for element in self.elements:
            groups.setdefault(element.sort().name(), []).append(element)
        return groups

    def of(self, sort: z3.SortRef) -> list[z3.ExprRef]:
        """The elements of a sort, in the order given."""
        return self._by_sort.get(sort.name(), [])

    def arguments(self, symbol: z3.FuncDeclRef) -> Iterator[tuple[z3.ExprRef, ...]]:
        """Every tuple of elements to which a relation or function applies."""
        return product(*(self.of(symbol.domain(i)) for i in range(symbol.arity())))

    def expand(self, e: z3.ExprRef, bound: Sequence[z3.SortRef] = ()) -> z3.ExprRef:
        """Replace each quantifier by a conjunction or disjunction over the elements.

        The text is walked once, from the inside out. `bound` lists the sorts of the variables that
        are bound outside of it, the innermost first: they stay variables.
        """
        if not (self.elements and z3.is_bool(e)):
            return e
        if not z3.is_quantifier(e):
            parts = [(part, self.expand(part, bound)) for part in e.children()]
            return z3.substitute(e, *parts) if parts else e
        sorts = [e.var_sort(i) for i in range(e.num_vars())]
        body = self.expand(e.body(), [*reversed(sorts), *bound])
        outer = [z3.Var(i, sort) for i, sort in enumerate(bound)]
        rows = product(*map(self.of, sorts))
        cases = [z3.substitute_vars(body, *reversed(row), *outer) for row in rows]
        return z3.And(cases) if e.is_forall() else z3.Or(cases)

    def world(
        self, formulas: Iterable[z3.BoolRef], mentioned: Iterable[z3.BoolRef] = ()
    ) -> Iterator[z3.BoolRef]:
        """The formulas and the facts; elements differ, and functions have no other values."""
        formulas = [*formulas, *self.facts]
        yield from map(self.expand, formulas)
        yield from map(z3.Distinct, self._by_sort.values())
        for symbol in functions([*formulas, *mentioned]):
            yield from self.closed(symbol)

    def ask(self, formulas: Iterable[z3.BoolRef]) -> Answer:
        """Ask whether the formulas can hold together in this world."""
        return ask({f"@{i}": formula for i, formula in enumerate(self.world(formulas))})

    def closed(self, symbol: z3.FuncDeclRef) -> Iterator[z3.BoolRef]:
        """A function or constant takes its values among the elements."""
        if values := self.of(symbol.range()):
            for row in self.arguments(symbol):
                yield z3.Or([symbol(*row) == value for value in values])

    def value(self, model: z3.ModelRef, e: z3.ExprRef) -> str:
        """The name of the element that an expression denotes, or what the solver calls it."""
        names = (str(x) for x in self.of(e.sort()) if z3.is_true(model.eval(x == e, True)))
        return next(names, str(model.eval(e, True)))

    def describe(self, model: z3.ModelRef) -> str:
        """The symbols to show, a line each, with the tuples or values they have in the model."""
        if not self.elements:
            return ", ".join(
                sorted(f"{s} = {model[s]}" for s in model if not {"!", "@"} & {*str(s)})
            )
        lines = []
        for symbol in self.show:
            values = [(row, self.value(model, symbol(*row))) for row in self.arguments(symbol)]
            named = [(",".join(map(str, row)), value) for row, value in values if value != "False"]
            told = (f"({row})" if value == "True" else f"({row})={value}" for row, value in named)
            lines.append(f"{symbol}: {' '.join(told) or 'nothing'}")
        return "\n".join(lines)
