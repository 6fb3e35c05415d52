"""Lemma 06: recovery never lets one round of one source be filled twice, exactly when d + r > n.

The note beside this file explains it; lemma_06_model.py is the text of the system.
"""

from collections.abc import Mapping
from dataclasses import replace

from z3 import And, BoolRef, BoolSort, Const, ExprRef, Exists, ForAll, FuncDeclRef, Function
from z3 import Implies, Ints, Not, Or

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.instance import Instance, elements
from tee_rider.proofs_notes.kit.lemma import Lemma
from tee_rider.proofs_notes.kit.order import ascending, consecutive
from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition
from tee_rider.proofs_notes.lemma_06_model import ACCEPT, ANSWER, AXIOMS, CRASH, ECHO, FIRST, FREEZE
from tee_rider.proofs_notes.lemma_06_model import INITIAL, INVARIANTS, ONE_VERTEX, RESUME, ROOT
from tee_rider.proofs_notes.lemma_06_model import SAFETY, STATE, TAKE, TRANSITIONS
from tee_rider.proofs_notes.lemma_06_model import Answerers, Content, Epoch, Holders, Key, Replica
from tee_rider.proofs_notes.lemma_06_model import Round, accepted, answerer, c, closed, e, earlier
from tee_rider.proofs_notes.lemma_06_model import (
    follows,
    froze,
    holder,
    holds,
    j,
    k,
    kept,
    names,
    p,
)
from tee_rider.proofs_notes.lemma_06_model import R, r, said, v

# ---- which numbers d and r will do ----
n, size_d, size_r, common, quorum = Ints("n size_d size_r common quorum")
others_of_d, first_set, second_set = Ints("others_of_d first_set second_set")
INCLUDED = others_of_d + size_r - common <= n - 1  # of the n - 1 others, the target not counted
MEET = Claim(
    name="d holders and r answerers share a replica other than the target",
    hypotheses={
        "d + r > n": size_d + size_r > n,
        "the target may be one of the holders": others_of_d >= size_d - 1,
        "the target does not answer": INCLUDED,
    },
    conclusion=common >= 1,
    witness=And(n == 5, size_d == 3, size_r == 3, others_of_d == 2),
    mutants={"d + r = n": {"d + r > n": size_d + size_r == n}},
)
QUORUMS = Claim(
    name="d = q and r = n - q + 1 will do, and two sets of answerers meet",
    hypotheses={
        "quorum": quorum == n / 2 + 1,
        "d = q": size_d == quorum,
        "r = n - q + 1": size_r == n - quorum + 1,
        "two sets of r others": first_set + second_set - common <= n - 1,
        "each of r": And(first_set >= size_r, second_set >= size_r),
    },
    conclusion=And(size_d + size_r > n, common >= 1),
    witness=n == 4,
    mutants={
        "the target's own answer counts (even n)": {
            "two sets of r others": first_set + second_set - common <= n
        }
    },
)

# ---- small worlds ----
A, B, C, T = elements(Replica, "A B C T")
EPOCHS, ROUNDS = elements(Epoch, "0 1 2"), elements(Round, "1 2 3")
KEYS, CONTENTS = elements(Key, "K0 K1 K2"), elements(Content, "V W")
faulty = Function("faulty", Replica, BoolSort())
Sets = Mapping[str, str]
PAIRS = "AB AC BC"


def world(
    holders: str = PAIRS,
    answerers: str = PAIRS,
    epochs: int = 2,
    rounds: int = 1,
    contents: int = 2,
    replicas: tuple[ExprRef, ...] = (A, B, C),
) -> Instance:
    """These sets of replicas hold and answer; only C is faulty."""
    chosen: dict[ExprRef, FuncDeclRef] = {
        **dict.fromkeys(elements(Holders, holders), holder),
        **dict.fromkeys(elements(Answerers, answerers), answerer),
    }
    return Instance(
        (*replicas, *chosen, *EPOCHS[:epochs], *KEYS[:epochs], *ROUNDS[:rounds], *CONTENTS[:contents]),
        facts=(
            *(
                member(a, group) == (str(a) in str(group))
                for group, member in chosen.items()
                for a in replicas
            ),
            ascending(earlier, EPOCHS[:epochs]),
            consecutive(follows, EPOCHS[:epochs]),
            And(FIRST == EPOCHS[0], ROOT == KEYS[0]),
            And([faulty(a) == (a is C) for a in replicas]),
        ),
    )


def mutant(
    name: str,
    steps: int,
    instance: Instance | None = None,
    violates: str = ONE_VERTEX,
    drop: str = "",
    needless: str = "take crash answer recover",
    **transitions: Transition,
) -> Mutant:
    """The system with some transitions replaced, or an axiom or initial condition dropped.

    Transitions that the violation does not need are left out, which only shortens the search.
    """
    changes = {
        "transitions": {**dict.fromkeys(needless.split()), **transitions},
        "axioms": {drop: None} if drop in AXIOMS else {},
        "initial": {drop: None} if drop in INITIAL else {},
    }
    return Mutant(name, violates, steps, changes, instance or world("AC", "BC"))


def without(transition: Transition, *guards: str) -> Transition:
    """A transition without some of its guards."""
    if missing := set(guards) - set(transition.guard):
        raise ValueError(f"no such guard: {missing}")
    kept_guards = {name: g for name, g in transition.guard.items() if name not in guards}
    return replace(transition, guard=kept_guards)


LOCALLY_FREE = {
    "the round is free": ForAll(
        [c],
        Implies(
            earlier(c, e),
            Not(Or([accepted(p, c, key, r, x) for key in KEYS[:2] for x in CONTENTS])),
        ),
    )
}
s = Const("s", Round)
TELL_OTHERWISE = Transition(
    (e, r),
    {"only the faulty said it": ForAll([j], Implies(said(j, e, r), faulty(j)))},
    {kept: lambda x, y: And(kept(x, y), Not(And(x == e, y == r)))},
)
SAY_LESS = {
    **FREEZE.updates,
    said: lambda x, y, z: Or(said(x, y, z), And(x == j, y == e, holds(j, e, z), Not(faulty(j)))),
}
FORGET = {
    **CRASH.updates,
    froze: lambda x, y: And(froze(x, y), x != j),
    said: lambda x, y, z: And(said(x, y, z), x != j),
    names: lambda x, y, z: And(names(x, y, z), x != j),
}


def proposed(epoch: ExprRef, round_: ExprRef) -> BoolRef:
    """Some answerer holds this round of that epoch."""
    return Exists([j], And(answerer(j, R), holds(j, epoch, round_)))


RESUME_BY_LENGTH = Transition(
    (*RESUME.parameters, c),
    {
        **RESUME.guard,
        "two rounds of another epoch are longer": Exists(
            [r, s], And(r != s, proposed(c, r), proposed(c, s))
        ),
        "than one round of this": ForAll(
            [r, s], Implies(And(proposed(e, r), proposed(e, s)), r == s)
        ),
    },
    {
        **RESUME.updates,
        kept: lambda x, y: Or(kept(x, y), And(x == c, proposed(c, y))),
    },
)
CUT_OFF = "nothing accepted is cut off"
MUTANTS = (
    mutant(
        "d + r = n: one holder, two answers of three",
        9,
        world(holders="A B C"),
        drop="d + r > n",
    ),
    mutant(
        "d + r = n: two holders, one answer of three",
        10,
        world(answerers="C"),
        drop="d + r > n",
    ),
    mutant(
        "each replica cuts where its own DAG ends",
        11,
        accept=replace(ACCEPT, guard={**ACCEPT.guard, **LOCALLY_FREE}),
    ),
    mutant(
        "freezes are not signed by the USIG: others are told otherwise",
        11,
        needless="crash answer recover",
        tell_otherwise=TELL_OTHERWISE,
    ),
    mutant(
        "a freeze may say less than its sender echoed", 11, freeze=replace(FREEZE, updates=SAY_LESS)
    ),
    mutant("the old epoch is echoed after the freeze", 11, echo=without(ECHO, "not frozen")),
    mutant(
        "the longest chain wins, whatever its epoch",
        11,
        world("AB", "AB", epochs=3, rounds=3, contents=1, replicas=(A, B)),
        CUT_OFF,
        needless="sign take crash answer recover",
        drop="nothing is signed",  # the target has signed as it likes before the first step
        resume_by_length=RESUME_BY_LENGTH,
    ),
    mutant(
        "a second freeze counts too",
        6,
        world("AC", "BC", epochs=3),
        "one key per epoch",
        freeze=without(FREEZE, "only the first counts"),
    ),
    mutant(
        "n = 4 and the target's own answer counts",
        6,
        world("ABC ABT ACT BCT", "AT BC", 3, replicas=(A, B, C, T)),
        "one key per epoch",
        "2 r > n",
    ),
    mutant(
        "RESUME need not be the first message of its key",
        12,
        world("AC", "AB BC"),
        needless="crash answer recover",
        resume=without(RESUME, "the first message of the key"),
    ),
    mutant(
        "a replica answers before its own recovery is complete",
        8,
        violates=CUT_OFF,
        needless="take answer recover",
        freeze=without(FREEZE, "up"),
    ),
    mutant(
        "replicas down at once answer each other",
        12,
        world("AC", "AB BC"),
        CUT_OFF,
        needless="take",
        answer=without(ANSWER, "the answerer is up"),
    ),
    mutant(
        "a crash forgets a freeze",
        11,
        world("AC", "AB BC"),
        CUT_OFF,
        needless="take",
        crash=replace(CRASH, updates=FORGET),
    ),
    mutant(
        "an old echo counts although a holder had closed its life before",
        11,
        world("AC", "AB BC"),
        CUT_OFF,
        needless="take",
        accept=without(ACCEPT, "no echo from a life that a holder closed before its own"),
    ),
)
