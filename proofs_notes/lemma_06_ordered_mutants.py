"""Lemma 06, second part: small worlds and wrong recoveries.

The note lemma_06_ordered_recovery.md explains them.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from z3 import And, BoolRef, Const, Exists, ExprRef, ForAll, FuncDeclRef, Implies, Or

from tee_rider.proofs_notes import lemma_06_ordered_model as model
from tee_rider.proofs_notes.kit.system import Mutant
from tee_rider.proofs_notes.kit.transition import Transition
from tee_rider.proofs_notes.lemma_06_mutants import without
from tee_rider.proofs_notes.lemma_06_ordered_model import (
    COUNT,
    FIRST,
    INSERT,
    ONE_VERTEX,
    RESUME,
    Backup,
    Freezers,
    Quorum,
    Replica,
    Round,
    Stream,
    Vertex,
    closed,
    counted,
    current,
    dag,
    earlier,
    edge,
    filled,
    first,
    follows,
    freezes,
    history,
    initial,
    j,
    k,
    leader,
    lower,
    member,
    of,
    opened,
    opener,
    p,
    r,
    round_of,
    saved,
    says,
    stream,
    top,
    v,
    w,
    x,
    y,
)
from tee_rider.proofs_notes.worlds.instance import Instance, elements


def world(text: str, quorums: str = "", freezers: str = "") -> Instance:
    """A whole DAG: in "A1 !C; B1; B2 A1 B1", A1 freezes C's epoch 1, and B2 builds on A1 and B1.

    C3' is C's vertex of round 3 in epoch 2. An edge that skips a round is a weak one. The sets of
    replicas are all majorities, unless fewer will do.
    """
    said = {name: [*words] for name, *words in map(str.split, text.split(";"))}
    below = {name: {u for u in words if u in said} for name, words in said.items()}
    replicas = sorted({name[0] for name in said})
    majorities = " ".join(map("".join, combinations(replicas, len(replicas) // 2 + 1)))
    named = {
        Replica: replicas,
        Quorum: (quorums or majorities).split(),
        Freezers: (freezers or majorities).split(),
        Stream: sorted({*map(epoch_of, said), *(f"{name}.1" for name in replicas)}),
        Round: sorted({name[1] for name in said}),
        Vertex: list(said),
        Backup: ["backup"],
    }
    rows: dict[FuncDeclRef, set[tuple[str, ...]]] = {
        member: {(name, q) for q in named[Quorum] for name in q},
        freezes: {(name, q) for q in named[Freezers] for name in q},
        of: {(s, s[0]) for s in named[Stream]},
        initial: {(s,) for s in named[Stream] if s.endswith(".1")},
        earlier: {(s, t) for s, t in product(named[Stream], repeat=2) if s[0] == t[0] and s < t},
        lower: set(combinations(named[Round], 2)),
        follows: {(s, t) for s, t in product(named[Round], repeat=2) if int(t) == int(s) + 1},
        first: {(min(t for t in said if epoch_of(t) == epoch_of(s)),) for s in said},
        edge: {(s, t) for s in said for t in below[s] if int(s[1]) == int(t[1]) + 1},
        history: {(s, t) for s in said for t in reached(below, s)},
        says: {(s, f"{word[1]}.1") for s in said for word in said[s] if word.startswith("!")},
        saved: {("backup", min(said))},
    }
    of_sort = {sort: elements(sort, " ".join(names)) for sort, names in named.items()}
    facts = [FIRST == of_sort[Round][0]]
    for symbol, table in rows.items():
        for row in product(*(of_sort[symbol.domain(i)] for i in range(symbol.arity()))):
            facts.append(symbol(*row) == (tuple(map(str, row)) in table))
    for s in of_sort[Vertex]:
        facts += [round_of(s) == Const(str(s)[1], Round), stream(s) == at(epoch_of(str(s)), Stream)]
    return Instance(tuple(e for group in of_sort.values() for e in group), tuple(facts))


def epoch_of(name: str) -> str:
    """C3' is of the stream C.2."""
    return f"{name[0]}.{name.count(chr(39)) + 1}"


def reached(below: Mapping[str, set[str]], name: str) -> set[str]:
    """A vertex and its history."""
    return {name}.union(*(reached(below, u) for u in below[name]))


def at(name: str, sort: Any = Vertex) -> ExprRef:
    """An element by its name."""
    return Const(name, sort)


def among(element: ExprRef, names: str) -> BoolRef:
    """It is one of these."""
    return Or([element == Const(name, element.sort()) for name in names.split()])


def held(names: str) -> dict[str, BoolRef]:
    """A run may begin where replica A holds these vertices: it inserted them first."""
    return {
        "DAGs are empty": ForAll([p, v], dag(p, v) == And(p == at("A", Replica), among(v, names))),
        "nothing is filled": ForAll([v], filled(v) == among(v, names)),
    }


def after_b_returned(names: str, **counts: str) -> dict[str, BoolRef]:
    """Or where B's epoch 1 was closed, too, and its epoch 2 opened, by A2: the cut is 2."""
    old, new, cut = at("B.1", Stream), at("B.2", Stream), at("2", Round)
    counting = [And(among(x, who), k == at(f"{one}.1", Stream)) for one, who in counts.items()]
    return {
        **held(names),
        "nothing is committed": ForAll([v], top(v) == (v == at("A2"))),
        "nothing is counted": ForAll([x, k], counted(x, k) == Or(counting)),
        "epochs 1 are open": ForAll([k], current(k) == Or(And(initial(k), k != old), k == new)),
        "no leader opened them": ForAll([k, v], opener(k, v) == And(k == new, v == at("A2"))),
        "they may fill every round": ForAll(
            [k, r], opened(k, r) == Or(initial(k), And(k == new, lower(cut, r)))
        ),
        "no epoch is closed": ForAll([k, r], closed(k, r) == And(k == old, lower(cut, r))),
    }


def mutant(
    name: str,
    steps: int,
    instance: Instance,
    begin: Mapping[str, BoolRef] | None = None,
    drop: str = "",
    insert: Transition = INSERT,
    count: Transition = COUNT,
    resume: Transition = RESUME,
) -> Mutant:
    """The rules with one of them replaced, without the two guards that are no rules."""
    changes: dict[str, Mapping[str, Any]] = {
        "transitions": {
            "crash": None,
            "insert": without(insert, model.KEPT),
            "count": count,
            "resume": without(resume, model.NOT_CUT),
        },
        "axioms": {drop: None} if drop else {},
        "initial": begin or {},
    }
    return Mutant(name, ONE_VERTEX, steps, changes, instance)


OF_AN_OPENED_EPOCH = Or(initial(stream(v)), opener(stream(v), leader))
NO_OLDER_ONE_HERE = ForAll(
    [w],
    Implies(And(dag(p, w), earlier(stream(w), stream(v))), lower(round_of(w), round_of(v))),
)
TWO_FREEZES = Exists([x, y], And(x != y, counted(x, k), counted(y, k)))


def asking(transition: Transition, **guards: BoolRef) -> Transition:
    """A transition that asks something else; the guards are named by the model's constants."""
    renamed = {getattr(model, name): guard for name, guard in guards.items()}
    return replace(transition, guard={**transition.guard, **renamed})


REOPENED = world("A1 !C; B1; C1; A2 A1 B1; B2 A1 B1 !C; C3' A2 B2", "AB", "AB")
BOTH_EPOCHS = And(filled(at("C1")), filled(at("C3'")))
ONE_TOO_FEW = world("A1 !C; B1; C1; C2 B1 C1; C2' A1 B1", "AB BC", "A")
SEEN = world("A1 !C; B1; A2 A1 B1; B2 A1 B1 !C; C3 A2 B2; C3' A2 B2")
BELOW = world("A1 !C; B1; B2 A1 B1 !C; C1; C1'")
NO_SELF = world("A1; B1 !C; C1; A2 A1 B1 !C; B2 A1 C1; C2 A1 C1; C3 B2 C2; C3' A2 B2")
TWICE = world("A1 !C; B1; C1; A2 A1 B1 !C; B2 B1 C1; C2 B1 C1; C3 B2 C2; C3' A2 B2")
AGAIN = world("A1 !C; B1; A2 A1 B1; B2 A1 B1 !C; C3' A2 B2; C3'' A2 B2")
LATE = world(
    "A1 !B; B1 !C; C1 !B; A2 A1 C1; C2 A1 C1; A3 A2 C2 B1 !C; B3' A2 C2; C3 A2 C2;"
    " C4 B3' C3; C4' A3 B3'"
)
FIVE = world(
    "A1 !B !C; B1 !C; C1; D1 !B; E1 !B; A2 A1 B1 D1 E1; C2 C1 D1 E1; D2 C1 D1 E1; E2 C1 D1 E1;"
    " B3' C2 D2 E2; C3 C2 D2 E2; D3 A2 C2 D2 E2 !C; E3 C2 D2 E2; C4 B3' C3 E3; C4' C3 D3 E3",
    "ADE BCE CDE",
    "ABD ADE",
)
MUTANTS = (
    mutant("r = n - q: one freeze of two is enough", 8, ONE_TOO_FEW, drop="q + r > n"),
    mutant(
        "an old vertex is accepted although it has seen a freeze",
        6,
        SEEN,
        held("A1 B1 A2 B2"),
        insert=without(INSERT, model.UNFROZEN),
    ),
    mutant(
        "a new epoch starts anywhere",
        9,
        BELOW,
        insert=asking(without(INSERT, model.TO_OPENER), OPENED=OF_AN_OPENED_EPOCH),
    ),
    mutant(
        "a new epoch starts above the cut, without a path to the opening leader",
        6,
        FIVE,
        after_b_returned("A1 B1 C1 D1 E1 A2 C2 D2 E2 C3 D3 E3", B="A1 D1 E1", C="A1 B1"),
        insert=asking(INSERT, TO_OPENER=OF_AN_OPENED_EPOCH),
    ),
    mutant(
        "each replica cuts where its own DAG ends (F4)",
        9,
        BELOW,
        insert=asking(INSERT, OPENED=OF_AN_OPENED_EPOCH, TO_OPENER=NO_OLDER_ONE_HERE),
    ),
    mutant(
        "no self-edges",
        7,
        NO_SELF,
        held("A1 B1 C1 A2 C2"),
        insert=without(INSERT, model.SELF_EDGE),
    ),
    mutant(
        "a freeze of a freezer's closed epoch counts",
        6,
        LATE,
        after_b_returned("A1 B1 C1 A2 C2 A3 B3' C3", B="A1 C1"),
        count=asking(COUNT, FREEZER_OPEN=j == stream(x)),
    ),
    mutant(
        "two freezes of one replica count as two",
        6,
        TWICE,
        held("A1 B1 C1 A2 B2 C2"),
        resume=asking(RESUME, R_FREEZES=TWO_FREEZES),
    ),
    mutant(
        "a closed epoch is replaced again",
        7,
        AGAIN,
        held("A1 B1 A2 B2"),
        resume=without(RESUME, model.OLD_OPEN),
    ),
)
