"""Every guard of the reference is found, and has a mutant or a reason."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.guard_walk import (
    changed_span,
    every_guard,
    guards_of,
    touching,
)
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.mutation.untouched import UNTOUCHED, unexplained

GUARDS = every_guard()
TOUCHED = touching(EVERY_MUTANT, GUARDS)


def test_every_guard_has_a_mutant_or_a_reason() -> None:
    assert unexplained(TOUCHED) == []
    assert (len(GUARDS), sum(map(bool, TOUCHED.values()))) == COUNTS


COUNTS = (201, 198)
"""All, and those with a mutant."""


def test_a_guard_that_no_mutant_touches_is_missed() -> None:
    without = [m for m in EVERY_MUTANT if m.name != "digest of another content"]
    assert unexplained(touching(without, GUARDS)) == [
        "vertex_validity.vertex_rejection: vertex.digest != content_digest(vertex): no mutant"
    ]


def test_a_reason_that_is_not_needed_is_found() -> None:
    needless = dict.fromkeys(GUARDS, ("some mutant",))
    assert len(unexplained(needless)) == len(UNTOUCHED)
    assert all("it is not needed" in line for line in unexplained(needless))


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        ("if a and not b: pass", ["a", "b"]),
        ("while (x := f()) > 1 or y: pass", ["(x := f()) > 1", "y"]),
        ("return [a for a in b if c if d == e]", ["c", "d == e"]),
        ("return max(a, b) if all(c) else min(d)", ["max(a, b)", "all(c)", "min(d)"]),
        ("return any(a < b for a in c)", ["a < b"]),
        ("return a or f(b == c)", ["a", "b == c"]),
        ("assert isinstance(a, int)", ["isinstance(a, int)"]),
        ("good = a < b\n    return 1 if good and c else 2", ["a < b", "c"]),
        (
            "match a:\n        case int(b) if b > 1: pass\n        case _: pass",
            ["int(b)", "b > 1"],
        ),
    ],
)
def test_guards_are_as_small_as_they_can_be(text: str, guards: list[str]) -> None:
    found = guards_of("file", f"def function(a):\n    {text}\n")
    assert [guard.text for guard in found] == guards
    assert {guard.function for guard in found} == {"file.function"}


def test_what_a_function_says_that_answers_yes_or_no_is_a_guard() -> None:
    text = "class Thing:\n    def is_it(self) -> bool:\n        return self.known and f(2)\n"
    assert [guard.place for guard in guards_of("file", text)] == [
        "file.Thing.is_it: self.known",
        "file.Thing.is_it: f(2)",
    ]


def test_only_the_words_that_differ_are_changed() -> None:
    words = "held is not None and held.vertex.digest == name.digest"
    edit = Edit("dag.Dag.holds", words, words.replace("is not", "is"))
    begin, end = changed_span(edit)
    assert end - begin == len(" not")


def test_words_that_stand_around_a_guard_do_not_touch_it() -> None:
    touched = {guard.text: names for guard, names in TOUCHED.items()}
    assert "digest not compared" not in touched["held is not None"]


def test_a_whole_rule_that_is_replaced_counts_for_its_guards() -> None:
    mutant = replace(find("edges q-1"), rules=Rules({"counter_follows": lambda *_: True}))
    (touched,) = [g.text for g, names in touching([mutant], GUARDS).items() if names]
    assert touched == "counter == accepted + 1"


def test_the_command_lists_the_guards() -> None:
    result = CliRunner().invoke(app, ["mutants", "--guards"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert f"{COUNTS[1]} of {COUNTS[0]} guards have a mutant, 0 have no reason." in result.stdout
    listed = CliRunner().invoke(app, ["mutants", "--guards", "--json"])
    document = json.loads(listed.stdout)
    assert len(document["guards"]) == COUNTS[0]
    assert document["faults"] == []
