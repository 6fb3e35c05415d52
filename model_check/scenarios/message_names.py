"""What a scenario calls a message: by its vertex, its place in a stream, or what it is for."""

from collections.abc import Collection
from typing import Any

from tee_rider.spec.identifiers import replica_number
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

SECOND = "'"
"""Marks the name of the second message with one counter."""


def is_named(message: Any, name: str, seconds: Collection[Any] = ()) -> bool:
    """Whether a name means this message; ``seconds`` are the second ones with their counters.

    A4 is the vertex that A signed in its first epoch or any later one, A4' another one with A4's
    counter, A#7 the 7th message of A's first epoch, A#2.7 that of its second; ``A's proposal`` is a
    message without a signature.
    """
    if not isinstance(message, SignedMessage):
        return bool(message.name == name)
    if "#" in name:
        return message.ui.name == name
    return isinstance(message.content, Vertex) and name_of(message, seconds) == name


def name_of(message: Any, seconds: Collection[Any] = ()) -> str:
    """A4 for a vertex, A#7 for any other signed message, ``A's proposal`` for a plain one."""
    if not isinstance(message, SignedMessage):
        return str(message.name)
    if not isinstance(message.content, Vertex):
        return message.ui.name
    return message.content.name + (SECOND if message in seconds else "")


def origin_of(message: Any) -> int:
    """Who signed the message, or sent it first."""
    if isinstance(message, SignedMessage):
        return message.ui.replica
    return int(message.sender)


def address_of(name: str) -> tuple[int, int]:
    """The source and the round of a vertex's name, as in A4."""
    letters = name.rstrip("0123456789")
    return replica_number(letters), int(name.removeprefix(letters))
