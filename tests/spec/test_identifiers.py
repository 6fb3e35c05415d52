"""Replicas are numbers for the machine and letters for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.spec.identifiers import LARGEST, mask_of, members, replica_name, replica_number
from tee_rider.spec.unique_identifier import StreamPosition, UniqueIdentifier


@pytest.mark.parametrize(
    ("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
)
def test_letters_of_a_replica(number, name) -> None:
    assert replica_name(number) == name
    assert replica_number(name) == number


@given(st.integers(0, LARGEST))
def test_a_name_is_read_back(number) -> None:
    assert replica_number(replica_name(number)) == number


@pytest.mark.parametrize("name", ["", "a", "A1", "\u00c4", " A"])
def test_other_names_are_refused(name) -> None:
    with pytest.raises(ValueError, match="names no replica: use letters, A for replica 0"):
        replica_number(name)


@given(st.sets(st.integers(0, 100)))
def test_a_mask_is_a_set(replicas) -> None:
    assert members(mask_of(tuple(replicas))) == tuple(sorted(replicas))


def test_a_unique_identifier_is_named_by_its_place() -> None:
    assert UniqueIdentifier(0, 1, 7, b"").name == "A#7"
    assert UniqueIdentifier(1, 2, 7, b"").name == "B#2.7"


def test_a_later_epoch_comes_later_in_the_stream() -> None:
    assert UniqueIdentifier(0, 1, 7, b"").position < StreamPosition(2, 1)
    assert StreamPosition(1, 6) < StreamPosition(1, 7)
