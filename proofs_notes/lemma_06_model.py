"""Lemma 06, the text of the system: one source, the target, over all its epochs.

The note lemma_06_recovery.md explains it; lemma_06_recovery.py checks it.
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

Replica, Epoch, Key = DeclareSort("Replica"), DeclareSort("Epoch"), DeclareSort("Key")
Round, Content = DeclareSort("Round"), DeclareSort("Content")
# Sets of d that hold a vertex; sets of r that answer the target, or help another replica.
Holders, Answerers, Helpers = (DeclareSort(name) for name in ("Holders", "Answerers", "Helpers"))
i, j, p, q = Consts("i j p q", Replica)
c, d, e = Consts("c d e", Epoch)
k, m = Consts("k m", Key)
r = Const("r", Round)
v, w = Consts("v w", Content)
D, H = Const("D", Holders), Const("H", Helpers)
R, S = Consts("R S", Answerers)

# ---- what never changes ----
holder = Function("holder", Replica, Holders, BoolSort())
answerer = Function("answerer", Replica, Answerers, BoolSort())
helper = Function("helper", Replica, Helpers, BoolSort())
earlier = Function("earlier", Epoch, Epoch, BoolSort())
follows = Function("follows", Epoch, Epoch, BoolSort())
FIRST, ROOT = Const("FIRST", Epoch), Const("ROOT", Key)

# ---- what the target's enclaves signed; a key is one life of the enclave ----
signed = Function("signed", Key, Round, Content, BoolSort())
keyed = Function("keyed", Epoch, Key, BoolSort())  # the epoch is open under this key
closed = Function("closed", Epoch, BoolSort())  # the next epoch's RESUME exists
kept = Function("kept", Epoch, Round, BoolSort())  # the cut: what that RESUME keeps of the epoch

# ---- what the streams of the replicas say about the target ----
holds = Function("holds", Replica, Epoch, Round, BoolSort())
froze = Function("froze", Replica, Epoch, BoolSort())
said = Function("said", Replica, Epoch, Round, BoolSort())  # held, says its FREEZE
names = Function("names", Replica, Epoch, Key, BoolSort())  # its FREEZE asks for this key next

# ---- recoveries of the replicas that hold and answer ----
down = Function("down", Replica, BoolSort())  # crashed, and not yet resumed
answered = Function("answered", Replica, Replica, BoolSort())
offered = Function("offered", Replica, Epoch, Round, BoolSort())  # held by some that answered

# ---- what correct replicas conclude ----
secured = Function("secured", Epoch, Round, BoolSort())  # somebody counted d holders
accepted = Function("accepted", Replica, Epoch, Key, Round, Content, BoolSort())


def remembers(who: ExprRef, epoch: ExprRef, round_: ExprRef) -> BoolRef:
    """What a replica can say that it holds: a crash forgets, until the recovery is complete."""
    return And(holds(who, epoch, round_), Not(down(who)))


ALL_HOLD = ForAll([j], Implies(holder(j, D), holds(j, e, r)))
NOT_STALE = ForAll(
    [i, j],
    Implies(And(holder(i, D), holder(j, D), down(j), answered(i, j)), offered(j, e, r)),
)
FREE = ForAll([c], Implies(earlier(c, e), Not(kept(c, r))))

SIGN = Transition(
    (k, r, v),
    {"one vertex per round and key (lemma 02)": ForAll([w], Not(signed(k, r, w)))},
    {signed: adding(signed, k, r, v)},
)
ECHO = Transition(
    (j, e, k, r, v),
    {
        "evidence": And(keyed(e, k), signed(k, r, v)),
        "not frozen": Not(froze(j, e)),
        "up": Not(down(j)),
    },
    {holds: adding(holds, j, e, r)},
)
FREEZE = Transition(
    (j, e, d, k, m),
    {
        "an open epoch": keyed(e, m),
        "the next epoch": follows(e, d),
        "only the first counts": Not(froze(j, e)),
        "up": Not(down(j)),
    },
    {
        froze: adding(froze, j, e),
        said: lambda x, y, z: Or(said(x, y, z), And(x == j, y == e, remembers(j, e, z))),
        names: adding(names, j, d, k),
    },
)
RESUME = Transition(
    (e, d, k, m, R),
    {
        "the next epoch": follows(e, d),
        "an open epoch": keyed(e, m),
        "r freezes for this key": ForAll(
            [j], Implies(answerer(j, R), And(froze(j, e), names(j, d, k)))
        ),
        "the first message of the key": ForAll([c], Not(keyed(c, k))),
    },
    {
        closed: adding(closed, e),
        keyed: adding(keyed, d, k),
        kept: lambda x, y: Or(
            kept(x, y), And(x == e, Exists([j], And(answerer(j, R), said(j, e, y))))
        ),
    },
)
ACCEPT = Transition(
    (p, e, k, r, v, D),
    {
        "the epoch's key": keyed(e, k),
        "a genuine signature": signed(k, r, v),
        "d holders": ALL_HOLD,
        "no echo from a life that a holder closed before its own": NOT_STALE,
        "the round is free": FREE,
    },
    {accepted: adding(accepted, p, e, k, r, v), secured: adding(secured, e, r)},
)
TAKE = Transition(
    (p, e, k, r, v),
    {
        "the epoch's key": keyed(e, k),
        "a genuine signature": signed(k, r, v),
        "in the cut": And(closed(e), kept(e, r)),
        "the round is free": FREE,
    },
    {accepted: adding(accepted, p, e, k, r, v)},
)
CRASH = Transition((j,), {"up": Not(down(j))}, {down: adding(down, j)})
ANSWER = Transition(
    (i, j),
    {"the answerer is up": Not(down(i)), "it is asked": down(j)},
    {
        answered: adding(answered, i, j),
        offered: lambda x, y, z: Or(offered(x, y, z), And(x == j, remembers(i, y, z))),
    },
)
RECOVER = Transition(
    (j, H),
    {
        "down": down(j),
        "r answers": ForAll([i], Implies(helper(i, H), answered(i, j))),
    },
    {
        down: lambda x: And(down(x), x != j),
        holds: lambda x, y, z: Or(
            And(x != j, holds(x, y, z)),
            And(x == j, froze(j, y), said(j, y, z)),
            And(x == j, Not(froze(j, y)), offered(j, y, z)),
        ),
        answered: lambda x, y: And(answered(x, y), y != j),
        offered: lambda x, y, z: And(offered(x, y, z), x != j),
    },
)
TRANSITIONS = {
    "sign": SIGN,
    "echo": ECHO,
    "freeze": FREEZE,
    "resume": RESUME,
    "accept": ACCEPT,
    "take": TAKE,
    "crash": CRASH,
    "answer": ANSWER,
    "recover": RECOVER,
}

AXIOMS = {
    "d + r > n: answerers": ForAll([D, R], Exists([j], And(holder(j, D), answerer(j, R)))),
    "d + r > n: helpers": ForAll([D, H], Exists([j], And(holder(j, D), helper(j, H)))),
    "2 r > n - 1": ForAll([R, S], Exists([j], And(answerer(j, R), answerer(j, S)))),
    "epochs are ordered": total_order(earlier),
    "no epoch is between": successor(follows, earlier),
    "the first epoch": ForAll([e], Not(earlier(e, FIRST))),
}
INITIAL = {
    "nothing is signed": ForAll([k, r, v], Not(signed(k, r, v))),
    "the first key": ForAll([e, k], keyed(e, k) == And(e == FIRST, k == ROOT)),
    "nothing is closed": ForAll([e], Not(closed(e))),
    "nothing is cut": ForAll([e, r], Not(kept(e, r))),
    "nothing is held": ForAll([j, e, r], Not(holds(j, e, r))),
    "nothing is frozen": ForAll([j, e], Not(froze(j, e))),
    "nothing is said": ForAll([j, e, r], Not(said(j, e, r))),
    "no key is named": ForAll([j, e, k], Not(names(j, e, k))),
    "nobody is down": ForAll([j], Not(down(j))),
    "nothing is answered": ForAll([i, j], Not(answered(i, j))),
    "nothing is offered": ForAll([j, e, r], Not(offered(j, e, r))),
    "nothing is secured": ForAll([e, r], Not(secured(e, r))),
    "nothing is accepted": ForAll([p, e, k, r, v], Not(accepted(p, e, k, r, v))),
}


def for_accepted(conclusion: BoolRef) -> BoolRef:
    """The conclusion for everything that a correct replica accepted."""
    return ForAll([p, e, k, r, v], Implies(accepted(p, e, k, r, v), conclusion))


INVARIANTS = {
    "one vertex per round and key": ForAll(
        [k, r, v, w], Implies(And(signed(k, r, v), signed(k, r, w)), v == w)
    ),
    "a freeze says all that is held": ForAll(
        [j, e, r], Implies(And(froze(j, e), holds(j, e, r)), said(j, e, r))
    ),
    "a freeze names one key": ForAll(
        [j, d, k, m], Implies(And(names(j, d, k), names(j, d, m)), k == m)
    ),
    "naming is freezing": ForAll(
        [j, e, d, k], Implies(And(names(j, d, k), follows(e, d)), froze(j, e))
    ),
    "nobody names a first key": ForAll([j, k], Not(names(j, FIRST, k))),
    "a key has r freezes": ForAll(
        [d, k],
        Implies(
            keyed(d, k),
            Or(
                And(d == FIRST, k == ROOT),
                Exists([R], ForAll([j], Implies(answerer(j, R), names(j, d, k)))),
            ),
        ),
    ),
    "epochs before an open one are closed": ForAll(
        [e, d, k], Implies(And(keyed(d, k), earlier(e, d)), closed(e))
    ),
    "after a closed epoch one is open": ForAll(
        [e, d], Implies(And(closed(e), follows(e, d)), Exists([k], keyed(d, k)))
    ),
    "a cut holds what r freezes said": ForAll(
        [e],
        Implies(
            closed(e),
            Exists(
                [R],
                ForAll(
                    [j, r],
                    Implies(answerer(j, R), And(froze(j, e), Implies(said(j, e, r), kept(e, r)))),
                ),
            ),
        ),
    ),
    "what is secured stays held": ForAll(
        [e, r], Implies(secured(e, r), Exists([D], And(ALL_HOLD, NOT_STALE)))
    ),
    "only the crashed are answered": ForAll([i, j], Implies(answered(i, j), down(j))),
    "accepted means signed": for_accepted(signed(k, r, v)),
    "accepted under the epoch's key": for_accepted(keyed(e, k)),
    "accepted means secured or in the cut": for_accepted(
        Or(secured(e, r), And(closed(e), kept(e, r)))
    ),
    "accepted in one epoch": for_accepted(FREE),
}
ONE_VERTEX = "one vertex per round over all epochs"
SAFETY = {
    "one key per epoch": ForAll([e, k, m], Implies(And(keyed(e, k), keyed(e, m)), k == m)),
    "nothing accepted is cut off": for_accepted(Implies(closed(e), kept(e, r))),
    ONE_VERTEX: ForAll(
        [p, q, c, e, k, m, r, v, w],
        Implies(And(accepted(p, c, k, r, v), accepted(q, e, m, r, w)), v == w),
    ),
}
STATE = (
    signed, keyed, closed, kept, holds, froze, said, names, down, answered, offered,
    secured, accepted,
)  # fmt: skip
