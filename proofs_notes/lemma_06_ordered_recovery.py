"""Lemma 06, second part: recovery by the total order fills no address twice, for all n.

Every epoch of every source at once. The note beside this file explains it;
lemma_06_ordered_model.py is the text of the system.
"""

from z3 import And, BoolRef, Exists, ForAll, Implies, Ints, Not, Or

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.system import Scenario, System
from tee_rider.proofs_notes.lemma_06_ordered_model import (
    ANY,
    AXIOMS,
    INITIAL,
    ONE_VERTEX,
    STATE,
    TRANSITIONS,
    F,
    Q,
    akin,
    closed,
    counted,
    current,
    dag,
    earlier,
    filled,
    freezes,
    frozen,
    frozen_by,
    history,
    k,
    leader,
    lower,
    m,
    of,
    opened,
    opener,
    p,
    r,
    rests,
    round_of,
    s,
    says,
    stream,
    top,
    v,
    w,
    x,
    z,
)
from tee_rider.proofs_notes.lemma_06_ordered_mutants import BOTH_EPOCHS, MUTANTS, REOPENED

n, size_q, size_r, common = Ints("n size_q size_r common")
MEET = Claim(
    name="r = n - q + 1 freezers share a replica with any q sources",
    hypotheses={
        "r = n - q + 1": size_r == n - size_q + 1,
        "both are among the n replicas": size_q + size_r - common <= n,
    },
    conclusion=common >= 1,
    witness=And(n == 5, size_q == 3, common == 1),
    mutants={"r = n - q": {"r = n - q + 1": size_r == n - size_q}},
)


def for_filled(conclusion: BoolRef) -> BoolRef:
    """The conclusion for every vertex v that is ever in a correct replica's DAG."""
    return ForAll([v], Implies(filled(v), conclusion))


CLOSED_BY_R = Exists(
    [F],
    ForAll(
        [z],
        Implies(
            freezes(z, F),
            Exists(
                [x],
                And(
                    counted(x, stream(ANY)),
                    of(stream(x), z),
                    lower(round_of(x), round_of(ANY)),
                ),
            ),
        ),
    ),
)
KNOWN = "whoever is not below its source's freeze knows it"
INVARIANTS = {
    # What an epoch fills.
    "what is held was filled": ForAll([p, v], Implies(dag(p, v), filled(v))),
    "above the opening cut": for_filled(opened(stream(v), round_of(v))),
    "not above the closing cut": for_filled(Not(closed(stream(v), round_of(v)))),
    "and knows no freeze of its epoch": for_filled(Not(frozen(v))),
    # Epochs, one after the other.
    "above a round above a cut": ForAll(
        [k, r, s], Implies(And(opened(k, r), lower(r, s)), opened(k, s))
    ),
    "one epoch is open": ForAll(
        [k, m], Implies(And(current(k), akin(k, m), k != m), Not(current(m)))
    ),
    "nothing is opened beyond the open epoch": ForAll(
        [k, m, r, v],
        Implies(And(current(k), earlier(k, m)), And(Not(opened(m, r)), Not(opener(m, v)))),
    ),
    "an epoch has one opening leader": ForAll(
        [k, v, w], Implies(And(opener(k, v), opener(k, w)), v == w)
    ),
    "the open epoch fills what is above the last leader": ForAll(
        [k, r, v],
        Implies(And(current(k), top(v), lower(round_of(v), r)), opened(k, r)),
    ),
    "two epochs share no round": ForAll(
        [k, m, r], Implies(And(earlier(k, m), opened(k, r), opened(m, r)), closed(k, r))
    ),
    # The order.
    "before the first leader nothing happened": Or(
        Exists([v], top(v)),
        ForAll([x, k, r], And(Not(counted(x, k)), Implies(current(k), opened(k, r)))),
    ),
    "one leader is the last": ForAll([v, w], Implies(And(top(v), top(w)), v == w)),
    "what counts was filled": ForAll([x, k], Implies(counted(x, k), And(filled(x), says(x, k)))),
    "the last leader knows what counts": ForAll(
        [v, x, k], Implies(And(top(v), counted(x, k)), history(v, x))
    ),
    "an opening leader knows what its source said before": ForAll(
        [m, v, x, k],
        Implies(And(opener(m, v), counted(x, k), earlier(stream(x), m)), history(v, x)),
    ),
    # What vertices know.
    "self-edges lead through the epoch": ForAll(
        [v, w],
        Implies(
            And(
                filled(v),
                stream(v) == stream(w),
                opened(stream(w), round_of(w)),
                Not(lower(round_of(v), round_of(w))),
            ),
            history(v, w),
        ),
    ),
    KNOWN: ForAll(
        [v, x, k],
        Implies(
            And(
                filled(v),
                counted(x, k),
                akin(stream(v), stream(x)),
                Not(lower(round_of(v), round_of(x))),
            ),
            history(v, x),
        ),
    ),
    # Of one arbitrary vertex: so no sort leads back to itself.
    "ANY rests on a quorum": Implies(filled(ANY), Exists([Q], rests(ANY, Q))),
    "ANY's epoch was closed by r": Implies(closed(stream(ANY), round_of(ANY)), CLOSED_BY_R),
}
SAFETY = {
    "insert's last guard always holds: no old vertex is beyond the cut": Implies(
        And(Exists([Q], rests(ANY, Q)), Not(frozen(ANY))),
        Not(closed(stream(ANY), round_of(ANY))),
    ),
    "resume's last guard always holds: no cut is below an old vertex": ForAll(
        [leader, F],
        Implies(
            And(filled(ANY), top(leader), frozen_by(F, stream(ANY))),
            Not(lower(round_of(leader), round_of(ANY))),
        ),
    ),
    ONE_VERTEX: ForAll(
        [v, w],
        Implies(
            And(filled(v), filled(w), akin(stream(v), stream(w)), round_of(v) == round_of(w)),
            v == w,
        ),
    ),
}

SYSTEM = System(
    name="recovery by the total order",
    axioms=AXIOMS,
    safety=SAFETY,
    state=STATE,
    initial=INITIAL,
    transitions=TRANSITIONS,
    invariants=INVARIANTS,
    redundant={
        "an epoch has one opening leader": "a result: everybody has the same cuts",
        "commit: it is filled": "an order of vertices that nobody holds would be as safe",
        "count: the target's epoch is open": "too early or too late, it is in the same histories",
        "count: not its own": "the target's own freeze is in its history like any other's",
    },
    instance=REOPENED,
    depth=8,
    scenarios={"both epochs of C hold a vertex": Scenario(BOTH_EPOCHS, 10)},
    mutants=MUTANTS,
)
SUBJECTS = (MEET, SYSTEM)
