"""Lemma 06, second part, the text of the system: all sources, all epochs, and the total order.

The note lemma_06_ordered_recovery.md explains it; lemma_06_recovery.py checks it.
"""

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

from tee_rider.proofs_notes.kit.transition import Transition, adding
from tee_rider.proofs_notes.worlds.order import successor, total_order

Replica, Round, Vertex = DeclareSort("Replica"), DeclareSort("Round"), DeclareSort("Vertex")
Stream = DeclareSort("Stream")  # one epoch of one source
# Sets of q whose vertices one builds on, sets of r that freeze, and backups.
Quorum, Freezers, Backup = (DeclareSort(name) for name in ("Quorum", "Freezers", "Backup"))
p, z = Consts("p z", Replica)
r, s = Consts("r s", Round)
k, m, j = Consts("k m j", Stream)
u, v, w, x, y = Consts("u v w x y", Vertex)
leader, chosen = Consts("leader chosen", Vertex)
Q, F, b = Const("Q", Quorum), Const("F", Freezers), Const("b", Backup)

# ---- what never changes: all valid vertices of all streams, faulty ones included ----
member = Function("member", Replica, Quorum, BoolSort())
freezes = Function("freezes", Replica, Freezers, BoolSort())
of = Function("of", Stream, Replica, BoolSort())  # the stream is this replica's
earlier = Function("earlier", Stream, Stream, BoolSort())  # epochs of one source
initial = Function("initial", Stream, BoolSort())  # epoch 1
lower = Function("lower", Round, Round, BoolSort())
follows = Function("follows", Round, Round, BoolSort())  # follows(r, s): s is r + 1
FIRST = Const("FIRST", Round)
stream, round_of = Function("stream", Vertex, Stream), Function("round_of", Vertex, Round)
first = Function("first", Vertex, BoolSort())  # of its stream
edge = Function("edge", Vertex, Vertex, BoolSort())  # a strong edge
history = Function("history", Vertex, Vertex, BoolSort())  # over edges of any kind, or itself
says = Function("says", Vertex, Stream, BoolSort())  # it holds a freeze of that epoch
saved = Function("saved", Backup, Vertex, BoolSort())
ANY = Const("ANY", Vertex)  # an arbitrary vertex: nothing is said of it

# ---- what changes ----
dag = Function("dag", Replica, Vertex, BoolSort())  # what a correct replica holds now
filled = Function("filled", Vertex, BoolSort())  # some correct replica held it at some time
top = Function("top", Vertex, BoolSort())  # the leader committed last in the agreed order
counted = Function("counted", Vertex, Stream, BoolSort())  # its freeze was delivered, and counts
current = Function("current", Stream, BoolSort())  # the open epoch of its source
opener = Function("opener", Stream, Vertex, BoolSort())  # its opening leader
opened = Function("opened", Stream, Round, BoolSort())  # rounds above the cut that opened it
closed = Function("closed", Stream, Round, BoolSort())  # rounds above the cut that closed it


def akin(one: ExprRef, other: ExprRef) -> BoolRef:
    """Two epochs of one source, or the same."""
    return Or(earlier(one, other), one == other, earlier(other, one))


def frozen(vertex: ExprRef) -> BoolRef:
    """A freeze of its own epoch is in the vertex's history, its own freezes left out."""
    return Exists([x], And(history(vertex, x), x != vertex, says(x, stream(vertex))))


def rests(vertex: ExprRef, quorum: ExprRef) -> BoolRef:
    """Edges lead to vertices of a whole quorum; in the first round none are needed."""
    by_member = Exists([w], And(edge(vertex, w), of(stream(w), z), filled(w)))
    return Or(round_of(vertex) == FIRST, ForAll([z], Implies(member(z, quorum), by_member)))


def frozen_by(set_: ExprRef, epoch: ExprRef) -> BoolRef:
    """Freezes of this epoch by each of the set count."""
    by_each = Exists([x], And(counted(x, epoch), of(stream(x), z)))
    return ForAll([z], Implies(freezes(z, set_), by_each))


OPENED = "its epoch is opened below its round"
TO_OPENER = "it has a path to the opening leader"
UNFROZEN = "no freeze of its epoch is in its history"
SELF_EDGE = "a self-edge, unless it is the first of its epoch"
FREEZER_OPEN = "the freezer's epoch is open"
OLD_OPEN = "the old epoch is open"
R_FREEZES = "r freezes"
KEPT = "its round is not beyond its epoch's cut (always so: shown below)"
NOT_CUT = "nothing that is filled is beyond the cut (always so: shown below)"
INSERT = Transition(
    (p, v, Q, u, leader),
    {
        OPENED: opened(stream(v), round_of(v)),
        TO_OPENER: Or(initial(stream(v)), And(opener(stream(v), leader), history(v, leader))),
        UNFROZEN: Not(frozen(v)),
        "predecessors are present": ForAll([w], Implies(edge(v, w), dag(p, w))),
        "edges to a quorum": rests(v, Q),
        SELF_EDGE: Or(first(v), And(edge(v, u), akin(stream(u), stream(v)))),
        KEPT: Not(closed(stream(v), round_of(v))),
    },
    {dag: adding(dag, p, v), filled: adding(filled, v)},
)
COMMIT = Transition(
    (chosen,),
    {
        "it is filled": filled(chosen),
        "it reaches the last leader (lemma 04)": ForAll([w], Implies(top(w), history(chosen, w))),
    },
    {top: lambda a: a == chosen},
)
COUNT = Transition(
    (x, k, j, leader),
    {
        "delivered with the last leader": And(top(leader), history(leader, x), filled(x)),
        "it says so": says(x, k),
        "the target's epoch is open": current(k),
        FREEZER_OPEN: And(current(j), akin(j, stream(x)), opened(j, round_of(x))),
        "not its own": Not(akin(k, stream(x))),
    },
    {counted: adding(counted, x, k)},
)
RESUME = Transition(
    (k, m, leader, F),
    {
        "the last leader": top(leader),
        OLD_OPEN: current(k),
        "the new one is later": earlier(k, m),
        R_FREEZES: frozen_by(F, k),
        NOT_CUT: ForAll(
            [v],
            Implies(And(filled(v), stream(v) == k), Not(lower(round_of(leader), round_of(v)))),
        ),
    },
    {
        current: lambda a: Or(And(current(a), a != k), a == m),
        opener: adding(opener, m, leader),
        opened: lambda a, c: Or(opened(a, c), And(a == m, lower(round_of(leader), c))),
        closed: lambda a, c: Or(closed(a, c), And(a == k, lower(round_of(leader), c))),
    },
)
CRASH = Transition(
    (p, b),
    {"a backup holds what was held once": ForAll([v], Implies(saved(b, v), filled(v)))},
    {dag: lambda a, c: Or(And(dag(a, c), a != p), And(a == p, saved(b, c)))},
)
TRANSITIONS = {
    "insert": INSERT,
    "commit": COMMIT,
    "count": COUNT,
    "resume": RESUME,
    "crash": CRASH,
}

AXIOMS = {
    "q + r > n": ForAll([Q, F], Exists([z], And(member(z, Q), freezes(z, F)))),
    "rounds are ordered": total_order(lower),
    "no round is between": successor(follows, lower),
    "no round is before the first": ForAll([r], Not(lower(r, FIRST))),
    "a source's epochs are ordered": ForAll(
        [k, m, j],
        And(Not(earlier(k, k)), Implies(And(earlier(k, m), earlier(m, j)), earlier(k, j))),
    ),
    "all epochs of a source are": ForAll([k, m, z], Implies(And(of(k, z), of(m, z)), akin(k, m))),
    "a source is one": ForAll([k, m, j], Implies(And(akin(k, m), akin(m, j)), akin(k, j))),
    "nothing is before epoch 1": ForAll([k, m], Implies(initial(m), Not(earlier(k, m)))),
    "one vertex per stream and round (lemma 02)": ForAll(
        [v, w], Implies(And(stream(v) == stream(w), round_of(v) == round_of(w)), v == w)
    ),
    "the first of a stream": ForAll(
        [v, w],
        Implies(And(first(v), stream(v) == stream(w)), Not(lower(round_of(w), round_of(v)))),
    ),
    "edges go down one round": ForAll(
        [v, w], Implies(edge(v, w), follows(round_of(w), round_of(v)))
    ),
    "a vertex is in its history": ForAll([v], history(v, v)),
    "edges lead into the history": ForAll([v, w], Implies(edge(v, w), history(v, w))),
    "histories include histories": ForAll(
        [v, w, x], Implies(And(history(v, w), history(w, x)), history(v, x))
    ),
    "histories go down": ForAll(
        [v, w], Implies(history(v, w), Not(lower(round_of(v), round_of(w))))
    ),
}
INITIAL = {
    "DAGs are empty": ForAll([p, v], Not(dag(p, v))),
    "nothing is filled": ForAll([v], Not(filled(v))),
    "nothing is committed": ForAll([v], Not(top(v))),
    "nothing is counted": ForAll([x, k], Not(counted(x, k))),
    "epochs 1 are open": ForAll([k], current(k) == initial(k)),
    "no leader opened them": ForAll([k, v], Not(opener(k, v))),
    "they may fill every round": ForAll([k, r], opened(k, r) == initial(k)),
    "no epoch is closed": ForAll([k, r], Not(closed(k, r))),
}
ONE_VERTEX = "one vertex per round and source over all epochs"
STATE = (dag, filled, top, counted, current, opener, opened, closed)
