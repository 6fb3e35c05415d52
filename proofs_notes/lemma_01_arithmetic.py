"""Lemma 01: the arithmetic of quorums and waves. The note beside this file explains it."""

from collections.abc import Iterator
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
)

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.result import Kind
from tee_rider.proofs_notes.lemma import Computation, Lemma
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration, round_in_wave, wave_of

# ---- numbers -------------------------------------------------------------------------------

n, f, q = Ints("n f q")
QUORUM_SIZE = q == n / 2 + 1
ENOUGH = n >= 2 * f + 1

# Two sets of replicas, L and R, cut the n replicas into four parts; these are the parts' sizes.
only_left, both, only_right, neither = Ints("only_left both only_right neither")
PARTS = And(
    And([part >= 0 for part in (only_left, both, only_right, neither)]),
    only_left + both + only_right + neither == n,
)
TWO_QUORUMS = And(only_left + both >= q, both + only_right >= q)
TWO_SETS = {"the parts make up all replicas": PARTS, "both sets are quorums": TWO_QUORUMS}

MEET = Claim(
    name="two quorums share a replica",
    hypotheses={"quorum size": QUORUM_SIZE, **TWO_SETS},
    conclusion=both >= 1,
    witness=And(n >= 5, only_left >= 2, only_right >= 2),
    mutants={"half of an even n is a quorum": {"quorum size": And(n == 2 * q, q >= 2)}},
)

AVAILABLE = Claim(
    name="n - f >= quorum size if and only if n >= 2f + 1",
    hypotheses={"quorum size": QUORUM_SIZE},
    conclusion=(n - f >= q) == ENOUGH,
    witness=And(ENOUGH, f >= 2),
    mutants={
        "n >= 2f would be enough": {"conclusion": Implies(f >= 1, (n - f >= q) == (n >= 2 * f))}
    },
)

correct_members, faulty_members = Ints("correct_members faulty_members")
HAS_CORRECT = Claim(
    name="a quorum has a correct member",
    hypotheses={
        "quorum size": QUORUM_SIZE,
        "n >= 2f + 1": ENOUGH,
        "at most f are faulty": faulty_members <= f,
        "the members are a quorum": correct_members + faulty_members >= q,
    },
    conclusion=correct_members >= 1,
    witness=And(f == 2, faulty_members == 2),
    mutants={"n div 2 is a quorum": {"quorum size": And(q == n / 2, faulty_members >= 1)}},
)

ALL_FAULTY = Claim(
    name="at n = 2f + 1 two quorums may share one replica only, a faulty one",
    hypotheses={
        "quorum size": QUORUM_SIZE,
        "n = 2f + 1": n == 2 * f + 1,
        "a fault": f >= 1,
        "the parts' sizes": And(only_left == f, both == 1, only_right == f, neither == 0),
    },
    conclusion=And(PARTS, TWO_QUORUMS, both <= f),
    witness=f >= 2,
    mutants={"more than f are shared": {"conclusion": both > f}},
)

CLASSICAL = Claim(
    name="at n >= 3f + 1, quorums of n - f share a correct replica (not used here)",
    hypotheses={"quorum size": q == n - f, "n >= 3f + 1": n >= 3 * f + 1, **TWO_SETS},
    conclusion=both >= f + 1,
    witness=f >= 1,
    mutants={"n >= 2f + 1": {"n >= 3f + 1": And(ENOUGH, f >= 1)}},
)

w, k, x, j, r = Ints("w k x j r")
IN_WAVE = {"k is 1 to 4": And(1 <= k, k <= 4), "j is 1 to 4": And(1 <= j, j <= 4)}


def round_of(wave: ExprRef, step: ExprRef) -> ExprRef:
    """round(w, k) = 4(w - 1) + k."""
    return 4 * (wave - 1) + step


WAVES_IN_ORDER = Claim(
    name="every round of a wave is before every round of a later wave",
    hypotheses={"the wave is earlier": w < x, **IN_WAVE},
    conclusion=round_of(w, k) < round_of(x, j),
    witness=And(w >= 1, k == 4, j == 1),
    mutants={
        "waves share a round": {"conclusion": Implies(w >= 1, 3 * (w - 1) + k < 3 * (x - 1) + j)}
    },
)

ONE_WAVE = Claim(
    name="a round is of one wave, (r - 1) div 4 + 1, and of one step in it",
    hypotheses={"r is a round of w": r == round_of(w, k), "k is 1 to 4": And(1 <= k, k <= 4)},
    conclusion=And(w == (r - 1) / 4 + 1, k == (r - 1) % 4 + 1),
    witness=And(w >= 2, k == 4),
    mutants={"r div 4 + 1": {"conclusion": Implies(r >= 1, w == r / 4 + 1)}},
)

# ---- sets ----------------------------------------------------------------------------------

LARGEST_N = 12
Mask = int
"""A set of replicas: bit i is replica i."""


def sets_of(size: int, replicas: int) -> list[Mask]:
    """Every set of so many replicas; larger sets meet whatever these meet."""
    return [sum(1 << i for i in members) for members in combinations(range(replicas), size)]


def disjoint(left: list[Mask], right: list[Mask]) -> Iterator[tuple[Mask, Mask]]:
    """The pairs of a left and a right set that share no replica."""
    return ((a, b) for a in left for b in right if not a & b)


def names(mask: Mask) -> str:
    """Replicas as letters: A, B, C..."""
    return "".join(chr(ord("A") + i) for i in range(mask.bit_length()) if mask >> i & 1)


def every_quorum_meets() -> tuple[bool, str]:
    """The spec's quorums meet each other, and every set of n - f correct replicas contains one."""
    pairs = 0
    for count in range(3, LARGEST_N + 1):
        configuration = largest_configuration(count)
        size = configuration.quorum_size
        quorums = sets_of(size, count)
        pairs += len(quorums) ** 2
        if (
            size != count // 2 + 1
            or count - configuration.f < size
            or any(disjoint(quorums, quorums))
        ):
            return False, f"fails at n = {count}"
    return True, f"{pairs} pairs of quorums"


def every_quorum_has_correct() -> tuple[bool, str]:
    """Every quorum meets every set of n - f replicas, so whichever f are faulty."""
    pairs = 0
    for count in range(3, LARGEST_N + 1):
        configuration = largest_configuration(count)
        quorums = sets_of(configuration.quorum_size, count)
        correct = sets_of(count - configuration.f, count)
        pairs += len(quorums) * len(correct)
        if any(disjoint(quorums, correct)):
            return False, f"fails at n = {count}"
    return True, f"{pairs} pairs of a quorum and a set of correct replicas"


def half_is_no_quorum() -> tuple[bool, str]:
    """Mutant: for every even n, n // 2 replicas and the others do not meet."""
    found = {
        c: next(disjoint(sets_of(c // 2, c), sets_of(c // 2, c)), None) for c in range(4, 13, 2)
    }
    told = [f"n = {c}: {names(p[0])} and {names(p[1])}" for c, p in found.items() if p]
    return all(found.values()), "; ".join(told)


def spec_waves() -> tuple[bool, str]:
    """The spec's functions are the ones of the claims above, for the first hundred waves."""
    rows = [(wave, step) for wave in range(1, 101) for step in range(1, WAVE_LENGTH + 1)]
    good = (
        round_in_wave(wave, step) == 4 * (wave - 1) + step
        and wave_of(4 * (wave - 1) + step) == wave
        for wave, step in rows
    )
    return WAVE_LENGTH == 4 and all(good), f"{len(rows)} rounds"


# ---- the axiom that lemmas about all n use --------------------------------------------------

Replica, Quorum = DeclareSort("Replica"), DeclareSort("Quorum")
member = Function("member", Replica, Quorum, BoolSort())
_a = Const("a", Replica)
_left, _right = Consts("left right", Quorum)

QUORUMS_MEET = ForAll([_left, _right], Exists([_a], And(member(_a, _left), member(_a, _right))))
"""All that lemmas 03 and later assume about quorums."""


def quorums_of(replicas: list[ExprRef], size: int) -> tuple[list[ExprRef], list[BoolRef]]:
    """The sets of so many replicas as elements named by their members, and who is a member."""
    rows = list(combinations(replicas, size))
    named = elements(Quorum, " ".join("".join(map(str, row)) for row in rows))
    facts = [
        member(a, quorum) if any(a.eq(b) for b in row) else Not(member(a, quorum))
        for quorum, row in zip(named, rows, strict=True)
        for a in replicas
    ]
    return named, facts


def axiom_is_true_of(count: int, size: int) -> bool:
    """Whether QUORUMS_MEET, the formula itself, holds when the quorums are the sets of one size."""
    replicas = elements(Replica, " ".join(names(1 << i) for i in range(count)))
    quorums, facts = quorums_of(replicas, size)
    return Instance((*replicas, *quorums), tuple(facts)).ask([QUORUMS_MEET]).status == "sat"


def axiom_fits() -> tuple[bool, str]:
    """The axiom is true of the spec's quorums, and false of sets with one replica less."""
    right = [axiom_is_true_of(c, largest_configuration(c).quorum_size) for c in range(3, 6)]
    wrong = [axiom_is_true_of(c, largest_configuration(c).quorum_size - 1) for c in range(3, 6)]
    return all(right) and not any(wrong), f"true {len(right)} times, false {len(wrong)} times"


TO_LARGEST = f"3 <= n <= {LARGEST_N}"
LEMMA = Lemma(
    "01",
    "Arithmetic of quorums and waves",
    (
        MEET,
        AVAILABLE,
        HAS_CORRECT,
        ALL_FAULTY,
        CLASSICAL,
        WAVES_IN_ORDER,
        ONE_WAVE,
        Computation("all quorums of the spec meet", TO_LARGEST, every_quorum_meets),
        Computation(
            "all quorums of the spec have a correct member", TO_LARGEST, every_quorum_has_correct
        ),
        Computation("mutant: n // 2 replicas, n even", TO_LARGEST, half_is_no_quorum, Kind.REFUTED),
        Computation("the axiom QUORUMS_MEET fits the spec's quorums", "3 <= n <= 5", axiom_fits),
        Computation("the spec's waves are round(w, k) = 4(w - 1) + k", "w <= 100", spec_waves),
    ),
    __file__,
)
