"""The canonical encoding tells different values apart, and is the same everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.spec.encoding import digest_of, encode

VALUES = st.recursive(
    st.integers() | st.binary(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=20
)


def decode(data: bytes):
    """A value and the rest of the bytes."""
    if data[:1] == b"i":
        end = data.index(b"e")
        return int(data[1:end]), data[end + 1 :]
    if data[:1] == b"l":
        items, data = [], data[1:]
        while data[:1] != b"e":
            item, data = decode(data)
            items.append(item)
        return items, data[1:]
    length, _, rest = data.partition(b":")
    return rest[: int(length)], rest[int(length) :]


@given(VALUES)
def test_nothing_is_lost(value) -> None:
    assert decode(encode(value)) == (value, b"")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, b"i0e"),
        (-42, b"i-42e"),
        ("", b"0:"),
        ("\u00e9", b"2:\xc3\xa9"),
        (b"abc", b"3:abc"),
        ((1, ("a", b""), ()), b"li1el1:a0:elee"),
    ],
)
def test_the_form_is_bencoding(value, expected) -> None:
    assert encode(value) == expected


@pytest.mark.parametrize("value", [True, None, 1.5, {}, [None], ("a", False)])
def test_other_values_have_no_encoding(value) -> None:
    with pytest.raises(TypeError, match="has no canonical encoding"):
        encode(value)


def test_a_digest_is_the_sha_256_of_the_bytes() -> None:
    expected = "3bdbbf9c15328663d7aa84ac6313583afcfe2102687caf7bc7c963984da8e20c"
    assert digest_of(("vertex", 1, 0)) == expected
