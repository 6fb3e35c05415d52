"""One question to the solver: can these formulas hold together?"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import z3

TIME_LIMIT_SECONDS = 20.0
"""For one query. What takes longer is `unknown`, and that is a failure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is sat, unsat or unknown; `core` names formulas that contradict each other."""

    status: str
    seconds: float
    core: frozenset[str]
    model: z3.ModelRef


def new_solver() -> z3.Solver:
    """A solver with the kit's fixed seed and time limit."""
    solver = z3.Solver()
    solver.set(timeout=int(TIME_LIMIT_SECONDS * 1000), random_seed=0)
    return solver


def check(solver: z3.Solver, *assumptions: z3.BoolRef) -> Answer:
    """Ask, measure, and take the model or the core."""
    started = perf_counter()
    status = solver.check(*assumptions)
    seconds = perf_counter() - started
    model = solver.model() if status == z3.sat else z3.Model()
    core = () if status == z3.sat else solver.unsat_core()
    return Answer(str(status), seconds, frozenset(map(str, core)), model)


def ask(formulas: Mapping[str, z3.BoolRef]) -> Answer:
    """Ask about named formulas; the core is given in their names."""
    solver = new_solver()
    for name, formula in formulas.items():
        solver.assert_and_track(formula, name)
    return check(solver)
