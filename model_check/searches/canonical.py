"""Canonical bytes of values: equal values have equal bytes in every process, others do not."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from typing import Any, TypeAlias

from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

SHARED = (Vertex, SignedMessage)
"""What is immutable and in many values at once; digests take its place, and are kept."""
Encode: TypeAlias = Callable[[Any], bytes]


class Canonical:
    """Turns values into bytes; every item says where it ends, and sets are sorted.

    Exactly as fine as ``==``: a named tuple is a tuple, True is 1, fields that are not compared are
    left out, and dataclasses of different kinds differ.
    """

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: dict[int, tuple[object, bytes]] = {}
        """By identity; the object is kept too, so that no other takes its place."""
        self._encoders: dict[type, Encode] = {type(None): lambda _: b"n"}

    def encode(self, value: object) -> bytes:
        """The canonical bytes of a value.

        Raises:
            TypeError: the value holds something that is no plain value.
        """
        kind = type(value)
        encoder = self._encoders.get(kind)
        if encoder is None:
            encoder = self._encoders[kind] = self._encoder(kind)
        return encoder(value)

    def _encoder(self, kind: type) -> Encode:
        plain: tuple[tuple[type, Encode], ...] = (
            (int, lambda value: b"i%d;" % value),
            (str, lambda value: _sized(b"u", value.encode(errors="surrogatepass"))),
            (bytes, lambda value: _sized(b"b", value)),
            (tuple, lambda value: b"(%b)" % b"".join(map(self.encode, value))),
            (Set, self.encode_set),
            (Mapping, self._mapping),
            (Enum, lambda value: b"e" + self.encode((kind.__qualname__, value.name))),
            (SHARED[0], self._shared),
            (SHARED[1], self._shared),
        )
        for known, encoder in plain:
            if issubclass(kind, known):
                return encoder
        return self._dataclass(kind)

    def encode_set(self, values: Iterable[object]) -> bytes:
        """The canonical bytes of a set with these values."""
        return b"{%b}" % b"".join(sorted(map(self.encode, values)))

    def _mapping(self, value: Mapping[Any, Any]) -> bytes:
        pairs = (self.encode(key) + self.encode(value[key]) for key in value)
        return b"<%b>" % b"".join(sorted(pairs))

    def _shared(self, value: object) -> bytes:
        kept = self._kept.get(id(value))
        if kept is None:
            digest = sha256(self._dataclass(type(value))(value)).digest()
            kept = self._kept[id(value)] = value, b"h" + digest
        return kept[1]

    def _dataclass(self, kind: type) -> Encode:
        if not is_dataclass(kind) or kind.__eq__ is object.__eq__:
            raise TypeError(f"a {kind.__qualname__} has no canonical bytes")
        name = self.encode(f"{kind.__module__}.{kind.__qualname__}")
        compared = tuple(field.name for field in fields(kind) if field.compare)

        def encode(value: object) -> bytes:
            return b"d%b%b;" % (name, b"".join([self.encode(getattr(value, f)) for f in compared]))

        return encode


def _sized(letter: bytes, content: bytes) -> bytes:
    return b"%b%d:%b" % (letter, len(content), content)
