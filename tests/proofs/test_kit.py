"""The kit distrusts the solver, and each of its checks can fail."""

import pytest
from z3 import (
    And,
    BoolRef,
    BoolSort,
    Const,
    Consts,
    DeclareSort,
    Exists,
    ForAll,
    Function,
    Implies,
    Ints,
    Not,
    Or,
)

from tee_rider.proofs_notes.kit import query
from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.query import fragment
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma import Computation, Subject
from tee_rider.proofs_notes.worlds.instance import Instance, elements
from tee_rider.proofs_notes.worlds.order import ascending, consecutive, successor, total_order

x, y, z = Ints("x y z")
Item, Box = DeclareSort("Item"), DeclareSort("Box")
inside = Function("inside", Item, Box, BoolSort())
box_of = Function("box_of", Item, Box)
i, j = Consts("i j", Item)
b = Const("b", Box)
I1, I2 = elements(Item, "I1 I2")
B1, B2 = elements(Box, "B1 B2")


def checked(subject: Subject, kind: Kind) -> list[Result]:
    return [result for result in subject.check("00") if result.kind is kind]


def only(subject: Subject, kind: Kind) -> Result:
    (result,) = checked(subject, kind)
    return result


def claim(conclusion: BoolRef, **hypotheses: BoolRef) -> Claim:
    return Claim("claim", hypotheses, conclusion)


def test_a_true_claim_names_the_hypotheses_that_it_uses() -> None:
    proved = only(claim(x > 1, large=x > 2, other=y > 0), Kind.PROVED)
    assert (proved.holds, proved.used, proved.fragment) == (True, ("large",), "arithmetic")


def test_a_false_claim_is_not_proved_and_shows_a_counterexample() -> None:
    proved = only(claim(x > 1, positive=x > 0), Kind.PROVED)
    assert not proved.holds
    assert "x = 1" in proved.detail


def test_premises_that_contradict_each_other_are_a_failure() -> None:
    vacuous = claim(x > 5, positive=x > 0, negative=x < 0)
    assert only(vacuous, Kind.PROVED).holds
    assert not only(vacuous, Kind.SATISFIABLE).holds


def test_a_hypothesis_without_use_must_be_declared_redundant() -> None:
    hypotheses = {"large": x > 2, "other": y > 0}
    undeclared = Claim("claim", hypotheses, x > 1)
    declared = Claim("claim", hypotheses, x > 1, redundant={"other": "for the reader"})
    assert [r.holds for r in checked(undeclared, Kind.NEEDED)] == [True, False]
    assert [r.holds for r in checked(declared, Kind.NEEDED)] == [True, True]


def test_what_is_declared_redundant_must_be_redundant() -> None:
    wrong = Claim("claim", {"large": x > 2}, x > 1, redundant={"large": "by mistake"})
    (needed,) = checked(wrong, Kind.NEEDED)
    assert not needed.holds
    assert "by mistake; breaks: claim" in needed.detail


def test_two_hypotheses_that_replace_each_other_are_both_redundant() -> None:
    twins = claim(x > 1, large=x > 2, larger=x > 3)
    assert sorted(r.holds for r in checked(twins, Kind.NEEDED)) == [False, False]


def test_a_mutant_must_be_wrong() -> None:
    mutants = {"wrong": {"large": x > 0}, "right": {"large": x > 9}, "weak": {"conclusion": x > 2}}
    results = checked(Claim("claim", {"large": x > 1}, x > 1, mutants=mutants), Kind.REFUTED)
    assert [(r.obligation, r.holds) for r in results] == [
        ("mutant: wrong", True),
        ("mutant: right", False),
        ("mutant: weak", True),
    ]


def test_unknown_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "STEP_LIMIT", 100_000)
    cubes = claim(x * x * x + y * y * y != z * z * z, positive=And(x > 0, y > 0, z > 0))
    proved = only(cubes, Kind.PROVED)
    assert not proved.holds
    assert proved.detail.startswith("unknown")


def test_a_computation_reports_what_it_found() -> None:
    result = only(Computation("sum", "n = 1", lambda: (False, "found")), Kind.PROVED)
    assert (result.holds, result.detail, result.scope) == (False, "found", "n = 1")


def test_the_fragment_is_epr_unless_sorts_lead_in_a_circle() -> None:
    some_box = ForAll([i], Exists([b], inside(i, b)))
    some_item = ForAll([b], Exists([i], inside(i, b)))
    assert fragment([some_box]) == "EPR"
    assert fragment([some_box, Not(some_item)]) == "EPR"
    assert fragment([some_box, some_item]) in (
        "outside EPR: Box -> Item -> Box",
        "outside EPR: Item -> Box -> Item",
    )
    assert fragment([some_item, box_of(i) == b]).startswith("outside EPR")
    assert fragment([x > 1]) == "arithmetic"


def test_an_instance_has_its_elements_and_no_others() -> None:
    world = Instance((I1, I2, B1, B2))
    three = Exists(Consts("k l m", Item), And(*_distinct("k l m")))
    assert world.ask([And(_distinct("k l"))]).status == "sat"
    assert world.ask([three]).status == "unsat"
    assert world.ask([And(box_of(I1) != B1, box_of(I1) != B2)]).status == "unsat"
    assert world.ask([And(b != B1, b != B2)]).status == "unsat"


def _distinct(names: str) -> list[BoolRef]:
    constants = Consts(names, Item)
    return [left != right for k, left in enumerate(constants) for right in constants[:k]]


def test_nested_quantifiers_mean_the_same_when_expanded() -> None:
    world = Instance((I1, I2, B1, B2))
    facts = And(inside(I1, B1), inside(I2, B2), Not(inside(I1, B2)), Not(inside(I2, B1)))
    each_has_one = ForAll([i], Exists([b], inside(i, b)))
    one_has_all = Exists([b], ForAll([i], inside(i, b)))
    assert world.ask([And(facts, each_has_one)]).status == "sat"
    assert world.ask([And(facts, one_has_all)]).status == "unsat"
    alone = ForAll([i, j, b], Implies(And(inside(i, b), inside(j, b)), i == j))
    assert world.ask([And(facts, alone)]).status == "sat"


def test_a_claim_in_an_instance_prints_its_names() -> None:
    shown = Claim(
        "claim",
        {"somewhere": Or(inside(i, B1), inside(i, B2))},
        Exists([b], inside(i, b)),
        witness=And(i == I2, Not(inside(I2, B1)), ForAll([b], Not(inside(I1, b)))),
        instance=Instance((I1, I2, B1, B2), show=(inside,)),
    )
    assert only(shown, Kind.SATISFIABLE).detail == "inside: (I2,B2)"


def test_orders_are_total_and_successors_leave_no_gap() -> None:
    less = Function("less", Item, Item, BoolSort())
    follows = Function("follows", Item, Item, BoolSort())
    items = elements(Item, "a b c")
    first, second, third = items
    world = Instance(
        tuple(items),
        (total_order(less), successor(follows, less), ascending(less, items)),
    )
    chained = And(less(first, third), consecutive(follows, items))
    assert world.ask([chained]).status == "sat"
    assert world.ask([less(second, first)]).status == "unsat"
    assert world.ask([follows(first, third)]).status == "unsat"
