"""The canonical encoding: one byte string per value, equal on all machines, in all languages."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeAlias

Encodable: TypeAlias = int | str | bytes | Sequence["Encodable"]


def encode(value: Encodable) -> bytes:
    """Two values have equal encodings exactly when they are equal.

    The form is bencoding without dictionaries: integers ``i42e``, byte strings ``3:abc`` (text is
    UTF-8), lists ``l...e``. It needs ten lines in any language and no library.

    Source: ours (spec/README.md, "Encoding").

    Raises:
        TypeError: the value holds something else, a bool or None included.
    """
    if isinstance(value, bool):
        raise TypeError("a bool has no canonical encoding: use 0 or 1")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    if isinstance(value, (tuple, list)):
        return b"l%be" % b"".join(map(encode, value))
    raise TypeError(f"{type(value).__name__} has no canonical encoding: use int, str, bytes, tuple")


def digest_of(value: Encodable) -> str:
    """The name of a value: lower-case hex SHA-256 of its canonical encoding (64 characters).

    Source: ours (spec/README.md, "Encoding").
    """
    return sha256(encode(value)).hexdigest()
