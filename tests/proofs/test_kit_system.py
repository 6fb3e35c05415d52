"""Transition systems: every kind of mistake in one of them is noticed, and runs are real."""

from dataclasses import replace
from typing import Any

import pytest
from z3 import (
    And,
    BoolRef,
    BoolSort,
    BoolVal,
    Consts,
    DeclareSort,
    Exists,
    ForAll,
    Function,
    Implies,
    Not,
)

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.system import Mutant, Scenario, System
from tee_rider.proofs_notes.kit.transition import Transition, adding, setting
from tee_rider.proofs_notes.worlds.instance import Instance, elements

# A token is with one holder; only a holder may have been served.
Person = DeclareSort("Person")
holder = Function("holder", Person)
served = Function("served", Person, BoolSort())
friend = Function("friend", Person, Person, BoolSort())
had = Function("had", Person, BoolSort())
p, x = Consts("p x", Person)
A, B, C = elements(Person, "A B C")

PASS = Transition(
    (p,),
    {"only to a friend": friend(holder(), p)},
    {holder: setting(holder, to=p), had: adding(had, p)},
)
SERVE = Transition((p,), {"the holder": p == holder()}, {served: adding(served, p)})
SYSTEM = System(
    name="token",
    axioms={},
    state=(holder, served, had),
    initial={
        "only the holder had it": ForAll([p], had(p) == (p == holder())),
        "nobody is served": ForAll([p], Not(served(p))),
    },
    transitions={"pass": PASS, "serve": SERVE},
    invariants={
        "the holder had it": had(holder()),
        "the served had it": ForAll([p], Implies(served(p), had(p))),
    },
    safety={"no service without the token": ForAll([p], Implies(served(p), had(p)))},
    redundant={"pass: only to a friend": "the order of friends does not matter"},
    instance=Instance((A, B, C), facts=(friend(A, B), Not(friend(A, C))), show=(friend,)),
    depth=3,
    scenarios={"two are served": Scenario(And(served(A), served(B)), 3)},
    mutants=(
        Mutant(
            "anybody is served",
            "no service without the token",
            1,
            {"transitions": {"serve": replace(SERVE, guard={"any": BoolVal(True)})}},
        ),
    ),
)


def check(**changes: Any) -> dict[str, Result]:
    return {result.obligation: result for result in replace(SYSTEM, **changes).check("00")}


def test_a_right_system_passes() -> None:
    results = check()
    assert [r.obligation for r in results.values() if not r.holds] == []
    kinds = [r.kind for r in results.values()]
    assert {kind: kinds.count(kind) for kind in Kind} == {
        Kind.PROVED: 7,
        Kind.NEEDED: 6,
        Kind.SATISFIABLE: 3,
        Kind.REFUTED: 1,
    }


def test_a_step_that_breaks_an_invariant_is_named() -> None:
    anybody = replace(SERVE, guard={"someone": p == p})
    results = check(transitions={"pass": PASS, "serve": anybody})
    failed = [r.obligation for r in results.values() if r.kind is Kind.PROVED and not r.holds]
    assert failed == ["serve keeps the served had it"]


def test_a_step_that_can_never_happen_is_a_failure() -> None:
    results = check(
        transitions={**SYSTEM.transitions, "pass": replace(PASS, guard={"no": BoolVal(False)})}
    )
    assert not results["pass can happen"].holds
    assert results["serve can happen"].holds


def test_an_initial_state_that_contradicts_itself_is_a_failure() -> None:
    results = check(initial={**SYSTEM.initial, "no": And(served(A), Not(served(A)))})
    assert not results["serve can happen"].holds


def test_a_scenario_out_of_reach_is_a_failure() -> None:
    results = check(scenarios={"two at once": Scenario(And(served(A), served(B)), 2)})
    assert not results["two at once"].holds


def test_a_mutant_that_does_no_harm_is_a_failure() -> None:
    harmless = {"transitions": {"pass": replace(PASS, guard={})}}
    results = check(mutants=(Mutant("to anybody", "no service without the token", 3, harmless),))
    assert not results["mutant: to anybody"].holds


def test_an_invariant_that_helps_nobody_is_a_failure() -> None:
    loose = {**SYSTEM.invariants, "someone": Exists([p], p == holder())}
    results = check(invariants=loose)
    assert results["pass keeps someone"].holds
    assert not results["without someone"].holds


def test_a_run_is_told_in_named_steps_from_the_initial_state() -> None:
    only_b_is_a_friend = ForAll([p, x], friend(p, x) == (x == B))
    results = check(
        initial={**SYSTEM.initial, "A begins": holder() == A},
        instance=Instance((A, B, C), facts=(only_b_is_a_friend,), show=(friend,)),
    )
    assert results["two are served"].detail.splitlines() == [
        "friend: (A,B) (B,B) (C,B)",
        "1. serve(p=A)",
        "2. pass(p=B)",
        "3. serve(p=B)",
    ]


def test_nothing_else_changes_in_a_step() -> None:
    lost = Scenario(And(served(A), holder() != A), 2)
    assert check(scenarios={"with a pass": lost})["with a pass"].holds
    only_serve = {"serve": SERVE}
    assert not check(transitions=only_serve, scenarios={"alone": lost})["alone"].holds


def test_a_forgotten_quantifier_is_refused() -> None:
    with pytest.raises(ValueError, match="token: not all is quantified in: forgotten"):
        replace(SYSTEM, invariants={"forgotten": Implies(served(p), had(p))})


def test_removing_a_part_makes_a_mutant_too() -> None:
    mutant = Mutant("no pass", "none", 1, {"transitions": {"pass": None}})
    assert list(SYSTEM.mutated(mutant).transitions) == ["serve"]


def test_updates_may_quantify() -> None:
    spread = Transition((), {}, {had: lambda y: Exists([p], And(had(p), friend(p, y)))})
    all_had = ForAll([p], had(p))
    befriended = ForAll([x], Exists([p], friend(p, x)))
    world = Instance((A, B, C))

    def holds(*formulas: BoolRef) -> bool:
        return world.ask(formulas).status == "sat"

    assert holds(all_had, befriended, spread.after(all_had))
    assert not holds(all_had, befriended, Not(spread.after(all_had)))
    assert holds(all_had, Not(spread.after(all_had)))
