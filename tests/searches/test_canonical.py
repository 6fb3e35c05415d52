"""Canonical bytes are equal for equal values and for no others, in every process."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.searches.canonical import Canonical
from tee_rider.model_check.searches.parts import parts_of
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex
from tests.searches.worlds import messages


class Pair(NamedTuple):
    one: int
    other: int


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True)
class Coin:
    side: int
    scratches: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Medal:
    side: int


@dataclass(eq=False)
class Face:
    name: str


encode = Canonical().encode
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.builds(Coin, inner)
    ),
    max_leaves=6,
)


@given(PLAIN, PLAIN)
def test_equal_values_have_equal_bytes_and_others_do_not(one: Any, other: Any) -> None:
    assert (encode(one) == encode(other)) == (one == other)


def test_what_looks_alike_is_told_apart() -> None:
    values: list[object] = [
        *(None, 0, "0", b"0", (), (0,), ((0,),), frozenset(), frozenset({0}), frozenset({(0,)})),
        *(Coin(0), Medal(0), Colour.RED, Colour.BLUE, {1: 2}, {2: 1}, "i0;", (1, 23), (12, 3)),
        *(make_vertex(1, 0), make_vertex(1, 1), make_vertex(2, 0, (StrongEdge(0, "ab"),))),
    ]
    for one, other in combinations(values, 2):
        assert encode(one) != encode(other)


def test_it_is_exactly_as_fine_as_equality() -> None:
    assert encode(Pair(1, 2)) == encode((1, 2))
    assert encode(True) == encode(1)
    assert encode(Coin(1, 5)) == encode(Coin(1, 6))
    assert encode({1: 2, 3: 4}) == encode({3: 4, 1: 2})
    assert encode(make_vertex(1, 0)) == Canonical().encode(make_vertex(1, 0))
    wrong = Vertex(round=1, source=0, digest=make_vertex(1, 1).digest)
    assert encode(wrong) != encode(make_vertex(1, 1))


@pytest.mark.parametrize(
    "value",
    [Face("A"), 1.5, object(), (lambda: 0,), Coin],
    ids=["member", "float", "object", "function", "class"],
)
def test_what_is_no_plain_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical bytes"):
        encode(value)


def test_every_local_state_has_a_digest_of_its_own() -> None:
    model = messages(rounds=2, faulty=1, junk=1, leaders=(0, 2))()
    assert isinstance(model, MessageLevel)
    explore(model)
    parts = parts_of(model)
    numbers = [*range(len(model.locals.all)), *(~i for i in range(len(model.faulty.all)))]
    digests = {parts.digest(number) for number in numbers}
    assert len(digests) == len(numbers) == 324


TELL = """
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.searches.parts import parts_of
from tests.searches.worlds import messages
model = messages(rounds=2, faulty=1, junk=1, leaders=(0, 2))()
explore(model)
parts = parts_of(model)
print(*(parts.digest(number).hex() for number in range(len(model.locals.all))))
"""


def test_digests_are_the_same_in_every_process() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0].split()) == 300
