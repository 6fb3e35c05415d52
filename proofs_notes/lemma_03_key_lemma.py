"""Lemma 03: every vertex after the wave of a directly committed leader has a path to that leader.

The note beside this file explains it line by line.
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
    Implies,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding
from tee_rider.proofs_notes.lemma import Lemma
from tee_rider.proofs_notes.lemma_01_arithmetic import (
    QUORUMS_MEET,
    Quorum,
    Replica,
    member,
    quorums_of,
)
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

# ---- what never changes: every vertex that any correct replica ever inserts, and its edges ----
Vertex, Round, Wave = DeclareSort("Vertex"), DeclareSort("Round"), DeclareSort("Wave")
source = Function("source", Vertex, Replica, BoolSort())  # source(v, a): a created v
round_of = Function("round_of", Vertex, Round)
edge = Function("edge", Vertex, Vertex, BoolSort())  # a strong edge
path = Function("path", Vertex, Vertex, BoolSort())  # a strong path
leader = Function("leader", Wave, Vertex)
last = Function("last", Wave, Round)  # round 4w
lower = Function("lower", Round, Round, BoolSort())
follows = Function("follows", Round, Round, BoolSort())  # follows(r, s): s is r + 1
FIRST = Const("FIRST", Round)

# ---- what changes: the DAG of a correct replica, and the leaders it committed directly ----
Correct = DeclareSort("Correct")
dag = Function("dag", Correct, Vertex, BoolSort())
committed = Function("committed", Correct, Wave, BoolSort())

# ---- letters: a step chooses its own, and a quantifier binds those it names ----
p = Const("p", Correct)
a = Const("a", Replica)
q = Const("q", Quorum)
r = Const("r", Round)
u, v, x = Consts("u v x", Vertex)
w = Const("w", Wave)


def supports(vertex: ExprRef, replica: ExprRef) -> BoolRef:
    """A vertex of this replica, of the last round of wave w, with a path to the leader of w."""
    return And(source(vertex, replica), round_of(vertex) == last(w), path(vertex, leader(w)))


AXIOMS = {
    "two quorums meet (lemma 01)": QUORUMS_MEET,
    "one vertex per source and round (lemma 02)": ForAll(
        [a, u, v],
        Implies(And(source(u, a), source(v, a), round_of(u) == round_of(v)), u == v),
    ),
    "an edge extends a path": ForAll([v, u, x], Implies(And(edge(v, u), path(u, x)), path(v, x))),
    "rounds are ordered": total_order(lower),
    "no round is between": successor(follows, lower),
    "no round is before the first": ForAll([r], Not(lower(r, FIRST))),
}

INSERT_FIRST = Transition(
    (p, v),
    guard={"first round": round_of(v) == FIRST, "no edges": ForAll([u], Not(edge(v, u)))},
    updates={dag: adding(dag, p, v)},
)
INSERT = Transition(
    (p, v, r, q),
    guard={
        "r is the previous round": follows(r, round_of(v)),
        "edges lead to the previous round": ForAll([u], Implies(edge(v, u), round_of(u) == r)),
        "edges to a quorum": ForAll(
            [a], Implies(member(a, q), Exists([u], And(edge(v, u), source(u, a))))
        ),
        "predecessors are present": ForAll([u], Implies(edge(v, u), dag(p, u))),
    },
    updates={dag: adding(dag, p, v)},
)
COMMIT = Transition(
    (p, w, q),
    guard={
        "a quorum supports the leader": ForAll(
            [a], Implies(member(a, q), Exists([u], And(dag(p, u), supports(u, a))))
        )
    },
    updates={committed: adding(committed, p, w)},
)

SUPPORTED = ForAll([a], Implies(member(a, q), Exists([u], supports(u, a))))
"""Quorum q supports the leader of wave w: about vertices alone, so it never changes.

Which q and which w, a quantifier around it says.
"""

LATER_REACH = ForAll(
    [p, v], Implies(And(dag(p, v), lower(last(w), round_of(v))), path(v, leader(w)))
)
"""Every vertex after wave w, in every correct DAG, has a path to the leader of w.

The p and v are this formula's own; which w, a quantifier around it says.
"""

INVARIANTS = {
    "a commit has a supporting quorum": ForAll(
        [p, w], Implies(committed(p, w), Exists([q], SUPPORTED))
    ),
    "support is inherited": ForAll([q, w], Implies(SUPPORTED, LATER_REACH)),
    "DAGs are closed": ForAll([p, v, u], Implies(And(dag(p, v), edge(v, u)), dag(p, u))),
}
REACHED = "later vertices reach a committed leader"
SAFETY = {REACHED: ForAll([p, w], Implies(committed(p, w), LATER_REACH))}

# ---- that was the lemma; from here on: small worlds, in which it is put to the test ----
# One wave, and one more round after it.
A, B = elements(Correct, "A B")
(WAVE,) = elements(Wave, "1")


def small_world(names: str, quorum_size: int, wave_length: int = 2, twins: str = "") -> Instance:
    """Vertex A2 is A's vertex of round 2, and so on; a twin like B2' is a second B2."""
    replicas = elements(Replica, names)
    rounds = elements(Round, " ".join(str(i + 1) for i in range(wave_length + 1)))
    addresses = {f"{b}{i}": (b, i) for i in rounds for b in replicas}
    addresses |= {twin: addresses[twin.rstrip("'")] for twin in twins.split()}
    vertices = elements(Vertex, " ".join(addresses))
    quorums, membership = quorums_of(replicas, quorum_size)
    facts = [ascending(lower, rounds), consecutive(follows, rounds), FIRST == rounds[0]]
    facts += [last(WAVE) == rounds[-2], leader(WAVE) == vertices[0], *membership]
    for vertex, (creator, i) in zip(vertices, addresses.values(), strict=True):
        facts += [round_of(vertex) == i]
        facts += [source(vertex, b) if b is creator else Not(source(vertex, b)) for b in replicas]
    return Instance((A, B, *replicas, *rounds, WAVE, *vertices, *quorums), tuple(facts), (edge,))


DEFINITIONS = {
    "a path is a chain of edges": ForAll(
        [v, u], path(v, u) == Or(v == u, Exists([x], And(edge(v, x), path(x, u))))
    ),
    "an edge goes down one round": ForAll(
        [v, u], Implies(edge(v, u), follows(round_of(u), round_of(v)))
    ),
}

# ---- wrong protocols: a transition that asks for less, other quorums, or equivocation ----
EDGE_TO = Exists([u], And(edge(v, u), source(u, a)))
SUPPORT_OF = Exists([u], And(dag(p, u), supports(u, a)))
spared = Const("spared", Replica)


def all_but_one(asked: BoolRef) -> BoolRef:
    """What is asked of the members of a quorum, asked of q - 1 of them."""
    return Exists([spared], ForAll([a], Implies(And(member(a, q), a != spared), asked)))


def only_one(asked: BoolRef) -> BoolRef:
    """What is asked of the members of a quorum, asked of one replica."""
    return Exists([a], asked)


def mutant(name: str, step: str, guard: str, asked: BoolRef, steps: int, world: Instance) -> Mutant:
    """The system with one guard replaced."""
    honest = {"insert": INSERT, "commit": COMMIT}[step]
    wrong = replace(honest, guard={**honest.guard, guard: asked})
    return Mutant(name, REACHED, steps, {"transitions": {step: wrong}}, world)


ALONE = ForAll(
    [u, a],
    Implies(
        And(dag(p, u), round_of(u) == round_of(v), source(u, a), source(v, a)),
        u == v,
    ),
)
"""The inserting replica itself has no other vertex of this source and round."""

OF_3, OF_4, OF_5 = small_world("A B C", 2), small_world("A B C D", 2), small_world("A B C D E", 3)
REAL_WAVE, WITH_TWIN = small_world("A B C", 2, 4), small_world("A B C", 2, twins="B2'")
SUPPORT, EDGES = "a quorum supports the leader", "edges to a quorum"
MUTANTS = (
    mutant("q - 1 supporters at n = 5", "commit", SUPPORT, all_but_one(SUPPORT_OF), 11, OF_5),
    mutant("q - 1 edges at n = 5", "insert", EDGES, all_but_one(EDGE_TO), 10, OF_5),
    mutant("1 supporter", "commit", SUPPORT, only_one(SUPPORT_OF), 8, OF_3),
    mutant("1 edge", "insert", EDGES, only_one(EDGE_TO), 7, OF_3),
    mutant("1 supporter, four rounds", "commit", SUPPORT, only_one(SUPPORT_OF), 14, REAL_WAVE),
    Mutant(
        "q = n / 2 at n = 4",
        REACHED,
        steps=9,
        changes={"axioms": {"two quorums meet (lemma 01)": None}},
        instance=OF_4,
    ),
    Mutant(
        "B equivocates in round 2",
        REACHED,
        steps=10,
        changes={
            "axioms": {"one vertex per source and round (lemma 02)": None},
            "transitions": {"insert": replace(INSERT, guard={**INSERT.guard, "not twice": ALONE})},
        },
        instance=WITH_TWIN,
    ),
)

SYSTEM = System(
    name="the key lemma",
    axioms=AXIOMS,
    state=(dag, committed),
    initial={
        "DAGs are empty": ForAll([p, v], Not(dag(p, v))),
        "nothing is committed": ForAll([p, w], Not(committed(p, w))),
    },
    transitions={"insert_first": INSERT_FIRST, "insert": INSERT, "commit": COMMIT},
    invariants=INVARIANTS,
    safety=SAFETY,
    redundant={"DAGs are closed": "a result for lemma 04"},
    definitions=DEFINITIONS,
    instance=OF_3,
    depth=5,
    scenarios={
        "A commits the leader, B goes on to round 3": Scenario(
            And(committed(A, WAVE), Exists([v], And(dag(B, v), lower(last(WAVE), round_of(v))))),
            steps=10,
        )
    },
    mutants=MUTANTS,
)
LEMMA = Lemma("03", "The key lemma of a direct commit", (SYSTEM,), __file__)
