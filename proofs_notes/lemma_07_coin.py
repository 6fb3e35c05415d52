"""Lemma 07: the coin is common, unknown before its proof exists, and fair.

The note beside this file explains it.
"""

from dataclasses import replace
from itertools import combinations

from z3 import (
    And,
    BitVecs,
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
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding
from tee_rider.proofs_notes.lemma import Computation, Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements

# ---- the seed: one share that nobody knows hides it ----
share, another_share, others, seed, another_seed = BitVecs(
    "share another_share others seed another_seed", 256
)
SEED = Claim(
    name="whatever the other shares are, seeds and values of one share correspond one to one",
    hypotheses={
        "seed": seed == share ^ others,
        "another seed": another_seed == another_share ^ others,
        "different shares": share != another_share,
    },
    conclusion=And(seed != another_seed, seed ^ others == share),
    witness=And(others == 6, share == 1, another_share == 2),
    mutants={"shares are joined by or": {"seed": seed == share | others}},
)

# ---- release: two runs with the same steps, whose secrets differ in one wave ----
Enclave, Replica, Quorum = (DeclareSort(name) for name in ("Enclave", "Replica", "Quorum"))
Wave = DeclareSort("Wave")
p, signer, leader, rival = Consts("p signer leader rival", Replica)
e, d = Consts("e d", Enclave)
w, x, SECRET = Consts("w x SECRET", Wave)
Q = Const("Q", Quorum)

member = Function("member", Replica, Quorum, BoolSort())
correct = Function("correct", Replica, BoolSort())
coin_1, coin_2 = Function("coin_1", Wave, Replica), Function("coin_2", Wave, Replica)

completed = Function("completed", Replica, Wave, BoolSort())  # holds q vertices of round 4w
signed = Function("signed", Replica, Wave, BoolSort())  # a valid vertex of round 4w + 1
released_1 = Function("released_1", Enclave, Wave, Replica, BoolSort())
released_2 = Function("released_2", Enclave, Wave, Replica, BoolSort())


def proof(wave: ExprRef) -> BoolRef:
    """A quorum has signed valid vertices of the round after the wave."""
    return Exists([Q], ForAll([p], Implies(member(p, Q), signed(p, wave))))


COMPLETE = Transition((p, w), {}, {completed: adding(completed, p, w)})
SIGN = Transition(
    (signer, w),
    {"a correct replica completes a round first": Implies(correct(signer), completed(signer, w))},
    {signed: adding(signed, signer, w)},
)
RELEASE = Transition(
    (e, w, Q),
    {"a quorum has signed": ForAll([p], Implies(member(p, Q), signed(p, w)))},
    {
        released_1: adding(released_1, e, w, coin_1(w)),
        released_2: adding(released_2, e, w, coin_2(w)),
    },
)
SAME_VIEW = ForAll([e, w, leader], released_1(e, w, leader) == released_2(e, w, leader))

SAFETY = {
    "all enclaves release the same leader": ForAll(
        [e, d, w, leader, rival],
        Implies(And(released_1(e, w, leader), released_1(d, w, rival)), leader == rival),
    ),
    "before its proof exists nothing depends on the coin": Implies(Not(proof(SECRET)), SAME_VIEW),
    "who learns it comes after a correct replica": ForAll(
        [e, leader],
        Implies(released_1(e, SECRET, leader), Exists([p], And(correct(p), completed(p, SECRET)))),
    ),
}
A, B, C = elements(Replica, "A B C")
QUORUMS = dict(zip(elements(Quorum, "AB AC BC"), combinations((A, B, C), 2), strict=True))
WAVES, ENCLAVES = elements(Wave, "1 2"), elements(Enclave, "a b")
(FAULTY_ALONE,) = elements(Quorum, "C_alone")
WORLD = (
    WAVES[1] == SECRET,
    coin_1(SECRET) != coin_2(SECRET),
    coin_1(WAVES[0]) != coin_1(SECRET),
    And(correct(A), correct(B), Not(correct(C))),
)


def three_replicas(quorums: dict[ExprRef, tuple[ExprRef, ...]]) -> Instance:
    """Replicas A, B and the faulty C, two enclaves and two waves, with these quorums."""
    sets = (member(r, q) == (r in chosen) for q, chosen in quorums.items() for r in (A, B, C))
    return Instance(
        (A, B, C, *quorums, *ENCLAVES, *WAVES),
        facts=(*sets, *WORLD),
        show=(correct, coin_1, coin_2),
    )


COMMON, HIDDEN, LATE = SAFETY
OFF_BY_SOME = replace(
    RELEASE,
    parameters=(e, w, Q, x),
    updates={
        released_1: adding(released_1, e, w, coin_1(x)),
        released_2: adding(released_2, e, w, coin_2(x)),
    },
)

COIN = System(
    name="the coin",
    state=(completed, signed, released_1, released_2),
    axioms={
        "a quorum holds a correct replica": ForAll([Q], Exists([p], And(member(p, Q), correct(p)))),
        "coins differ in the secret wave only": ForAll(
            [w], Implies(w != SECRET, coin_1(w) == coin_2(w))
        ),
    },
    initial={
        "nothing is completed": ForAll([p, w], Not(completed(p, w))),
        "nothing is signed": ForAll([p, w], Not(signed(p, w))),
        "nothing is released": ForAll([e, w, leader], Not(released_1(e, w, leader))),
        "nothing is released in the other run": ForAll(
            [e, w, leader], Not(released_2(e, w, leader))
        ),
    },
    transitions={"complete": COMPLETE, "sign": SIGN, "release": RELEASE},
    invariants={
        "correct signers have completed": ForAll(
            [p, w], Implies(And(signed(p, w), correct(p)), completed(p, w))
        ),
        "released with a proof": ForAll(
            [e, w, leader], Implies(released_1(e, w, leader), proof(w))
        ),
        "released with a proof in the other run": ForAll(
            [e, w, leader], Implies(released_2(e, w, leader), proof(w))
        ),
        "released as drawn": ForAll(
            [e, w, leader], Implies(released_1(e, w, leader), leader == coin_1(w))
        ),
        "other waves look the same": ForAll(
            [e, w, leader],
            Implies(w != SECRET, released_1(e, w, leader) == released_2(e, w, leader)),
        ),
    },
    safety=SAFETY,
    redundant={"initial: nothing is completed": "runs start empty; what is complete never harms"},
    instance=three_replicas(QUORUMS),
    depth=5,
    scenarios={
        "two enclaves release two waves, and the runs differ": Scenario(
            And(
                released_1(ENCLAVES[0], WAVES[0], coin_1(WAVES[0])),
                released_1(ENCLAVES[1], SECRET, coin_1(SECRET)),
                Not(SAME_VIEW),
            ),
            steps=9,
        ),
    },
    mutants=(
        Mutant(
            "the coin is released without a proof",
            HIDDEN,
            1,
            {"transitions": {"release": replace(RELEASE, guard={})}},
        ),
        Mutant(
            "the proof is of vertices of round 4w, signed before it is complete",
            LATE,
            3,
            {"transitions": {"sign": replace(SIGN, guard={})}},
        ),
        Mutant(
            "f signatures are a proof",
            LATE,
            2,
            {"axioms": {"a quorum holds a correct replica": None}},
            three_replicas({FAULTY_ALONE: (C,)}),
        ),
        Mutant(
            "an enclave counts its releases and is off by some after a restart",
            COMMON,
            6,
            {"transitions": {"release": OFF_BY_SOME}},
        ),
    ),
)

# ---- the mapping: 64-bit numbers of a pseudo-random stream to replicas, without modulo bias ----
n, size, limit, multiples, rest, residue, count = Ints("n size limit multiples rest residue count")
BOUNDS = And(1 <= n, n <= size)
DIVIDED = And(size == multiples * n + rest, 0 <= rest, rest < n)
LIMIT = limit == multiples * n
FAIR = Claim(
    name="each replica has exactly size // n numbers below (size // n) n",
    hypotheses={
        "limit": LIMIT,
        "residue": And(0 <= residue, residue < n),
        "count residue, residue + n, ... below the limit": And(
            (count - 1) * n + residue < limit, limit <= count * n + residue
        ),
    },
    conclusion=count == multiples,
    witness=And(n == 5, multiples == 3, residue == 4),
    mutants={
        "plain modulo": {
            "limit": And(limit == 2**64, limit == multiples * n + 1, n == 3),
        },
        "numbers up to the limit": {"limit": And(limit == multiples * n + 1, limit == 16, n == 5)},
    },
)
FEW_REJECTED = Claim(
    name="more than half of all numbers are accepted, for every n up to their count",
    hypotheses={"limit": LIMIT, "size divided by n": DIVIDED, "n": BOUNDS},
    conclusion=And(limit <= size, 2 * limit > size),
    witness=And(size == 2**64, n == 7),
    mutants={"more replicas than numbers": {"n": And(1 <= size, size < n)}},
)


def preimages(n: int, limit: int) -> list[int]:
    """How many numbers below the limit name each replica."""
    return [len(range(replica, limit, n)) for replica in range(n)]


def small_widths() -> tuple[bool, str]:
    """Count for every width up to 8 bits and every n that fits."""
    pairs = [(n, 2**bits) for bits in range(1, 9) for n in range(1, 2**bits + 1)]
    fair = all(set(preimages(n, (size // n) * n)) == {size // n} for n, size in pairs)
    biased = [(n, size) for n, size in pairs if len(set(preimages(n, size))) > 1]
    expected = [(n, size) for n, size in pairs if size % n]
    example = f"3 bits, n = 3: {preimages(3, 6)} with rejection, {preimages(3, 8)} without"
    return fair and biased == expected, example


SMALL_WIDTHS = Computation(
    name="with rejection every n is fair; without, exactly those that divide the range",
    scope="1 to 8 bits, n = 1 to 2**bits",
    run=small_widths,
)

LEMMA = Lemma(
    "07",
    "The coin: common, hidden until its proof exists, fair",
    (SEED, COIN, FAIR, FEW_REJECTED, SMALL_WIDTHS),
    __file__,
)
