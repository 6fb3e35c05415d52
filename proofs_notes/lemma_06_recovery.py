"""Lemma 06: recovery never lets one round of one source be filled twice.

In two parts: freezes that the target collects, exactly when d + r > n; and freezes that the total
order counts, which is what runs. The note beside this file explains the first part, lemma_06_model
is its text; the second part is lemma_06_ordered_recovery.
"""

from z3 import And, Ints

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.system import Scenario, System
from tee_rider.proofs_notes.lemma import Lemma
from tee_rider.proofs_notes.lemma_06_model import (
    AXIOMS,
    INITIAL,
    INVARIANTS,
    SAFETY,
    STATE,
    TRANSITIONS,
    accepted,
)
from tee_rider.proofs_notes.lemma_06_mutants import (
    CONTENTS,
    EPOCHS,
    KEYS,
    MUTANTS,
    ROUNDS,
    A,
    B,
    world,
)
from tee_rider.proofs_notes.lemma_06_ordered_recovery import SUBJECTS as ORDERED

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
DIRECT = Claim(
    name="d = 1: all n - 1 others must answer, and then every holder does but the target",
    hypotheses={
        "a holder that is not the target": others_of_d == 1,
        "all others answer": size_r == n - 1,
        "the target does not answer": INCLUDED,
    },
    conclusion=common >= 1,
    witness=n == 3,
    mutants={
        "the target alone held it": {"a holder that is not the target": others_of_d == 0},
        "one of the others does not answer": {"all others answer": size_r == n - 2},
    },
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


V, W = CONTENTS
SYSTEM = System(
    name="recovery",
    axioms=AXIOMS,
    safety=SAFETY,
    state=STATE,
    initial=INITIAL,
    transitions=TRANSITIONS,
    invariants=INVARIANTS,
    redundant={
        **dict.fromkeys(
            [
                "initial: nothing is cut",
                "initial: nothing is held",
                "initial: nothing is frozen",
                "initial: nothing is said",
                "initial: nobody is down",
                "initial: nothing is offered",
            ],
            "runs start empty; more of it at first would do no harm",
        ),
        "echo: evidence": "a false echo could burn a round of the target's, never fill one twice",
        "echo: up": "a replica that speaks before its recovery is complete claims less, not more",
        "freeze: an open epoch": "a freeze for an epoch that is not open can only come too early",
        "crash: up": "crashing twice is crashing",
        "recover: down": "who is up has no answers to recover from",
    },
    instance=world("AC BC", "AB BC", "AB", rounds=2),
    depth=8,
    scenarios={
        "vertices of two epochs are accepted": Scenario(
            And(
                accepted(A, EPOCHS[0], KEYS[0], ROUNDS[0], V),
                accepted(B, EPOCHS[1], KEYS[1], ROUNDS[1], W),
            ),
            steps=10,
        ),
    },
    mutants=MUTANTS,
)

COLLECTED = (MEET, DIRECT, QUORUMS, SYSTEM)
LEMMA = Lemma("06", "Recovery fills no round twice", (*COLLECTED, *ORDERED), __file__)
