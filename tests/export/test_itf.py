"""A path as ITF: what a strict reader accepts, with the values that the path has."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tee_rider.model_check.exploration.shrink import Telling, shrink
from tee_rider.model_check.export.itf import TYPES, itf_text
from tests.model_check.counterexamples import found

PINNED = Path(__file__).parent / "junk_not_forwarded.itf.json"
COMMAND = "tee-rider explore --replay 0"


def check(value: Any, type_: str) -> None:
    """Whether an ITF expression is of a type, as Apalache writes types.

    Raises:
        ValueError: it is not.
    """
    for form, check_parts in FORMS.items():
        if match := re.fullmatch(form, type_):
            return check_parts(value, *match.groups())
    raise ValueError(f"there is no type {type_}")


def check_map(value: Any, key_type: str, image_type: str) -> None:
    (pairs,) = fields(value, "#map")
    check_distinct([key for key, _ in pairs])
    for key, image in pairs:
        check(key, key_type)
        check(image, image_type)


def check_set(value: Any, type_: str) -> None:
    (members,) = fields(value, "#set")
    check_distinct([json.dumps(member, sort_keys=True) for member in members])
    for member in members:
        check(member, type_)


def check_sequence(value: Any, type_: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no sequence")
    for member in value:
        check(member, type_)


def check_record(value: Any, inner: str) -> None:
    types = dict(part.split(": ", 1) for part in inner.split(", "))
    for image, type_ in zip(fields(value, *types), types.values(), strict=True):
        check(image, type_)


def check_integer(value: Any) -> None:
    (digits,) = fields(value, "#bigint")
    if not re.fullmatch(r"-?(0|[1-9]\d*)", digits):
        raise ValueError(f"{digits!r} is no integer")


def check_string(value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no string")


def check_distinct(texts: list[str]) -> None:
    if len(texts) != len(set(texts)):
        raise ValueError(f"something stands twice in {texts}")


FORMS: dict[str, Callable[..., None]] = {
    r"(\w+) -> (.*)": check_map,
    r"Set\((.*)\)": check_set,
    r"Seq\((.*)\)": check_sequence,
    r"\{ (.*) \}": check_record,
    "Int": check_integer,
    "Str": check_string,
}


def fields(value: Any, *names: str) -> list[Any]:
    """The fields of an object that has these and no others."""
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise ValueError(f"{value!r} has not exactly the fields {names}")
    return [value[name] for name in names]


def read(document: Any) -> list[dict[str, Any]]:
    """The states of an ITF document.

    Raises:
        ValueError: it is none.
    """
    meta, params, names, states = fields(document, "#meta", "params", "vars", "states")
    types = meta["varTypes"]
    if meta["format"] != "ITF" or params != [] or sorted(types) != sorted(names) or not states:
        raise ValueError("the head is wrong")
    for number, state in enumerate(states):
        index, *values = fields(state, "#meta", *names)
        if index != {"index": number}:
            raise ValueError(f"state {number} has {index}")
        for name, value in zip(names, values, strict=True):
            check(value, types[name])
    return list(states)


def image(state: dict[str, Any], variable: str, replica: str) -> Any:
    return dict(state[variable]["#map"])[replica]


@pytest.fixture(scope="module")
def twice() -> Telling:
    return shrink(found("delivery twice", rounds=4, leaders=(0,)))


@pytest.mark.parametrize(
    ("mutant", "bound"),
    [
        ("counter gap", {"rounds": 2, "any_order": True}),
        ("equivocation", {"rounds": 2, "faulty": 1}),
        ("no weak edges", {"rounds": 3}),
        ("own coin", {"rounds": 4}),
    ],
)
def test_a_strict_reader_accepts_it(mutant: str, bound: dict[str, Any]) -> None:
    telling = shrink(found(mutant, **bound))
    text = itf_text(telling, COMMAND)
    states = read(json.loads(text))
    assert len(states) == len(telling.path.steps) + 1


def test_it_is_pinned() -> None:
    telling = shrink(found("junk not forwarded", rounds=2, faulty=1, junk=1))
    text = itf_text(telling, COMMAND)
    assert len(read(json.loads(text))) == 3
    assert text == PINNED.read_text()


def test_it_says_what_happens(twice: Telling) -> None:
    states = read(json.loads(itf_text(twice, COMMAND)))
    last = states[-1]
    assert last["action"] == {"kind": "advance", "replica": "A", "message": ""}
    assert image(last, "round", "A") == {"#bigint": "5"}
    assert image(last, "delivered", "A") == ["A1", "A1"]
    assert image(last, "committed", "A") == ["A1"]
    assert (image(last, "leaders", "A"), image(last, "leaders", "B")) == (["A"], [])
    names = [vertex["name"] for vertex in image(last, "dag", "A")["#set"]]
    assert sorted(names) == ["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4"]
    edges = {v["name"]: v["strong"]["#set"] for v in image(last, "dag", "A")["#set"]}
    assert (edges["A1"], edges["A2"]) == ([], ["A1", "B1"])
    assert image(states[0], "round", "A") == {"#bigint": "0"}
    assert all(image(state, "delivered", "A") == [] for state in states[:-1])


def test_what_faulty_replicas_sign_is_said() -> None:
    telling = shrink(found("equivocation", rounds=2, faulty=1))
    states = read(json.loads(itf_text(telling, COMMAND)))
    assert image(states[-1], "signed", "C") == ["C1", "C1'"]
    digests = {image(states[-1], "dag", i)["#set"][0]["digest"] for i in "AB"}
    assert len(digests) == 2
    assert [name for name, _ in states[-1]["round"]["#map"]] == ["A", "B"]


@pytest.mark.parametrize(
    "break_",
    [
        lambda states: states[1]["#meta"].update(index=2),
        lambda states: states[0].pop("round"),
        lambda states: states[0].update(more="x"),
        lambda states: states[0].update(round={"#map": [["A", 0]]}),
        lambda states: states[0].update(round={"#map": [["A", {"#bigint": "01"}]]}),
        lambda states: states[0].update(dag={"#map": [["A", {"#set": ["A1"]}]]}),
        lambda states: states[0].update(leaders={"#map": [["A", []], ["A", []]]}),
        lambda states: states[0].update(action="start"),
    ],
)
def test_the_reader_is_strict(twice: Telling, break_: Any) -> None:
    document = json.loads(itf_text(twice, COMMAND))
    break_(document["states"])
    with pytest.raises(ValueError, match=r"\w"):
        read(document)


def test_every_variable_has_a_type() -> None:
    assert list(TYPES) == [
        "action", "round", "dag", "committed", "delivered", "leaders", "signed",
    ]  # fmt: skip
