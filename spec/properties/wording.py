"""How an explanation names what it speaks of."""

from collections.abc import Iterable

from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.unique_identifier import StreamPosition, UniqueIdentifier
from tee_rider.spec.vertex import Vertex, VertexId

SHOWN_DIGITS = 8


def named(vertex: Vertex | VertexId) -> str:
    """``B3 (9f12ab34..)``: a vertex by its name and the beginning of its digest."""
    if vertex.digest is None:
        return vertex.name
    digest = vertex.digest[:SHOWN_DIGITS]
    return f"{vertex.name} ({digest}..)" if digest != vertex.digest else f"{vertex.name} ({digest})"


def placed(round_: int, source: int) -> str:
    """``B3``: the vertex at an address, whatever it says."""
    return f"{replica_name(source)}{round_}"


def who(event: Event) -> str:
    """The replica whose event it is."""
    return replica_name(event.replica)


def at(event: Event) -> str:
    """Where the event stands in its replica's log."""
    return f"(seq {event.seq})"


def slot(source: int, position: StreamPosition) -> str:
    """``B#7``: a place in a replica's stream."""
    return UniqueIdentifier(source, position.epoch, position.counter, b"").name


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, ..., 11th, ..., 21st."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def counted(number: int, one: str, more: str = "") -> str:
    """``1 edge``, ``2 edges``; ``more`` is for words like vertices."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
