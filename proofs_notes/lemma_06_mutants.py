"""Lemma 06, small worlds and wrong recoveries; the note lemma_06_recovery.md explains them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from z3 import (
    And,
    BoolRef,
    BoolSort,
    Const,
    Exists,
    ExprRef,
    ForAll,
    FuncDeclRef,
    Function,
    If,
    Implies,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit.system import Mutant
from tee_rider.proofs_notes.kit.transition import Transition, Update
from tee_rider.proofs_notes.lemma_06_model import (
    ACCEPT,
    ANSWER,
    CRASH,
    ECHO,
    FIRST,
    FREEZE,
    ONE_VERTEX,
    RESUME,
    ROOT,
    Answerers,
    Content,
    Epoch,
    Helpers,
    Holders,
    Key,
    R,
    Replica,
    Round,
    accepted,
    answerer,
    c,
    closed,
    e,
    earlier,
    follows,
    froze,
    helper,
    holder,
    holds,
    j,
    k,
    kept,
    keyed,
    names,
    p,
    r,
    said,
    signed,
    v,
)
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive

# ---- small worlds ----
A, B, C, T = elements(Replica, "A B C T")
EPOCHS, ROUNDS = elements(Epoch, "0 1 2"), elements(Round, "1 2 3")
KEYS, CONTENTS = elements(Key, "K0 K1 K2"), elements(Content, "V W")
faulty = Function("faulty", Replica, BoolSort())
PAIRS = "AB AC BC"


def world(
    holders: str = PAIRS,
    answerers: str = PAIRS,
    helpers: str = PAIRS,
    epochs: int = 2,
    rounds: int = 1,
    replicas: tuple[ExprRef, ...] = (A, B, C),
) -> Instance:
    """These sets of replicas hold and answer; only C is faulty."""
    chosen: dict[ExprRef, FuncDeclRef] = {
        **dict.fromkeys(elements(Holders, holders), holder),
        **dict.fromkeys(elements(Answerers, answerers), answerer),
        **dict.fromkeys(elements(Helpers, helpers), helper),
    }
    return Instance(
        (
            *replicas,
            *chosen,
            *EPOCHS[:epochs],
            *KEYS[:epochs],
            *ROUNDS[:rounds],
            *CONTENTS,
        ),
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


SIGNED = ForAll([k, r, v], signed(k, r, v) == (v == If(k == KEYS[0], CONTENTS[0], CONTENTS[1])))


def mutant(
    name: str,
    steps: int,
    instance: Instance | None = None,
    violates: str = ONE_VERTEX,
    drop: str = "",
    initial: Mapping[str, BoolRef] | None = None,
    needless: str = "take crash answer recover",
    **transitions: Transition,
) -> Mutant:
    """The system with some transitions replaced, or an axiom dropped, or another first state.

    To shorten the search, transitions that the violation does not need are left out, and the
    target has signed before the first step: V with its first key, W with the others.
    """
    changes: dict[str, Mapping[str, Any]] = {
        "transitions": {**dict.fromkeys(["sign", *needless.split()]), **transitions},
        "axioms": {drop: None} if drop else {},
        "initial": {"nothing is signed": SIGNED, **(initial or {})},
    }
    return Mutant(name, violates, steps, changes, instance or world("AC", "BC", "AB"))


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
SAY_LESS: dict[FuncDeclRef, Update] = {
    **FREEZE.updates,
    said: lambda x, y, z: Or(said(x, y, z), And(x == j, y == e, holds(j, e, z), Not(faulty(j)))),
}
FORGET: dict[FuncDeclRef, Update] = {
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
K0_ROUNDS = Or(r == ROUNDS[0], r == ROUNDS[1])
AFTER_A_RECOVERY = {
    "the first key": ForAll(
        [e, k],
        keyed(e, k) == Or(And(e == EPOCHS[0], k == KEYS[0]), And(e == EPOCHS[1], k == KEYS[1])),
    ),
    "nothing is closed": ForAll([e], closed(e) == (e == EPOCHS[0])),
    "nothing is cut": ForAll([e, r], kept(e, r) == And(e == EPOCHS[0], K0_ROUNDS)),
    "nothing is held": ForAll([j, e, r], holds(j, e, r) == And(e == EPOCHS[0], K0_ROUNDS)),
    "nothing is frozen": ForAll([j, e], froze(j, e) == (e == EPOCHS[0])),
    "nothing is said": ForAll([j, e, r], said(j, e, r) == And(e == EPOCHS[0], K0_ROUNDS)),
    "no key is named": ForAll([j, e, k], names(j, e, k) == And(e == EPOCHS[1], k == KEYS[1])),
}
CUT_OFF = "nothing accepted is cut off"
MUTANTS = (
    mutant(
        "d + r = n: one holder, two answers of three",
        7,
        world("A", "BC", "AB"),
        drop="d + r > n: answerers",
    ),
    mutant(
        "d + r = n: two holders, one answer of three",
        8,
        world("AB", "C", "AC"),
        drop="d + r > n: answerers",
    ),
    mutant(
        "each replica cuts where its own DAG ends",
        9,
        accept=replace(ACCEPT, guard={**ACCEPT.guard, **LOCALLY_FREE}),
    ),
    mutant(
        "freezes are not signed by the USIG: others are told otherwise",
        9,
        needless="crash answer recover",
        tell_otherwise=TELL_OTHERWISE,
    ),
    mutant(
        "a freeze may say less than its sender echoed", 9, freeze=replace(FREEZE, updates=SAY_LESS)
    ),
    mutant("the old epoch is echoed after the freeze", 9, echo=without(ECHO, "not frozen")),
    mutant(
        "the longest chain wins, whatever its epoch (F7)",
        6,
        world("AC", "BC", "AB", epochs=3, rounds=3),
        CUT_OFF,
        initial=AFTER_A_RECOVERY,
        needless="resume take crash answer recover",
        resume_by_length=RESUME_BY_LENGTH,
    ),
    mutant(
        "a second freeze counts too",
        6,
        world("AC", "BC", "AB", epochs=3),
        "one key per epoch",
        freeze=without(FREEZE, "only the first counts"),
    ),
    mutant(
        "n = 4 and the target's own answer counts",
        6,
        world("ABC ABT ACT BCT", "AT BC", "ABC", 3, replicas=(A, B, C, T)),
        "one key per epoch",
        "2 r > n - 1",
    ),
    mutant(
        "RESUME need not be the first message of its key",
        10,
        world("AC", "AB BC"),
        needless="crash answer recover",
        resume=without(RESUME, "the first message of the key"),
    ),
    mutant(
        "a replica answers before its own recovery is complete",
        7,
        violates=CUT_OFF,
        needless="take answer recover",
        freeze=without(FREEZE, "up"),
    ),
    mutant(
        "replicas down at once answer each other",
        11,
        world("AC", "BC", "AB"),
        CUT_OFF,
        needless="take",
        answer=without(ANSWER, "the answerer is up"),
    ),
    mutant(
        "a crash forgets a freeze",
        10,
        world("AC", "BC", "AB"),
        CUT_OFF,
        needless="take",
        crash=replace(CRASH, updates=FORGET),
    ),
    mutant(
        "an old echo counts although a holder had closed its life before",
        10,
        world("AC", "BC", "AB"),
        CUT_OFF,
        needless="take",
        accept=without(ACCEPT, "no echo from a life that a holder closed before its own"),
    ),
)
