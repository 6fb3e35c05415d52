"""Lemma 04, second part: the walk back as a loop, interleaved with the loops of all others.

The note lemma_04_leader_chains.md explains it.
"""

from dataclasses import replace

from z3 import (
    And,
    BoolRef,
    BoolSort,
    Const,
    Consts,
    DeclareSort,
    ForAll,
    Function,
    If,
    Implies,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding, setting
from tee_rider.proofs_notes.lemma_04_chains import (
    Wave,
    before,
    chain,
    follows,
    goes_down,
    has_tails,
    held,
    reaches,
    skipped,
    supported,
    up_to,
)
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

Correct = DeclareSort("Correct")
ZERO = Const("ZERO", Wave)  # before all waves
decided = Function("decided", Correct, Wave)  # the latest wave decided
committed = Function("committed", Correct, Wave, BoolSort())  # the leaders handed on
walking = Function("walking", Correct, BoolSort())
top = Function("top", Correct, Wave)  # the wave committed directly, where the walk began
at = Function("at", Correct, Wave)  # the wave examined last
tip = Function("tip", Correct, Wave)  # the leader taken last
taken = Function("taken", Correct, Wave, BoolSort())  # all leaders taken in this walk

p, q = Consts("p q", Correct)
w, x, y, z, s = Consts("w x y z s", Wave)

COMMIT = Transition(
    (p, w),
    guard={
        "no walk is going on": Not(walking(p)),
        "the wave is undecided": before(decided(p), w),
        "a quorum supports its leader": supported(w),
    },
    updates={
        walking: adding(walking, p),
        top: setting(top, p, to=w),
        at: setting(at, p, to=w),
        tip: setting(tip, p, to=w),
        taken: lambda r, v: If(r == p, v == w, taken(r, v)),
    },
)
ONE_BACK = {
    "a walk is going on": walking(p),
    "one wave further back": follows(x, at(p)),
    "the wave is undecided": before(decided(p), x),
}
TAKE = Transition(
    (p, x),
    guard={**ONE_BACK, "the leader taken last reaches it": reaches(tip(p), x)},
    updates={
        at: setting(at, p, to=x),
        tip: setting(tip, p, to=x),
        taken: adding(taken, p, x),
    },
)
SKIP = Transition(
    (p, x),
    guard={**ONE_BACK, "the leader taken last does not reach it": Not(reaches(tip(p), x))},
    updates={at: setting(at, p, to=x)},
)
FINISH = Transition(
    (p,),
    guard={
        "a walk is going on": walking(p),
        "all undecided waves were examined": follows(decided(p), at(p)),
    },
    updates={
        walking: lambda r: And(walking(r), r != p),
        decided: setting(decided, p, to=top(p)),
        committed: lambda r, v: Or(committed(r, v), And(r == p, taken(r, v))),
    },
)

AXIOMS = {
    "waves are ordered": total_order(before),
    "no wave is between": successor(follows, before),
    "nothing is before ZERO": ForAll([w], Not(before(w, ZERO))),
    "C0": ForAll([w, x], goes_down(w, x)),
    "C1": ForAll([w, x, z], has_tails(w, x, z)),
    "C2": ForAll([w, x], Implies(And(supported(w), supported(x), up_to(x, w)), chain(w, x))),
    "S0": ForAll([w], Not(skipped(w, w))),
    "S1": ForAll(
        [w, x, s],
        Implies(
            follows(x, s), skipped(w, x) == Or(skipped(w, s), And(before(s, w), reaches(w, s)))
        ),
    ),
    "S2": ForAll(
        [w, x],
        Implies(And(before(x, w), Not(skipped(w, x))), chain(w, x) == reaches(w, x)),
    ),
}


def in_walk(what: BoolRef) -> BoolRef:
    """True of every replica that walks back."""
    return ForAll([p], Implies(walking(p), what))


INVARIANTS = {
    "what is decided was supported": ForAll([p], Or(decided(p) == ZERO, supported(decided(p)))),
    "what is committed is the chain of what is decided": ForAll(
        [p, x], committed(p, x) == And(chain(decided(p), x), x != ZERO)
    ),
    "a walk starts at a supported leader": in_walk(supported(top(p))),
    "a walk stays above what is decided": in_walk(before(decided(p), at(p))),
    "the tip is at or above the wave examined": in_walk(up_to(at(p), tip(p))),
    "the tip is on the chain": in_walk(chain(top(p), tip(p))),
    "the tip reaches nothing down to the wave examined": in_walk(
        And(
            Not(skipped(tip(p), at(p))),
            Implies(before(at(p), tip(p)), Not(reaches(tip(p), at(p)))),
        )
    ),
    "what is taken is the chain down to the wave examined": ForAll(
        [p, x],
        Implies(walking(p), taken(p, x) == And(chain(top(p), x), up_to(at(p), x))),
    ),
}
SAFETY = {
    "committed leaders are prefix-comparable": ForAll(
        [p, q, x],
        Implies(
            up_to(decided(p), decided(q)),
            committed(p, x) == And(committed(q, x), up_to(x, decided(p))),
        ),
    ),
    "leaders are committed in ascending order": ForAll(
        [p, x, y],
        Implies(And(walking(p), taken(p, x), committed(p, y)), before(y, x)),
    ),
}

DEFINITIONS = {
    "paths go down": ForAll([w, x], Implies(reaches(w, x), before(x, w))),
    "paths compose": ForAll([w, x, z], Implies(And(reaches(w, x), reaches(x, z)), reaches(w, z))),
    "leaders on a path exist": ForAll([w, x], Implies(reaches(w, x), And(held(w), held(x)))),
    "supported leaders exist": ForAll([w], Implies(supported(w), held(w))),
    "key lemma": ForAll([w, x], Implies(And(supported(x), held(w), before(x, w)), reaches(w, x))),
}
A, B = elements(Correct, "A B")
WAVES = elements(Wave, "0 1 2 3")
SMALL = Instance(
    (A, B, *WAVES),
    facts=(
        ascending(before, WAVES),
        consecutive(follows, WAVES),
        WAVES[0] == ZERO,
        Not(held(ZERO)),
    ),
    show=(supported, reaches),
)

known = Function("known", Correct, Wave, BoolSort())  # this replica holds the leader


DIFFER = "committed leaders are prefix-comparable"


def mutant(name: str, steps: int, **transitions: Transition | None) -> Mutant:
    """The system with some transitions replaced or removed; the leaders committed must differ."""
    return Mutant(name, DIFFER, steps, {"transitions": transitions})


def walk_by(test: BoolRef) -> dict[str, Transition]:
    """Take the leader one wave further back by another test than a path from the one taken last."""
    return {
        "take": replace(TAKE, guard={**ONE_BACK, "test": test}),
        "skip": replace(SKIP, guard={**ONE_BACK, "test": Not(test)}),
    }


MUTANTS = (
    mutant(
        "no walk back",
        6,
        take=None,
        skip=None,
        finish=replace(FINISH, guard={"a walk is going on": walking(p)}),
    ),
    Mutant(
        "the walk back takes every leader it knows",
        DIFFER,
        6,
        {
            "transitions": walk_by(known(p, x)),
            "definitions": {
                "who holds a leader holds what it reaches": ForAll(
                    [p, w, x], Implies(And(supported(w), reaches(w, x)), known(p, x))
                )
            },
        },
        instance=replace(SMALL, show=(*SMALL.show, known)),
    ),
    mutant("paths from the top leader only", 7, **walk_by(reaches(top(p), x))),
    mutant(
        "a leader without a quorum is committed",
        5,
        commit=replace(COMMIT, guard={**COMMIT.guard, "a quorum supports its leader": held(w)}),
    ),
)

SYSTEM = System(
    name="the walk back",
    axioms=AXIOMS,
    state=(decided, committed, walking, top, at, tip, taken),
    initial={
        "nothing is decided": ForAll([p], decided(p) == ZERO),
        "nothing is committed": ForAll([p, x], Not(committed(p, x))),
        "nobody walks": ForAll([p], Not(walking(p))),
    },
    transitions={"commit": COMMIT, "take": TAKE, "skip": SKIP, "finish": FINISH},
    invariants=INVARIANTS,
    safety=SAFETY,
    definitions=DEFINITIONS,
    redundant={
        "commit: no walk is going on": "a walk that starts anew would be safe, too",
        "take: a walk is going on": "what a replica notes outside a walk is never used",
        "skip: a walk is going on": "what a replica notes outside a walk is never used",
    },
    instance=SMALL,
    scenarios={
        "A commits 1 and 3 but not 2, B has committed 1": Scenario(
            And(
                *(committed(A, WAVES[3]), committed(A, WAVES[1]), Not(committed(A, WAVES[2]))),
                *(decided(B) == WAVES[1], committed(B, WAVES[1])),
            ),
            steps=6,
        )
    },
    mutants=MUTANTS,
)
