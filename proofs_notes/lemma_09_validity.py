"""Lemma 09: with weak edges, what every correct replica holds is in every later leader's history.

The note beside this file explains it.
"""

from itertools import combinations

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
    Implies,
    Ints,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding
from tee_rider.proofs_notes.lemma import Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

# ---- q > f: a correct creator among any q strong edges ----
n, f, q, correct_ones, faulty_ones = Ints("n f q correct_ones faulty_ones")
CORRECT_CREATOR = Claim(
    name="any q strong edges lead to a correct creator's vertex",
    hypotheses={
        "quorum": q == n / 2 + 1,
        "faults": n >= 2 * f + 1,
        "at most f creators are faulty": faulty_ones <= f,
        "q edges, one for each creator": correct_ones + faulty_ones >= q,
    },
    conclusion=correct_ones >= 1,
    witness=And(f == 3, n == 7, faulty_ones == 3),
    mutants={"n = 2f - 1": {"faults": And(n == 2 * f - 1, f >= 2)}},
)

# ---- weak edges: a new vertex's history holds all that its creator held ----
Vertex = DeclareSort("Vertex")
strong = Function("strong", Vertex, Vertex, BoolSort())
weak = Function("weak", Vertex, Vertex, BoolSort())
path = Function("path", Vertex, Vertex, BoolSort())
held = Function("held", Vertex, BoolSort())
x, y, new = Consts("x y new", Vertex)
older = Function("older", Vertex, BoolSort())
A3, A2, B2, C1 = elements(Vertex, "A3 A2 B2 C1")
AN_EDGE = Or(strong(x, y), weak(x, y))
CLOSED = Claim(
    name="the history of a correct creator's vertex holds every older vertex the creator held",
    hypotheses={
        "a weak edge to what has no path yet": ForAll(
            y, Implies(And(held(y), older(y), Not(path(new, y))), weak(new, y))
        ),
        "weak edges are paths": ForAll([x, y], Implies(weak(x, y), path(x, y))),
    },
    conclusion=ForAll(y, Implies(And(held(y), older(y)), path(new, y))),
    witness=And(
        ForAll(y, And(held(y) == older(y), older(y) == (y != new))),
        ForAll(y, strong(new, y) == Or(y == A2, y == B2)),
    ),
    definitions={
        "only the new vertex has edges here": ForAll([x, y], Implies(AN_EDGE, x == new)),
        "paths are edges": ForAll([x, y], Implies(path(x, y), AN_EDGE)),
        "no needless weak edges": ForAll([x, y], Not(And(strong(x, y), weak(x, y)))),
    },
    mutants={
        "weak edges dropped": {
            "a weak edge to what has no path yet": ForAll([x, y], Not(weak(x, y))),
        }
    },
    instance=Instance(
        (A3, A2, B2, C1), facts=(new == A3,), show=(new.decl(), held, older, strong, weak, path)
    ),
)

# ---- one vertex, the target, followed through the DAG ----
# A vertex is (round, creator): lemma 02 says that there is only one. Replicas that hold the target
# are the correct ones. Fairness enters as SETTLED: a round that no correct replica enters without
# holding the target.
Replica, Quorum, Round = DeclareSort("Replica"), DeclareSort("Quorum"), DeclareSort("Round")
p, m, holder, leader = Consts("p m holder leader", Replica)
Q = Const("Q", Quorum)
r, s, FIRST, TARGET, SETTLED = Consts("r s FIRST TARGET SETTLED", Round)
AUTHOR = Const("AUTHOR", Replica)

member = Function("member", Replica, Quorum, BoolSort())
correct = Function("correct", Replica, BoolSort())
lower = Function("lower", Round, Round, BoolSort())
follows = Function("follows", Round, Round, BoolSort())

created = Function("created", Round, Replica, BoolSort())
reaches = Function("reaches", Round, Replica, BoolSort())  # the target is in its history
holds = Function("holds", Replica, BoolSort())  # the replica holds the target
committed = Function("committed", Round, Replica, BoolSort())  # as a leader

STRONG_PATH = Exists([m], And(member(m, Q), reaches(s, m)))
WEAK_PATH = And(holds(p), lower(TARGET, r))


def create(maker: BoolRef, history: BoolRef, **more: BoolRef) -> Transition:
    """Replica p creates its vertex of round r with strong edges to Q's vertices of round s."""
    guard = {
        "the maker": maker,
        "created once": Not(created(r, p)),
        "the round before": follows(s, r),
        "q strong edges": ForAll([m], Implies(member(m, Q), created(s, m))),
    }
    target_in_history = Or(And(r == TARGET, p == AUTHOR), history)
    return Transition(
        (p, r, s, Q),
        {**guard, **more},
        {
            created: adding(created, r, p),
            reaches: lambda a, b: Or(reaches(a, b), And(a == r, b == p, target_in_history)),
        },
    )


FAIR = Implies(Not(lower(r, SETTLED)), holds(p))
START = Transition(
    (p, r),
    {"the first round": r == FIRST},
    {
        created: adding(created, r, p),
        reaches: lambda a, b: Or(reaches(a, b), And(a == r, b == p, r == TARGET, p == AUTHOR)),
    },
)
RECEIVE = Transition(
    (holder,), {"the target exists": created(TARGET, AUTHOR)}, {holds: adding(holds, holder)}
)
COMMIT = Transition(
    (leader, r),
    {"the leader exists": created(r, leader)},
    {committed: adding(committed, r, leader)},
)
CREATE = create(correct(p), Or(STRONG_PATH, WEAK_PATH), fairness=FAIR)
CREATE_FAULTY = create(Not(correct(p)), STRONG_PATH)

A, B, C = elements(Replica, "A B C")
ROUNDS = elements(Round, "1 2 3 4")
PAIRS = dict(zip(elements(Quorum, "AB AC BC"), combinations((A, B, C), 2), strict=True))
(FAULTY_ALONE,) = elements(Quorum, "B_alone")


def small(
    quorums: dict[ExprRef, tuple[ExprRef, ...]], settled: int = 2, all_correct: bool = False
) -> Instance:
    """Replicas A, B, C with these quorums; the target is C1."""
    return Instance(
        (A, B, C, *ROUNDS, *quorums),
        facts=(
            *(member(a, q) == (a in chosen) for q, chosen in quorums.items() for a in (A, B, C)),
            ascending(lower, ROUNDS),
            consecutive(follows, ROUNDS),
            And(FIRST == ROUNDS[0], TARGET == ROUNDS[0], SETTLED == ROUNDS[settled - 1]),
            And(AUTHOR == C, correct(A), correct(C), correct(B) == all_correct),
        ),
        show=(correct, TARGET.decl(), AUTHOR.decl(), SETTLED.decl()),
    )


VALIDITY = "a leader committed above the settled round delivers the target"


def mutant(name: str, steps: int, settled: int, create: Transition) -> Mutant:
    """The system with another way for correct replicas to create; nobody is faulty."""
    changes = {"transitions": {"create": create}}
    return Mutant(name, VALIDITY, steps, changes, small(PAIRS, settled, all_correct=True))


POSITIVE = "more histories and holders than there are can only help"
SYSTEM = System(
    name="validity",
    state=(created, reaches, holds, committed),
    axioms={
        "a quorum holds a correct replica": ForAll([Q], Exists([m], And(member(m, Q), correct(m)))),
        "rounds are ordered": total_order(lower),
        "no round is between": successor(follows, lower),
        "the target is no older than the first round": Not(lower(TARGET, FIRST)),
        "the settled round is later": lower(TARGET, SETTLED),
    },
    initial={
        "nothing is created": ForAll([r, p], Not(created(r, p))),
        "nothing is committed": ForAll([r, p], Not(committed(r, p))),
        "nothing reaches the target": ForAll([r, p], Not(reaches(r, p))),
        "nobody holds the target": ForAll([p], Not(holds(p))),
    },
    transitions={
        "start": START,
        "receive": RECEIVE,
        "create": CREATE,
        "create_faulty": CREATE_FAULTY,
        "commit": COMMIT,
    },
    invariants={
        "correct vertices from the settled round on have the target": ForAll(
            [r, p],
            Implies(And(created(r, p), correct(p), Not(lower(r, SETTLED))), reaches(r, p)),
        ),
        "all vertices above the settled round have the target": ForAll(
            [r, p], Implies(And(created(r, p), lower(SETTLED, r)), reaches(r, p))
        ),
        "leaders are created": ForAll([r, p], Implies(committed(r, p), created(r, p))),
    },
    safety={
        VALIDITY: ForAll([r, p], Implies(And(committed(r, p), lower(SETTLED, r)), reaches(r, p)))
    },
    redundant={
        "initial: nothing reaches the target": POSITIVE,
        "initial: nobody holds the target": POSITIVE,
        "receive: the target exists": POSITIVE,
        "create: the maker": "a faulty replica that adds weak edges does no harm",
        "create: the round before": "weak edges alone keep a correct creator's promise",
        "create: q strong edges": "weak edges alone keep a correct creator's promise",
        "create: created once": "lemma 02; here a second vertex would hold the target too",
        "create_faulty: created once": "lemma 02; here a second vertex would hold the target too",
    },
    instance=small(PAIRS),
    depth=4,
    scenarios={
        "a leader delivers the target although its author never wrote again": Scenario(
            And(committed(ROUNDS[2], A), Not(created(ROUNDS[1], C))),
            steps=9,
        ),
    },
    mutants=(
        mutant(
            "no weak edges (F9)",
            9,
            2,
            create(And(correct(p), p != AUTHOR), STRONG_PATH, fairness=FAIR),
        ),
        mutant(
            "weak edges to the last round only",
            11,
            3,
            create(correct(p), Or(STRONG_PATH, And(holds(p), follows(TARGET, r))), fairness=FAIR),
        ),
        mutant(
            "unfair: correct replicas go on for ever without the target",
            6,
            2,
            create(correct(p), Or(STRONG_PATH, WEAK_PATH)),
        ),
        Mutant(
            "f strong edges are enough",
            VALIDITY,
            4,
            {"axioms": {"a quorum holds a correct replica": None}},
            small({FAULTY_ALONE: (B,)}),
        ),
    ),
)

LEMMA = Lemma("09", "Validity with weak edges", (CORRECT_CREATOR, CLOSED, SYSTEM), __file__)
