"""Lemma 05, the limit: the core is not fixed when the coin shows, unless the rule says so."""

from itertools import combinations

from z3 import (
    And,
    BoolSort,
    BoolVal,
    Const,
    DeclareSort,
    Exists,
    ForAll,
    Function,
    Implies,
    Ints,
    Not,
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.lemma import Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements

# How many leaders can be starved, for all n: at most n (n - q) / q.
Second, Third, Fourth, Quorum = (DeclareSort(s) for s in ("Second", "Third", "Fourth", "Quorum"))
member = Function("member", Third, Quorum, BoolSort())
fixed = Function("fixed", Third, BoolSort())
edge_4 = Function("edge_4", Fourth, Third, BoolSort())
edge_3 = Function("edge_3", Third, Second, BoolSort())
sees = Function("sees", Second, BoolSort())
shown, late = Const("shown", Fourth), Const("late", Fourth)
Q, R, S, T = (Const(name, Quorum) for name in "QRST")
v, u = Const("v", Third), Const("u", Second)
A2, B2, C2 = elements(Second, "A2 B2 C2")
A3, B3, C3 = elements(Third, "A3 B3 C3")
AB, AC, BC = elements(Quorum, "AB AC BC")
MAJORITIES = {AB: (A3, B3), AC: (A3, C3), BC: (B3, C3)}

STARVED = Claim(
    name="a starved leader is avoided by all parents of some round-3 vertex fixed before the coin",
    hypotheses={
        "the coin's proof holds a valid vertex": ForAll(v, Implies(member(v, Q), edge_4(shown, v))),
        "its history is fixed": ForAll(v, Implies(edge_4(shown, v), fixed(v))),
        "the late vertex is valid": ForAll(v, Implies(member(v, R), edge_4(late, v))),
        "the late vertex misses the leader": Not(
            Exists([v, u], And(edge_4(late, v), edge_3(v, u), sees(u)))
        ),
        "quorums meet": ForAll([S, T], Exists(v, And(member(v, S), member(v, T)))),
    },
    conclusion=Exists(v, And(fixed(v), ForAll(u, Implies(edge_3(v, u), Not(sees(u)))))),
    witness=And(sees(A2), Exists([v, u], And(edge_4(shown, v), edge_3(v, u), sees(u)))),
    mutants={
        "the coin's proof holds junk": {
            "the coin's proof holds a valid vertex": BoolVal(True),
            "every round-3 vertex has parents": ForAll(v, Exists(u, edge_3(v, u))),
        },
    },
    instance=Instance(
        (A2, B2, C2, A3, B3, C3, *elements(Fourth, "A4 B4"), AB, AC, BC),
        facts=tuple(
            member(w, quorum) == (w in members)
            for quorum, members in MAJORITIES.items()
            for w in (A3, B3, C3)
        ),
        show=(shown.decl(), late.decl(), fixed, edge_4, edge_3, sees),
    ),
)

n, q, f, bad, pairs = Ints("n q f bad pairs")
COUNT_PAIRS = {
    "each starved leader is avoided by q fixed round-2 vertices": pairs >= q * bad,
    "each of n round-2 vertices avoids at most n - q leaders": pairs <= n * (n - q),
    "quorum": q == n / 2 + 1,
}
BOUND = Claim(
    name="of n = 2f + 1 leaders at most 2f - 1 can be starved",
    hypotheses={**COUNT_PAIRS, "odd": n == 2 * f + 1, "a fault": f >= 1},
    conclusion=bad <= 2 * f - 1,
    witness=And(f == 3, bad == 5),
    mutants={"at most f (probability q/n)": {"conclusion": bad <= f}},
)
NEVER_HOPELESS = Claim(
    name="for every n at least two leaders cannot be starved",
    hypotheses={**COUNT_PAIRS, "three replicas": n >= 3},
    conclusion=bad <= n - 2,
    witness=And(n == 6, bad == 3),
    mutants={"at least three": {"conclusion": bad <= n - 3}},
)

# The repair, for all n: the core of the vertices that are fixed, and a rule that waits for them.
Replica, Votes = DeclareSort("Replica"), DeclareSort("VoteQuorum")
among = Function("among", Fourth, Votes, BoolSort())
parent = Function("parent", Fourth, BoolSort())
before_coin = Function("before_coin", Fourth, BoolSort())
votes = Function("votes", Fourth, BoolSort())
held = Function("held", Replica, Fourth, BoolSort())
counted = Function("counted", Replica, Fourth, BoolSort())
commits = Function("commits", Replica, BoolSort())
p, y, V, W = Const("p", Replica), Const("y", Fourth), Const("V", Votes), Const("W", Votes)
ENOUGH_VOTES = Exists(V, ForAll(y, Implies(among(y, V), And(counted(p, y), votes(y)))))
FOURTHS = tuple(elements(Fourth, "A4 B4 C4"))
TRIPLES = dict(zip(elements(Votes, "AB AC BC"), combinations(FOURTHS, 2), strict=True))

REPAIRED = Claim(
    name="with the coin of round 4w + 1 and votes on arrival, every leader in the core commits",
    hypotheses={
        "the coin's proof holds a valid vertex": ForAll(y, Implies(among(y, W), parent(y))),
        "its history is fixed": ForAll(y, Implies(parent(y), before_coin(y))),
        "the leader is in the core of what is fixed": ForAll(y, Implies(before_coin(y), votes(y))),
        "its maker is correct, so all receive its parents": ForAll(
            [p, y], Implies(parent(y), held(p, y))
        ),
        "votes count on arrival": ForAll([p, y], Implies(held(p, y), counted(p, y))),
        "q votes commit": ForAll(p, Implies(ENOUGH_VOTES, commits(p))),
    },
    conclusion=ForAll(p, commits(p)),
    witness=Exists(y, Not(votes(y))),
    definitions={"only q votes commit": ForAll(p, Implies(commits(p), ENOUGH_VOTES))},
    mutants={
        "votes count once, when some q vertices are held": {
            "votes count on arrival": ForAll(
                p, Exists(V, ForAll(y, Implies(among(y, V), counted(p, y))))
            ),
        },
        "the coin shows with q signed round-4 vertices": {
            "its maker is correct, so all receive its parents": ForAll(
                p, Exists(V, ForAll(y, Implies(among(y, V), held(p, y))))
            ),
        },
    },
    instance=Instance(
        (*elements(Replica, "A B"), *FOURTHS, *TRIPLES),
        facts=tuple(
            among(w, quorum) == (w in members)
            for quorum, members in TRIPLES.items()
            for w in FOURTHS
        ),
        show=(W.decl(), parent, before_coin, votes, held, counted, commits),
    ),
)

LEMMA = Lemma(
    "05",
    "The common core and the coin",
    (STARVED, BOUND, NEVER_HOPELESS, REPAIRED),
    __file__,
)
