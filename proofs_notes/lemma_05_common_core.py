"""Lemma 05: at least q round-1 vertices of a wave are reached by all of its round-4 vertices."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from z3 import (
    And,
    AtLeast,
    Bool,
    BoolRef,
    BoolSort,
    Const,
    Consts,
    DeclareSort,
    Exists,
    ForAll,
    Function,
    Implies,
    Ints,
    IntSort,
    Or,
    Real,
    Sum,
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.query import ask
from tee_rider.proofs_notes.kit.result import Result
from tee_rider.proofs_notes.lemma import Computation, Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.spec.configuration import largest_configuration

# Counting, for all n. `cells(i, j)`: the ones in the first i rows and first j columns of a table.
cells = Function("cells", IntSort(), IntSort(), IntSort())
row = Function("row", IntSort(), IntSort(), IntSort())
column = Function("column", IntSort(), IntSort(), IntSort())
one = Function("one", IntSort(), IntSort(), IntSort())
i, j, n, q, rows, columns, largest, hit, common = Ints("i j n q rows columns largest hit common")

COUNTED_TWICE = Claim(
    name="ones counted by rows may be counted by columns (induction on rows)",
    hypotheses={
        "no rows": And(cells(0, j) == 0, cells(0, j + 1) == 0, column(0, j) == 0),
        "counted by rows": And(
            cells(i + 1, j) == cells(i, j) + row(i, j),
            cells(i + 1, j + 1) == cells(i, j + 1) + row(i, j + 1),
        ),
        "a row grows by a cell": row(i, j + 1) == row(i, j) + one(i, j),
        "a column grows by a cell": column(i + 1, j) == column(i, j) + one(i, j),
        "induction": cells(i, j + 1) == cells(i, j) + column(i, j),
    },
    conclusion=And(
        cells(0, j + 1) == cells(0, j) + column(0, j),
        cells(i + 1, j + 1) == cells(i + 1, j) + column(i + 1, j),
    ),
    witness=And(i == 2, j == 3, one(i, j) == 1, cells(i, j) == 4),
)
ROWS_BOUND = Claim(
    name="i rows of at least q ones hold at least q i ones (induction on rows)",
    hypotheses={
        "no rows": cells(0, columns) == 0,
        "counted by rows": cells(i + 1, columns) == cells(i, columns) + row(i, columns),
        "a row has q ones": row(i, columns) >= q,
        "induction": cells(i, columns) >= q * i,
    },
    conclusion=And(cells(0, columns) >= 0, cells(i + 1, columns) >= q * (i + 1)),
    witness=And(i == 2, q == 3, columns == 5),
)
COLUMNS_BOUND = Claim(
    name="j columns of at most k ones hold at most k j ones (induction on columns)",
    hypotheses={
        "no columns": cells(rows, 0) == 0,
        "counted by columns": cells(rows, j + 1) == cells(rows, j) + column(rows, j),
        "a column has at most k ones": column(rows, j) <= largest,
        "induction": cells(rows, j) <= largest * j,
    },
    conclusion=And(cells(rows, 0) <= 0, cells(rows, j + 1) <= largest * (j + 1)),
    witness=And(j == 2, largest == 3, rows == 5),
)
FULL_COLUMN = Claim(
    name="some round-2 vertex is referenced by more than m - q of the m round-3 vertices",
    hypotheses={
        "at most n vertices a round": And(1 <= rows, rows <= n),
        "rows bound": cells(rows, n) >= q * rows,
        "columns bound": cells(rows, n) <= largest * n,
        "quorum": q == n / 2 + 1,
    },
    conclusion=largest >= rows - q + 1,
    witness=And(n == 7, rows == 5),
    mutants={"quorum of n/2": {"quorum": q == n / 2}},
)
EVERY_QUORUM_HITS = Claim(
    name="more than m - q of m round-3 vertices meet every q of them",
    hypotheses={
        "many reference it": hit >= rows - q + 1,
        "inclusion and exclusion": hit + q - common <= rows,
    },
    conclusion=common >= 1,
    witness=And(rows == 5, q == 3, hit == 3, common == 1),
    mutants={"m - q reference it": {"many reference it": hit >= rows - q}},
)

# Paths, for all n: one sort for each round of the wave, so that the formulas stay in EPR.
First, Second, Third, Fourth = (DeclareSort(f"Round{k}Vertex") for k in (1, 2, 3, 4))
Quorum = DeclareSort("Quorum")
member = Function("member", Third, Quorum, BoolSort())
edge_2 = Function("edge_2", Second, First, BoolSort())
edge_3 = Function("edge_3", Third, Second, BoolSort())
edge_4 = Function("edge_4", Fourth, Third, BoolSort())
reaches = Function("reaches", Fourth, First, BoolSort())
hub, u = Consts("hub u", Second)
x, v, y, Q = Const("x", First), Const("v", Third), Const("y", Fourth), Const("Q", Quorum)
MEETS = Exists(v, And(member(v, Q), edge_3(v, hub)))
SOME_PATH = Exists([v, u], And(edge_4(y, v), edge_3(v, u), edge_2(u, x)))
A1, B1, C1 = elements(First, "A1 B1 C1")
A2, B2, C2 = elements(Second, "A2 B2 C2")
A3, B3, C3 = elements(Third, "A3 B3 C3")
AB, AC, BC = elements(Quorum, "AB AC BC")
MAJORITIES = {AB: (A3, B3), AC: (A3, C3), BC: (B3, C3)}

HUB = Claim(
    name="every round-4 vertex reaches every parent of such a round-2 vertex",
    hypotheses={
        "round-4 edges": ForAll(y, Exists(Q, ForAll(v, Implies(member(v, Q), edge_4(y, v))))),
        "every quorum meets": ForAll(Q, MEETS),
        "paths": ForAll([y, x], Implies(SOME_PATH, reaches(y, x))),
    },
    conclusion=ForAll([y, x], Implies(edge_2(hub, x), reaches(y, x))),
    witness=And(edge_2(hub, A1), edge_2(hub, B1)),
    definitions={"only paths": ForAll([y, x], Implies(reaches(y, x), SOME_PATH))},
    mutants={
        "one quorum does not meet it": {
            "every quorum meets": ForAll(Q, Implies(Q != BC, MEETS)),
        }
    },
    instance=Instance(
        (A1, B1, C1, A2, B2, C2, A3, B3, C3, *elements(Fourth, "A4 B4"), AB, AC, BC),
        facts=tuple(
            member(w, quorum) == (w in members)
            for quorum, members in MAJORITIES.items()
            for w in (A3, B3, C3)
        ),
        show=(hub.decl(), edge_4, edge_3, edge_2, reaches),
    ),
)


def wave(n: int) -> Claim:
    """The whole statement for one n: which vertices of a wave exist, and all edges, are free.

    A prefix of a DAG need only be closed under predecessors, so a round may hold fewer than n.
    """
    replicas, quorum = range(n), largest_configuration(n).quorum_size
    present = {(r, a): Bool(f"present_{r}_{a}") for r in (1, 2, 3, 4) for a in replicas}
    edge = {
        (r, a, b): And(present[r, a], present[r - 1, b], Bool(f"edge_{r}_{a}_{b}"))
        for r, a, b in product((2, 3, 4), replicas, replicas)
    }
    path = {(2, a, b): edge[2, a, b] for a, b in product(replicas, replicas)}
    for r, a, b in product((3, 4), replicas, replicas):
        path[r, a, b] = Or([And(edge[r, a, c], path[r - 1, c, b]) for c in replicas])
    core = [
        And(present[1, b], *[Implies(present[4, a], path[4, a, b]) for a in replicas])
        for b in replicas
    ]

    def edges(r: int, at_least: int) -> BoolRef:
        enough = [AtLeast(*[edge[r, a, b] for b in replicas], at_least) for a in replicas]
        return And([Implies(present[r, a], enough[a]) for a in replicas])

    def statement(size: int) -> dict[str, BoolRef]:
        return {f"round-{r} edges": edges(r, size) for r in (2, 3, 4)} | {
            "conclusion": AtLeast(*core, size)
        }

    hypotheses = statement(quorum)
    return Claim(
        name=f"n = {n}: {quorum} or more round-1 vertices are reached by every round-4 vertex",
        conclusion=hypotheses.pop("conclusion"),
        hypotheses=hypotheses | {"round 4 is not empty": Or([present[4, a] for a in replicas])},
        witness=And([present[4, a] for a in replicas]),
        mutants={
            f"n = {n}: quorums of n // 2 in every round": statement(n // 2),
            f"n = {n}: q - 1 round-2 edges": {"round-2 edges": edges(2, quorum - 1)},
        },
    )


@dataclass(frozen=True)
class Bounded:
    """A claim about one n: its results say so."""

    claim: Claim
    scope: str

    def check(self, lemma: str) -> Iterator[Result]:
        """Check the claim."""
        yield from (replace(result, scope=self.scope) for result in self.claim.check(lemma))


def no_table_without_a_full_column(n: int) -> bool:
    """No m x n table, q <= m <= n, has rows of q ones or more and columns of m - q or fewer.

    Cells may even be fractions from 0 to 1, which the solver refutes faster than zeros and ones.
    """
    quorum = largest_configuration(n).quorum_size
    for m in range(quorum, n + 1):
        cell = [[Real(f"cell_{a}_{b}") for b in range(n)] for a in range(m)]
        table = {
            "cells": And([And(0 <= c, c <= 1) for line in cell for c in line]),
            "rows": And([Sum(line) >= quorum for line in cell]),
            "columns": And([Sum(line) <= m - quorum for line in zip(*cell, strict=True)]),
        }
        if ask(table).status != "unsat":
            return False
    return True


TABLES_UP_TO = 14
TABLES = Computation(
    name="each n: some round-2 vertex is referenced by more than m - q of m round-3 vertices",
    scope=f"n = 3 to {TABLES_UP_TO}",
    run=lambda: (
        all(no_table_without_a_full_column(n) for n in range(3, TABLES_UP_TO + 1)),
        "every m from q to n, by linear arithmetic, without the counting argument",
    ),
)

LEMMA = Lemma(
    "05",
    "Every wave has a common core",
    (
        COUNTED_TWICE,
        ROWS_BOUND,
        COLUMNS_BOUND,
        FULL_COLUMN,
        EVERY_QUORUM_HITS,
        HUB,
        *(Bounded(wave(n), f"n = {n}") for n in (3, 4, 5, 6)),
        TABLES,
    ),
    __file__,
)
