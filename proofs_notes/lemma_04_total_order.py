"""Lemma 04, third part: from the same leaders to the same order of deliveries.

Replica a has decided no more than replica b. The note lemma_04_leader_chains.md explains it.
"""

from z3 import And, BoolRef, BoolSort, Consts, ExprRef, ForAll, Function, Implies, Not, Or

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.lemma_04_chains import Vertex, Wave, before, up_to
from tee_rider.proofs_notes.lemma_04_walk_back import Correct, committed, decided
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, total_order

history = Function("history", Wave, Vertex, BoolSort())  # of the wave's leader: lemma 04, local
inside = Function("inside", Correct, Wave, Vertex, Vertex, BoolSort())  # order inside one batch
a, b = Consts("a b", Correct)
u, v = Consts("u v", Vertex)
x, y, s, t, z = Consts("x y s t z", Wave)


def delivers(replica: ExprRef, wave: ExprRef, vertex: ExprRef) -> BoolRef:
    """The replica delivers the vertex with this leader: none of its earlier ones has it."""
    earlier = And(committed(replica, z), before(z, wave))
    return And(
        committed(replica, wave),
        history(wave, vertex),
        ForAll([z], Implies(earlier, Not(history(z, vertex)))),
    )


def precedes(replica: ExprRef, wave_u: ExprRef, wave_v: ExprRef) -> BoolRef:
    """The replica delivers u, with one leader, before v, with another or the same."""
    return Or(before(wave_u, wave_v), And(wave_u == wave_v, inside(replica, wave_u, u, v)))


ORDERED = {"waves are ordered": total_order(before)}
PREFIX = {
    "committed leaders are prefix-comparable": ForAll(
        [z], committed(a, z) == And(committed(b, z), up_to(z, decided(a)))
    )
}
W1, W2, W3 = WAVES = elements(Wave, "1 2 3")
A, B = elements(Correct, "A B")
V1, V2 = elements(Vertex, "V1 V2")
SMALL = Instance(
    (A, B, V1, V2, *WAVES),
    (ascending(before, WAVES), a == A, b == B, u == V1, v == V2),
    (decided, committed, history, inside),
)

SAME_BATCHES = Claim(
    name="T1: a delivers with a leader what b delivers with it, as far as a has decided",
    hypotheses={**ORDERED, **PREFIX},
    conclusion=delivers(a, x, v) == And(delivers(b, x, v), up_to(x, decided(a))),
    witness=And(delivers(a, W2, V1), delivers(b, W3, V2)),
    mutants={
        "b may have committed a leader that a has not": {
            "committed leaders are prefix-comparable": ForAll(
                [z], Implies(committed(a, z), And(committed(b, z), up_to(z, decided(a))))
            )
        }
    },
    instance=SMALL,
)

ONCE = Claim(
    name="T2: a vertex is delivered with one leader only",
    hypotheses={**ORDERED, "delivered with x": delivers(a, x, v), "and with y": delivers(a, y, v)},
    conclusion=x == y,
    witness=committed(A, W3),
    mutants={"a leader delivers all of its history": {"and with y": history(y, v)}},
    instance=SMALL,
)

SAME_ORDER = Claim(
    name="T3: two vertices that both deliver are delivered in the same order",
    hypotheses={
        **ORDERED,
        **PREFIX,
        "a delivers u with x": delivers(a, x, u),
        "a delivers v with y": delivers(a, y, v),
        "b delivers u with s": delivers(b, s, u),
        "b delivers v with t": delivers(b, t, v),
        "the order in a batch is a function of the batch": inside(a, x, u, v) == inside(b, x, u, v),
    },
    conclusion=precedes(a, x, y) == precedes(b, s, t),
    witness=And(x == W1, y == W2),
    mutants={
        "each replica orders a batch by arrival": {
            "the order in a batch is a function of the batch": x == y
        }
    },
    instance=SMALL,
)

NOTHING_SLIPS_IN = Claim(
    name="T4: what b alone delivers comes after all that a delivered",
    hypotheses={
        **ORDERED,
        **PREFIX,
        "a delivers v with y": delivers(a, y, v),
        "b delivers u with s": delivers(b, s, u),
        "a does not": Not(delivers(a, s, u)),
    },
    conclusion=before(y, s),
    witness=And(y == W2, s == W3),
    mutants={"u may be any vertex of b": {"a does not": u != v}},
    instance=SMALL,
)

CLAIMS = (SAME_BATCHES, ONCE, SAME_ORDER, NOTHING_SLIPS_IN)
