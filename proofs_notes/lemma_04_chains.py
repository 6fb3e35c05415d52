"""Lemma 04, first part: what chains of leaders are, and the facts that the walk back relies on.

Every claim is the step of an induction: it holds for a vertex or wave if it holds for all lower
ones. The note lemma_04_leader_chains.md explains it.
"""

from dataclasses import replace

from z3 import (
    And,
    Bool,
    BoolRef,
    BoolSort,
    BoolVal,
    Consts,
    DeclareSort,
    Exists,
    ExprRef,
    ForAll,
    Function,
    Implies,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

# ---- local paths are global paths: by induction on rounds, for the constant vertices v and t ----
Vertex, Round = DeclareSort("Vertex"), DeclareSort("Round")
round_of = Function("round_of", Vertex, Round)
lower = Function("lower", Round, Round, BoolSort())
edge = Function("edge", Vertex, Vertex, BoolSort())
path = Function("path", Vertex, Vertex, BoolSort())  # through any vertices
local = Function("local", Vertex, Vertex, BoolSort())  # through vertices of one DAG
dag = Function("dag", Vertex, BoolSort())
u, v, t = Consts("u v t", Vertex)
NOT_UP = Not(lower(round_of(u), round_of(v)))
V1, V2, V3 = elements(Vertex, "V1 V2 V3")
R1, R2, R3 = elements(Round, "1 2 3")

LOCAL_IS_GLOBAL = Claim(
    name="a path is a path in every DAG that holds its start",
    hypotheses={
        "a path starts with an edge": path(v, t)
        == Or(v == t, Exists([u], And(edge(v, u), path(u, t)))),
        "a local path starts with a local edge": local(v, t)
        == And(dag(v), Or(v == t, Exists([u], And(dag(u), edge(v, u), local(u, t))))),
        "the start is held": dag(v),
        "the DAG is closed (lemma 03)": ForAll([u], Implies(edge(v, u), dag(u))),
        "edges go down": ForAll([u], Implies(edge(v, u), lower(round_of(u), round_of(v)))),
        "so it is for lower vertices": ForAll(
            [u],
            Implies(And(dag(u), lower(round_of(u), round_of(v))), path(u, t) == local(u, t)),
        ),
    },
    conclusion=path(v, t) == local(v, t),
    witness=And(path(v, t), v == V3, t == V1, edge(V3, V2)),
    mutants={"the DAG has holes": {"the DAG is closed (lemma 03)": BoolVal(True)}},
    instance=Instance(
        (V1, V2, V3, R1, R2, R3),
        (
            ascending(lower, [R1, R2, R3]),
            And(round_of(V1) == R1, round_of(V2) == R2, round_of(V3) == R3),
            ForAll([u, v], Implies(edge(u, v), lower(round_of(v), round_of(u)))),
            ForAll([u, v], Implies(Or(path(u, v), local(u, v)), NOT_UP)),
        ),
        (edge, path, dag, local),
    ),
)

# ---- waves, and the paths between their leaders ----
Wave = DeclareSort("Wave")
before = Function("before", Wave, Wave, BoolSort())
follows = Function("follows", Wave, Wave, BoolSort())  # follows(w, x): x is w + 1
reaches = Function("reaches", Wave, Wave, BoolSort())  # the leader of w has a path to that of x
chain = Function("chain", Wave, Wave, BoolSort())  # chain(w, x): walking back from w takes x
skipped = Function("skipped", Wave, Wave, BoolSort())  # a leader after x, before w, is reached
supported = Function("supported", Wave, BoolSort())  # by a quorum: can be committed directly
held = Function("held", Wave, BoolSort())  # some correct DAG holds the leader
w, x, y, z, s = Consts("w x y z s", Wave)
has_next = Bool("has_next")


def up_to(lowest: ExprRef, highest: ExprRef) -> BoolRef:
    """The wave is the same or an earlier one."""
    return Not(before(highest, lowest))


def goes_down(top: ExprRef, member: ExprRef) -> BoolRef:
    """C0: a chain holds no wave later than its top."""
    return Implies(chain(top, member), up_to(member, top))


def has_tails(top: ExprRef, member: ExprRef, wave: ExprRef) -> BoolRef:
    """C1: from a member on downwards, a chain is the member's own chain."""
    return Implies(
        And(chain(top, member), up_to(wave, member)), chain(top, wave) == chain(member, wave)
    )


def holds_supported(top: ExprRef, wave: ExprRef) -> BoolRef:
    """C2: a leader that a quorum supports is on the chain of every later leader that exists."""
    return Implies(And(supported(wave), held(top), up_to(wave, top)), chain(top, wave))


# The chain of w is w and the chain of the next wave, y: the latest one before w that w reaches.
NEXT = {
    "waves are ordered": total_order(before),
    "y is the latest wave reached from w, if any": And(
        Implies(has_next, And(before(y, w), reaches(w, y))),
        ForAll(
            [z],
            Implies(And(before(z, w), reaches(w, z)), And(has_next, up_to(z, y))),
        ),
    ),
    "the chain of w is w and the chain of y": ForAll(
        [z], chain(w, z) == Or(z == w, And(has_next, chain(y, z)))
    ),
}
W1, W2, W3 = WAVES = elements(Wave, "1 2 3")
REACHES_DOWN = ForAll([x, z], Implies(reaches(x, z), before(z, x)))
THREE_WAVES = Instance(
    (W1, W2, W3),
    (
        ascending(before, WAVES),
        consecutive(follows, WAVES),
        REACHES_DOWN,
        w == W3,
    ),
    (reaches, chain),
)
OWN_CHAIN = ForAll([z], chain(z, z))

GOES_DOWN = Claim(
    name="C0: a chain goes down",
    hypotheses={
        **NEXT,
        "so it is for lower waves": ForAll([s, z], Implies(before(s, w), goes_down(s, z))),
    },
    conclusion=goes_down(w, x),
    witness=And(chain(w, x), x != w, REACHES_DOWN),
    mutants={
        "the next wave may be a later one": {
            "y is the latest wave reached from w, if any": has_next,
            "so it is for lower waves": BoolVal(True),
        }
    },
    instance=replace(THREE_WAVES, facts=(ascending(before, WAVES), w == W2)),
)

HAS_TAILS = Claim(
    name="C1: from a member on, a chain is the member's own chain",
    hypotheses={
        **NEXT,
        "C0": ForAll([s, z], goes_down(s, z)),
        "so it is for lower waves": ForAll([s, x, z], Implies(before(s, w), has_tails(s, x, z))),
    },
    conclusion=has_tails(w, x, s),
    witness=And(chain(W3, W2), chain(W2, W1)),
    mutants={
        "every leader reached from the top is taken": {
            "the chain of w is w and the chain of y": ForAll(
                [z], chain(w, z) == Or(z == w, And(before(z, w), reaches(w, z)))
            )
        }
    },
    instance=THREE_WAVES,
)

HOLDS_SUPPORTED = Claim(
    name="C2: a supported leader is on the chain of every later leader",
    hypotheses={
        **NEXT,
        "key lemma": ForAll([z], Implies(And(supported(z), held(w), before(z, w)), reaches(w, z))),
        "a leader that is reached exists": ForAll([z], Implies(reaches(w, z), held(z))),
        "so it is for lower waves": ForAll([s, z], Implies(before(s, w), holds_supported(s, z))),
    },
    conclusion=holds_supported(w, x),
    witness=And(supported(W1), held(W3), reaches(W3, W2)),
    mutants={
        "no walk back": {
            "the chain of w is w and the chain of y": ForAll([z], chain(w, z) == (z == w))
        }
    },
    instance=THREE_WAVES,
)


def is_skipped(top: ExprRef, wave: ExprRef) -> BoolRef:
    """The leader of the top wave reaches one strictly between."""
    between = And(before(wave, z), before(z, top), reaches(top, z))
    return skipped(top, wave) == Exists([z], between)


SKIPPING_GROWS = Claim(
    name="S1: one wave further back, one more leader may have been skipped",
    hypotheses={
        "waves are ordered": total_order(before),
        "no wave is between": successor(follows, before),
        "s is right after x": follows(x, s),
        "skipped, at x": is_skipped(w, x),
        "skipped, at s": is_skipped(w, s),
    },
    conclusion=skipped(w, x) == Or(skipped(w, s), And(before(s, w), reaches(w, s))),
    witness=And(skipped(w, x), Not(skipped(w, s))),
    mutants={"waves may be left out": {"s is right after x": before(x, s)}},
    instance=THREE_WAVES,
)

FIRST_REACHED = Claim(
    name="S2: if nothing was skipped, to be reached is to be on the chain",
    hypotheses={
        **NEXT,
        "C0": ForAll([s, z], goes_down(s, z)),
        "every leader is on its own chain": OWN_CHAIN,
        "skipped, at x": is_skipped(w, x),
        "x is an earlier wave": before(x, w),
    },
    conclusion=Implies(Not(skipped(w, x)), chain(w, x) == reaches(w, x)),
    witness=And(Not(skipped(w, x)), reaches(w, x), x == W1),
    mutants={"something may have been skipped": {"conclusion": chain(w, x) == reaches(w, x)}},
    instance=THREE_WAVES,
)

# ---- the key lemma, said of waves ----
leader = Function("leader", Wave, Vertex)
first, last = Function("first", Wave, Round), Function("last", Wave, Round)

KEY_LEMMA_OF_WAVES = Claim(
    name="lemma 03, said of leaders: a later leader reaches a supported one",
    hypotheses={
        "lemma 03": ForAll(
            [z, v],
            Implies(And(supported(z), dag(v), lower(last(z), round_of(v))), path(v, leader(z))),
        ),
        "a leader is of its wave's first round": round_of(leader(w)) == first(w),
        "waves come one after the other (lemma 01)": ForAll(
            [z], Implies(before(z, w), lower(last(z), first(w)))
        ),
        "held means: in some correct DAG": held(w) == dag(leader(w)),
        "reaches means: by a path": ForAll(
            [z], Implies(before(z, w), reaches(w, z) == path(leader(w), leader(z)))
        ),
    },
    conclusion=Implies(And(supported(x), held(w), before(x, w)), reaches(w, x)),
    witness=And(supported(x), held(w), before(x, w)),
    mutants={
        "the leader may be of the last round of the wave before": {
            "waves come one after the other (lemma 01)": ForAll(
                [z], Implies(before(z, w), Not(lower(first(w), last(z))))
            )
        }
    },
    instance=Instance(
        (W1, W2, V1, V2, R1, R2, R3),
        (
            ascending(before, [W1, W2]),
            ascending(lower, [R1, R2, R3]),
            And(leader(W1) == V1, first(W1) == R1, last(W1) == R2, leader(W2) == V2),
            And(round_of(V1) == R1, last(W2) == R3, w == W2, Not(reaches(W2, W2))),
            ForAll([z], Not(path(V1, V2))),
        ),
        (leader, first, last, round_of, path),
    ),
)

CLAIMS = (
    LOCAL_IS_GLOBAL,
    KEY_LEMMA_OF_WAVES,
    GOES_DOWN,
    HAS_TAILS,
    HOLDS_SUPPORTED,
    SKIPPING_GROWS,
    FIRST_REACHED,
)
