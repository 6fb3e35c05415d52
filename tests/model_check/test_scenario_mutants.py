"""Scenarios that are played by wrong rules, and what only these make possible."""

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse
from tests.model_check.test_scenario import WAVE


def played_by(rules: Rules, text: str) -> Scenario:
    scenario = Scenario(parse(text, "s.txt"), mutants=lambda name: rules)
    scenario.play()
    return scenario


TWICE = "replicas 3\nmutant x\nfaulty C\nC creates C1\nC creates C1' saying x\n"


def test_a_second_message_with_one_counter_has_a_name_of_its_own() -> None:
    told = (
        "deliver C1' to A\n| A inserts C1\ndeliver C1 to B\nexpect non-equivocation is violated\n"
    )
    assert played_by(Rules(forks=1), TWICE + told).failures == []
    only = "deliver C1 to A\ndeliver C1 to B\nexpect non-equivocation holds\n"
    assert played_by(Rules(forks=1), TWICE + only).failures == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("C creates C1' saying y", "1 can be signed"),
        ("deliver C2' to A", "C2' is not in flight to A; in flight to it: C1, C1'"),
    ],
)
def test_counters_are_used_twice_as_often_as_the_mutant_says(more: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        played_by(Rules(forks=1), TWICE + more)


def test_a_second_message_says_something_else() -> None:
    same = TWICE.replace(" saying x", "")
    with pytest.raises(UsageError, match="C1' says the same as C1"):
        played_by(Rules(forks=1), same)


def test_wrong_rules_may_be_those_of_one_replica() -> None:
    asked = Rules(odd={0: {"edge_quorum": lambda configuration: 1}})
    text = "replicas 3\nmutant x\nA B advance\nA advances\nexpect A is in round 2\n"
    assert played_by(asked, text).failures == []
    assert played_by(Rules(), text).failures != []


def test_wrong_guards_are_right_again_after_the_scenario() -> None:
    edit = Edit("vertex_creation.round_complete", "round_ == 0 or", "True or")
    text = "replicas 3\nmutant x\nA advances\nA advances\nexpect A is in round 2\n"
    assert played_by(Rules(edits=(edit,)), text).failures == []
    assert played_by(Rules(), text).failures != []


def test_who_sees_what_is_said_for_each() -> None:
    text = WAVE.replace("coin 1 = B", "mutant x\ncoin 1 = B for A\ncoin 1 = C for B C")
    told = "B advances\nexpect A commits B1\nexpect B commits C1\nexpect agreement is violated\n"
    assert played_by(Rules(common_coin=False), text + told).failures == []
    with pytest.raises(UsageError, match="C asks for the coin of wave 1, of which nothing is said"):
        played_by(Rules(common_coin=False), text.replace("for B C", "for B") + "C advances\n")


def test_totality_is_judged_where_nothing_is_on_its_way() -> None:
    junk = "replicas 3\nmutant x\nfaulty C\nC signs junk for A\ndeliver C#1 to A\n"
    end = "everything is delivered among A B\nexpect totality "
    by = Rules({"forwards": lambda valid: valid})
    assert played_by(by, f"{junk}{end}is violated").failures == []
    assert played_by(Rules(), f"{junk}{end}holds").failures == []
    assert played_by(Rules(), f"{junk}{end}is violated").failures != []
