"""Lemma 08: non-equivocation does not give binary agreement with strong validity at n <= 3f.

The note beside this file explains it.
"""

from itertools import combinations, product

from z3 import And, Bool, BoolRef, BoolVal, Consts, DeclareSort, Function, Ints, Not

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.query import ask
from tee_rider.proofs_notes.lemma import Computation, Lemma

# ---- three groups of at most f replicas exist exactly when n <= 3f ----
n, f, echoes = Ints("n f echoes")
GROUPS = Claim(
    name="n <= 3f replicas can be cut into three groups of at most f",
    hypotheses={"few replicas": n <= 3 * f},
    conclusion=And(
        (n + 2) / 3 <= f, (n + 1) / 3 <= f, n / 3 <= f, (n + 2) / 3 + (n + 1) / 3 + n / 3 == n
    ),
    witness=And(n == 5, f == 2),
    mutants={"n = 3f + 1": {"few replicas": And(n == 3 * f + 1, f >= 1)}},
)

# ---- for any protocol: what A and B hear from each other is the same in all three runs ----
# Run 0: A has input 0, B has 1, C has crashed. Run 1: A is faulty and does what it does in run 0.
# Run 2: B is faulty and does what it does in run 0. C is slow in runs 1 and 2: nothing arrives.
State, Message, Input = DeclareSort("State"), DeclareSort("Message"), DeclareSort("Input")
start_a, start_b = Function("start_a", Input, State), Function("start_b", Input, State)
say_a, say_b = Function("say_a", State, Message), Function("say_b", State, Message)
hear_a = Function("hear_a", State, Message, State)
hear_b = Function("hear_b", State, Message, State)
zero, one = Consts("zero one", Input)
a0, a1, a2, b0, b1, b2 = Consts("a0 a1 a2 b0 b1 b2", State)
next_a1, next_a2, next_b1, next_b2 = Consts("next_a1 next_a2 next_b1 next_b2", State)
first_a1, first_a2, first_b1, first_b2 = Consts("first_a1 first_a2 first_b1 first_b2", State)
from_a1, from_b2 = Consts("from_a1 from_b2", Message)

SAME_VIEWS = Claim(
    name="step by step, A and B cannot tell the three runs apart (induction on steps)",
    hypotheses={
        "correct replicas start from their inputs": And(
            first_b1 == start_b(one), first_a2 == start_a(zero)
        ),
        "faulty A starts from 0 and B from 1, as in run 0": And(
            first_a1 == start_a(zero), first_b2 == start_b(one)
        ),
        "induction": And(a1 == a0, a2 == a0, b1 == b0, b2 == b0),
        "faulty A says in run 1 what the protocol says": from_a1 == say_a(a1),
        "faulty B says in run 2 what the protocol says": from_b2 == say_b(b2),
        "A hears B": And(next_a1 == hear_a(a1, say_b(b1)), next_a2 == hear_a(a2, from_b2)),
        "B hears A": And(next_b1 == hear_b(b1, from_a1), next_b2 == hear_b(b2, say_a(a2))),
    },
    conclusion=And(
        *(state == start_a(zero) for state in (first_a1, first_a2)),
        *(state == start_b(one) for state in (first_b1, first_b2)),
        *(state == hear_a(a0, say_b(b0)) for state in (next_a1, next_a2)),
        *(state == hear_b(b0, say_a(a0)) for state in (next_b1, next_b2)),
    ),
    witness=And(zero != one, a0 != b0, say_a(a0) != say_b(b0), next_a1 != a1),
)

# ---- so no decision suits all three runs ----
decided_a0, decided_b0 = Bool("decided_a0"), Bool("decided_b0")  # run 0; true means 1
decided_b1, decided_a2 = Bool("decided_b1"), Bool("decided_a2")  # B in run 1, A in run 2

NO_DECISION = Claim(
    name="agreement in run 0 and strong validity in run 1 break strong validity in run 2",
    hypotheses={
        "agreement in run 0": decided_a0 == decided_b0,
        "B decides in run 1 as in run 0": decided_b1 == decided_b0,
        "A decides in run 2 as in run 0": decided_a2 == decided_a0,
        "strong validity in run 1, where all correct inputs are 1": decided_b1,
    },
    conclusion=decided_a2,
    mutants={
        "weak validity: only if all replicas are correct": {
            "strong validity in run 1, where all correct inputs are 1": BoolVal(True),
        },
    },
)

# ---- the same, concretely: is there a decision for every view of n - f inputs? ----


def decision_table(n: int, f: int) -> dict[str, BoolRef]:
    """What one-shot strong validity asks of decisions on the inputs of the first n - f replicas.

    All of them see the same inputs: nobody equivocates. Any f of the replicas seen may be faulty
    and follow the protocol with a false input; the f that are not seen may be correct and slow.
    """
    rules = {}
    seen = range(n - f)
    for inputs in product((0, 1), repeat=n - f):
        decision = Bool("decide_" + "".join(map(str, inputs)))
        for size in range(min(f, n - f - 1) + 1):
            for faulty in combinations(seen, size):
                correct = {inputs[replica] for replica in seen if replica not in faulty}
                if len(correct) == 1:
                    name = f"inputs {inputs}, faulty {faulty}: decide {min(correct)}"
                    rules[name] = decision if min(correct) else Not(decision)
    return rules


LARGEST_N = 8


def tables() -> tuple[bool, str]:
    """A decision table exists exactly when n >= 3f + 1; else print the two rules that clash."""
    clash = ""
    for n in range(3, LARGEST_N + 1):
        for f in range(1, (n - 1) // 2 + 1):
            answer = ask(decision_table(n, f))
            if answer.status != ("sat" if n >= 3 * f + 1 else "unsat"):
                return False, f"n = {n}, f = {f}: {answer.status}"
            clash = clash or f"n = {n}, f = {f}: " + "; but ".join(sorted(answer.core))
    return True, clash


TABLES = Computation(
    name="a view of n - f inputs can always be decided exactly when n >= 3f + 1",
    scope=f"n = 3 to {LARGEST_N}, f = 1 to (n - 1) // 2",
    run=tables,
)

# ---- and as thresholds of a protocol that echoes values ----
THRESHOLDS = Claim(
    name="an echo threshold that is justified and always reached needs n >= 3f + 1",
    hypotheses={
        "justified: some correct replica had the value": echoes >= f + 1,
        "reached: half of n - f split inputs suffice": 2 * echoes <= n - f + 1,
    },
    conclusion=n >= 3 * f + 1,
    witness=And(f == 2, n == 7),
    mutants={
        "justified by f echoes": {
            "justified: some correct replica had the value": And(
                echoes >= f, f >= 1, n == 2 * f + 1
            )
        }
    },
)
ENOUGH = Claim(
    name="with n >= 3f + 1 the threshold f + 1 is both",
    hypotheses={"many replicas": n >= 3 * f + 1, "threshold": echoes == f + 1},
    conclusion=And(echoes >= f + 1, 2 * echoes <= n - f + 1),
    witness=f == 2,
    mutants={"n = 3f": {"many replicas": And(n == 3 * f, f >= 1)}},
)

LEMMA = Lemma(
    "08",
    "No strong validity for binary agreement at n <= 3f",
    (GROUPS, SAME_VIEWS, NO_DECISION, TABLES, THRESHOLDS, ENOUGH),
    __file__,
)
