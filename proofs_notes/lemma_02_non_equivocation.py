"""Lemma 02: no two correct replicas hold different vertices of one source and round.

The note beside this file explains it. One epoch per source; lemma 06 is about several.
"""

from dataclasses import replace

from z3 import (
    And,
    BoolRef,
    BoolSort,
    Const,
    Consts,
    DeclareSort,
    Exists,
    ExprRef,
    ForAll,
    Function,
    If,
    Implies,
    Not,
)

from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding, setting
from tee_rider.proofs_notes.lemma import Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

# Receivers are correct replicas; sources are all replicas, the faulty ones too.
Receiver, Source = DeclareSort("Receiver"), DeclareSort("Source")
Counter, Round, Vertex = DeclareSort("Counter"), DeclareSort("Round"), DeclareSort("Vertex")
a, b = Consts("a b", Receiver)
s = Const("s", Source)
c, d = Consts("c d", Counter)
u, v = Consts("u v", Vertex)

# ---- what never changes ----
earlier = Function("earlier", Counter, Counter, BoolSort())
follows = Function("follows", Counter, Counter, BoolSort())
lower = Function("lower", Round, Round, BoolSort())
round_of = Function("round_of", Vertex, Round)
valid = Function("valid", Vertex, BoolSort())  # judged by its content alone
FIRST, NO_ROUND = Const("FIRST", Counter), Const("NO_ROUND", Round)

# ---- the stream of a source: what its enclave signed ----
signed = Function("signed", Source, Counter, Vertex, BoolSort())
unused = Function("unused", Source, Counter)  # the counter of the next signature
high = Function("high", Source, Counter, Round)  # the highest round that counted before a counter

# ---- what a receiver keeps about a source ----
expected = Function("expected", Receiver, Source, Counter)
last = Function("last", Receiver, Source, Round)  # the round of the last vertex taken
holds = Function("holds", Receiver, Source, Vertex, BoolSort())


def counts(source: ExprRef, counter: ExprRef, vertex: ExprRef) -> BoolRef:
    """Valid, and of a higher round than everything that counted before it in the stream."""
    return And(valid(vertex), lower(high(source, counter), round_of(vertex)))


def acceptable(receiver: ExprRef, source: ExprRef, vertex: ExprRef) -> BoolRef:
    """The receiver's own rule: valid, and of a higher round than the last vertex taken."""
    return And(valid(vertex), lower(last(receiver, source), round_of(vertex)))


SIGN = Transition(
    (s, v, c, d),
    guard={"the counter is fresh": c == unused(s), "the counter advances": follows(c, d)},
    updates={
        signed: adding(signed, s, c, v),
        unused: setting(unused, s, to=d),
        high: setting(high, s, d, to=If(counts(s, c, v), round_of(v), high(s, c))),
    },
)
NEXT_IN_STREAM = {
    "no gaps": c == expected(a, s),
    "a genuine signature": signed(s, c, v),
    "the counter advances": follows(c, d),
}
TAKE = Transition(
    (a, s, v, c, d),
    guard={**NEXT_IN_STREAM, "acceptable": acceptable(a, s, v)},
    updates={
        holds: adding(holds, a, s, v),
        last: setting(last, a, s, to=round_of(v)),
        expected: setting(expected, a, s, to=d),
    },
)
PASS_OVER = Transition(
    (a, s, v, c, d),
    guard={**NEXT_IN_STREAM, "not acceptable": Not(acceptable(a, s, v))},
    updates={expected: setting(expected, a, s, to=d)},
)

INVARIANTS = {
    "one vertex per counter": ForAll(
        [s, c, u, v], Implies(And(signed(s, c, u), signed(s, c, v)), u == v)
    ),
    "signed counters are used": ForAll([s, c, v], Implies(signed(s, c, v), earlier(c, unused(s)))),
    "receivers stay behind": ForAll([a, s], Not(earlier(unused(s), expected(a, s)))),
    "high is the stream's": ForAll(
        [s, c, d, v],
        Implies(
            And(signed(s, c, v), follows(c, d)),
            high(s, d) == If(counts(s, c, v), round_of(v), high(s, c)),
        ),
    ),
    "valid rounds stay below": ForAll(
        [s, c, d, v],
        Implies(
            And(signed(s, c, v), valid(v), earlier(c, d), Not(earlier(unused(s), d))),
            Not(lower(high(s, d), round_of(v))),
        ),
    ),
    "receivers track the stream": ForAll([a, s], last(a, s) == high(s, expected(a, s))),
    "what is held counted": ForAll(
        [a, s, v],
        Implies(
            holds(a, s, v),
            Exists([c], And(earlier(c, expected(a, s)), signed(s, c, v), counts(s, c, v))),
        ),
    ),
    "what counted is held": ForAll(
        [a, s, c, v],
        Implies(And(earlier(c, expected(a, s)), signed(s, c, v), counts(s, c, v)), holds(a, s, v)),
    ),
}

SAFETY = {
    "one vertex per source and round": ForAll(
        [a, b, s, u, v],
        Implies(And(holds(a, s, u), holds(b, s, v), round_of(u) == round_of(v)), u == v),
    ),
    "equal prefixes give equal vertices": ForAll(
        [a, b, s, v],
        Implies(And(expected(a, s) == expected(b, s), holds(a, s, v)), holds(b, s, v)),
    ),
}

A, B = elements(Receiver, "A B")
(C,) = elements(Source, "C")
COUNTERS, ROUNDS = elements(Counter, "1 2 3 4"), elements(Round, "0 1 2")
V, W, X = elements(Vertex, "V W X")
SMALL = Instance(
    (A, B, C, *COUNTERS, *ROUNDS, V, W, X),
    facts=(
        ascending(earlier, COUNTERS),
        consecutive(follows, COUNTERS),
        ascending(lower, ROUNDS),
        COUNTERS[0] == FIRST,
        ROUNDS[0] == NO_ROUND,
    ),
    show=(round_of, valid),
)

LATER_WINS = {
    **TAKE.updates,
    holds: lambda x, y, z: If(
        And(x == a, y == s, round_of(z) == round_of(v)), z == v, holds(x, y, z)
    ),
}
TAKE_ANY = replace(TAKE, guard={**NEXT_IN_STREAM, "valid": valid(v)})
PASS_OVER_INVALID = replace(PASS_OVER, guard={**NEXT_IN_STREAM, "invalid": Not(valid(v))})
SKIP_AHEAD = {**TAKE.guard, "no gaps": Not(earlier(c, expected(a, s)))}
SET_BACK = Transition(
    (s, c), {"an old counter": earlier(c, unused(s))}, {unused: setting(unused, s, to=c)}
)


def mutant(name: str, steps: int, **transitions: Transition) -> Mutant:
    """The system with some transitions replaced; it must lose its agreement."""
    return Mutant(name, "one vertex per source and round", steps, {"transitions": transitions})


MUTANTS = (
    mutant("gaps are allowed", 4, take=replace(TAKE, guard=SKIP_AHEAD)),
    mutant("the counter can be set back under one key", 5, set_back=SET_BACK),
    mutant(
        "each receiver drops what it likes", 5, pass_over=replace(PASS_OVER, guard=NEXT_IN_STREAM)
    ),
    mutant(
        "a later vertex overwrites",
        5,
        take=replace(TAKE_ANY, updates=LATER_WINS),
        pass_over=PASS_OVER_INVALID,
    ),
    mutant("rounds need not increase", 4, take=TAKE_ANY, pass_over=PASS_OVER_INVALID),
)

SYSTEM = System(
    name="one vertex per source and round",
    state=(signed, unused, high, expected, last, holds),
    axioms={
        "counters are ordered": total_order(earlier),
        "no counter is between": successor(follows, earlier),
        "rounds are ordered": total_order(lower),
    },
    initial={
        "nothing is signed": ForAll([s, c, v], Not(signed(s, c, v))),
        "counters start at the first": ForAll([s], unused(s) == FIRST),
        "nothing counted": ForAll([s], high(s, FIRST) == NO_ROUND),
        "receivers start at the first": ForAll([a, s], expected(a, s) == FIRST),
        "nothing was taken": ForAll([a, s], last(a, s) == NO_ROUND),
        "nothing is held": ForAll([a, s, v], Not(holds(a, s, v))),
    },
    transitions={"sign": SIGN, "take": TAKE, "pass_over": PASS_OVER},
    invariants=INVARIANTS,
    safety=SAFETY,
    instance=SMALL,
    depth=3,
    scenarios={
        "both hold V and W, and neither a valid X that came too late": Scenario(
            And(
                *(And(holds(x, C, V), holds(x, C, W), Not(holds(x, C, X))) for x in (A, B)),
                *(expected(x, C) == COUNTERS[3] for x in (A, B)),
                signed(C, COUNTERS[1], X),
                valid(X),
            ),
            steps=9,
        ),
    },
    mutants=MUTANTS,
)
LEMMA = Lemma("02", "Non-equivocation by the USIG", (SYSTEM,), __file__)
