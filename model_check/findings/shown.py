"""What a scenario or a function shows of a finding: the defect, or that it is absent."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import Statement, read_scenario

HERE = Path(__file__).parent


class Verdict(StrEnum):
    """What is said of a finding under one profile."""

    DEFECT = "defect"
    """A property is violated, or a correct replica can never get on."""
    ABSENT = "absent"
    """The same schedule, as near as the rules allow, does no harm."""
    NO_MATTER = "does not apply"
    """The profile does not have what the finding is about."""
    ELSEWHERE = "elsewhere"
    """Shown by another command, or not shown yet."""
    BROKEN = "not shown"
    """What should show it does not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was seen."""

    verdict: Verdict
    detail: str
    transcript: tuple[str, ...] = ()


Way: TypeAlias = Callable[[], Shown]
"""How something is shown."""


def play(name: str) -> Shown:
    """Play the scenario of this name: it shows a defect if it expects one, and everything is so."""
    scenario = Scenario(read_scenario(HERE / f"{name}.txt"))
    scenario.play()
    transcript = tuple(scenario.transcript)
    if scenario.failures:
        return Shown(Verdict.BROKEN, scenario.failures[0], transcript)
    facts = [s for s in scenario.statements if s.expects]
    harm = [told for fact in facts if (told := harm_of(fact))]
    if harm:
        return Shown(Verdict.DEFECT, "; ".join(dict.fromkeys(harm)), transcript)
    good = [told for fact in facts if (told := good_of(fact))]
    if good:
        return Shown(Verdict.ABSENT, "; ".join(dict.fromkeys(good)), transcript)
    return Shown(Verdict.BROKEN, f"{name} expects neither a defect nor its absence", transcript)


def harm_of(fact: Statement) -> str:
    """The defect that a fact states; empty if it states none."""
    fields = fact.fields
    if fact.kind == "judged" and (fields["status"] != "holds") is not fact.negated:
        return f"{fields['property']} violated"
    if fact.kind == "stuck" and not fact.negated:
        return f"{fields['who']} stuck in round {fields['round']}"
    return ""


def good_of(fact: Statement) -> str:
    """What a fact states that goes well; empty if it states nothing of the kind."""
    fields = fact.fields
    if fact.kind == "judged" and fields["property"] != "any property":
        return f"{fields['property']} holds"
    if fact.kind == "comes" and not fact.negated:
        return f"{fields['who']} gets on"
    return ""
