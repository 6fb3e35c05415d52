"""The evaluator agrees with the solver, on every formula that bridges evaluate."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
import z3

from tee_rider.proofs_notes.kit.query import subterms
from tee_rider.proofs_notes.kit.system import System
from tee_rider.proofs_notes.lemma_02_non_equivocation import SYSTEM as LEMMA_02
from tee_rider.proofs_notes.lemma_03_key_lemma import SYSTEM as LEMMA_03
from tee_rider.proofs_notes.lemma_04_walk_back import SYSTEM as LEMMA_04
from tee_rider.proofs_notes.lemma_07_coin import COIN as LEMMA_07
from tee_rider.proofs_notes.lemma_09_validity import SYSTEM as LEMMA_09
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tests.proofs.bridges.assumptions import OF_A_DAG, OF_LEADERS
from tests.proofs.bridges.deliveries import OF_BATCHES
from tests.proofs.bridges.finite import Formula, NewTable
from tests.proofs.bridges.map_06 import JUDGED as LEMMA_06

SYSTEMS = {
    "02": LEMMA_02,
    "03": LEMMA_03,
    "04": LEMMA_04,
    "06": LEMMA_06,
    "07": LEMMA_07,
    "09": LEMMA_09,
}
CLAIMS = {"batches": OF_BATCHES, "a DAG": OF_A_DAG, "leaders": OF_LEADERS}
WORLDS = 8


def formulas(system: System) -> Iterator[z3.BoolRef]:
    parts = (system.axioms, system.definitions, system.initial, system.invariants, system.safety)
    for part in (*parts, *(step.guard for step in system.transitions.values())):
        yield from part.values()


class SmallWorld:
    """At most three elements of each sort, and everything else by chance; for Python and for Z3."""

    def __init__(self, said: list[z3.BoolRef], more: tuple[z3.FuncDeclRef, ...], seed: int) -> None:
        random, parts = Random(seed), list(subterms(said))
        symbols = {e.decl() for e in parts if is_symbol(e)} | {*more}
        sorts = {e.var_sort(i) for e in parts if z3.is_quantifier(e) for i in range(e.num_vars())}
        sorts |= {sort for symbol in symbols for sort in (*domain(symbol), symbol.range())}
        named = sorted((s for s in sorts if s != z3.BoolSort()), key=str)
        names = {s: " ".join(f"{s}{i}" for i in range(random.randint(1, 3))) for s in named}
        self.of = {s: elements(s, names[s]) for s in named}
        self.instance = Instance(tuple(e for group in self.of.values() for e in group))
        self.world: dict[str, Any] = {str(s): tuple(names[s].split()) for s in named}
        self.solver = z3.Solver()
        self.solver.add(*map(z3.Distinct, self.of.values()))
        density = random.choice((0.1, 0.5, 0.9))
        for symbol in sorted(symbols, key=str):
            self._choose(symbol, random, density)

    def _choose(self, symbol: z3.FuncDeclRef, random: Random, density: float) -> None:
        is_relation, table = symbol.range() == z3.BoolSort(), {}
        for row in self.rows(symbol):
            if is_relation:
                value: Any = z3.BoolVal(random.random() < density)
            else:
                value = random.choice(self.of[symbol.range()])
            self.solver.add(symbol(*row) == value)
            table[tuple(map(str, row))] = value
        if is_relation:
            self.world[symbol.name()] = {row for row, value in table.items() if z3.is_true(value)}
        else:
            values = {row: str(value) for row, value in table.items()}
            self.world[symbol.name()] = values if symbol.arity() else values[()]

    def rows(self, symbol: z3.FuncDeclRef) -> Iterator[tuple[z3.ExprRef, ...]]:
        return product(*(self.of[sort] for sort in domain(symbol)))

    def solver_says(self, formula: z3.BoolRef) -> bool:
        self.solver.push()
        self.solver.add(self.instance.expand(formula))
        answer = str(self.solver.check())
        self.solver.pop()
        assert answer != "unknown"
        return answer == "sat"


def is_symbol(e: z3.ExprRef) -> bool:
    return bool(z3.is_app(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED)


def domain(symbol: z3.FuncDeclRef) -> list[z3.SortRef]:
    return [symbol.domain(i) for i in range(symbol.arity())]


@pytest.mark.parametrize("lemma", SYSTEMS)
def test_formulas_of_systems_are_true_where_the_solver_says_so(lemma: str) -> None:
    check(list(formulas(SYSTEMS[lemma])), SYSTEMS[lemma].state)


@pytest.mark.parametrize("claims", CLAIMS)
def test_formulas_of_claims_are_true_where_the_solver_says_so(claims: str) -> None:
    check(list(CLAIMS[claims].values()), ())


def check(said: list[z3.BoolRef], more: tuple[z3.FuncDeclRef, ...]) -> None:
    answers: Counter[bool] = Counter()
    for seed in range(WORLDS):
        small = SmallWorld(said, more, seed)
        for formula in said:
            answer = Formula(formula).holds(small.world)
            assert answer is small.solver_says(formula), formula
            answers[answer] += 1
    assert min(answers[True], answers[False]) >= WORLDS // 4


@pytest.mark.parametrize("lemma", SYSTEMS)
def test_new_tables_are_what_the_solver_says(lemma: str) -> None:
    system, changed = SYSTEMS[lemma], 0
    for seed in range(WORLDS):
        chosen = (p.decl() for step in system.transitions.values() for p in step.parameters)
        small = SmallWorld(list(formulas(system)), (*system.state, *chosen), seed)
        for step in system.transitions.values():
            for symbol, update in step.updates.items():
                table = NewTable(symbol, update).of(small.world)
                changed += table != small.world[symbol.name()]
                by_name = {str(e): e for e in small.instance.elements}
                for row in small.rows(symbol):
                    names = tuple(map(str, row))
                    value = by_name[table[names]] if isinstance(table, dict) else names in table
                    assert small.solver_says(update(*row) == value)
    assert changed >= WORLDS // 2


def test_what_is_not_understood_is_refused() -> None:
    n = z3.Int("n")
    with pytest.raises(ValueError, match="only logic without arithmetic is evaluated"):
        Formula(n + 1 == n)
