"""Which fragment a query lies in: Z3 decides EPR and linear arithmetic, and may give up outside."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

import z3


def subterms(formulas: Iterable[z3.ExprRef]) -> Iterator[z3.ExprRef]:
    """Every subterm once."""
    pending, seen = list(formulas), set()
    while pending:
        e = pending.pop()
        if e.get_id() not in seen:
            seen.add(e.get_id())
            pending += [e.body()] if z3.is_quantifier(e) else e.children()
            yield e


def functions(formulas: Iterable[z3.ExprRef]) -> list[z3.FuncDeclRef]:
    """The uninterpreted symbols whose value is an element of a sort, not true or false."""
    symbols = {e.decl() for e in subterms(formulas) if z3.is_app(e) and not z3.is_bool(e)}
    return sorted((s for s in symbols if s.kind() == z3.Z3_OP_UNINTERPRETED), key=z3.AstRef.sexpr)


def fragment(formulas: list[z3.ExprRef]) -> str:
    """Say `EPR` when no sort leads back to itself through functions and existential quantifiers.

    In negation normal form "for all s there is a t" becomes a function from s to t. When the
    functions lead from no sort back to itself, they name finitely many elements: Z3 decides.
    """
    if any(map(z3.is_int, subterms(formulas))):
        return "arithmetic"
    goal = z3.Goal()
    goal.add(*formulas)
    graph: dict[str, list[str]] = {}
    for symbol in functions(formula for part in z3.Tactic("nnf")(goal) for formula in part):
        for i in range(symbol.arity()):
            graph.setdefault(symbol.domain(i).name(), []).append(symbol.range().name())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return "outside EPR: " + " -> ".join(reversed(error.args[1]))
    return "EPR"
