"""One question to the solver: can these formulas hold together, and does it decide such ones?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from time import perf_counter

import z3

STEP_LIMIT = 200_000_000
"""For one query, in steps of the solver, so on any machine; beyond it is `unknown`: a failure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is sat, unsat or unknown; `core` names formulas that contradict each other."""

    status: str
    seconds: float
    core: frozenset[str]
    model: z3.ModelRef


def ask(formulas: Mapping[str, z3.BoolRef]) -> Answer:
    """Ask about named formulas, with a fixed seed; the core is given in their names."""
    solver, started = z3.Solver(), perf_counter()
    solver.set(rlimit=STEP_LIMIT, random_seed=0)
    for name, formula in formulas.items():
        solver.assert_and_track(formula, name)
    status = str(solver.check())
    model = solver.model() if status == "sat" else z3.Model()
    core = frozenset(map(str, solver.unsat_core())) if status == "unsat" else frozenset()
    return Answer(status, perf_counter() - started, core, model)


def subterms(formulas: Iterable[z3.ExprRef]) -> list[z3.ExprRef]:
    """Every subterm once."""
    pending, seen = list(formulas), dict[int, z3.ExprRef]()
    while pending:
        e = pending.pop()
        if seen.setdefault(e.get_id(), e) is e:
            pending += e.children()
    return list(seen.values())


def functions(formulas: Iterable[z3.ExprRef]) -> list[z3.FuncDeclRef]:
    """The uninterpreted symbols whose value is an element of a sort, not true or false."""
    symbols = {e.decl() for e in subterms(formulas) if z3.is_app(e) and not z3.is_bool(e)}
    return sorted((s for s in symbols if s.kind() == z3.Z3_OP_UNINTERPRETED), key=z3.AstRef.sexpr)


def fragment(formulas: Iterable[z3.BoolRef]) -> str:
    """Say `EPR` if functions and "for all x there is a y" lead from no sort back to itself."""
    goal, edges = z3.Goal(), dict[str, list[str]]()
    goal.add(*formulas)
    for symbol in functions(z3.Tactic("nnf")(goal)[0]):
        if symbol.range() == z3.IntSort():
            return "arithmetic"
        for i in range(symbol.arity()):
            edges.setdefault(symbol.domain(i).name(), []).append(symbol.range().name())
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return "outside EPR: " + " -> ".join(reversed(error.args[1]))
    return "EPR"
