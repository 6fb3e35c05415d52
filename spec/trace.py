"""The trace format: newline-delimited JSON, a header line and then one event a line.

Traces are where other implementations meet the specification, so the file may come from anywhere:
it is read line by line in bounded memory, and whatever the format does not allow is an error that
names the file, the line and the field.

Source: ours (DESIGN, "Conformance").
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, NamedTuple, TextIO, get_args, get_type_hints

from pydantic import Field, TypeAdapter, with_config

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import AnyEvent, Restart
from tee_rider.spec.identifiers import Replica
from tee_rider.spec.strict_json import STRICT, StrictJson
from tee_rider.spec.trace_error import FormatError, TraceError, shown
from tee_rider.spec.trace_rules import EventRules
from tee_rider.spec.vertex import Vertex

LONGEST_LINE = 2**20
"""Bytes of a line; a vertex with a thousand edges and ten thousand requests needs a quarter."""
MOST_REPLICAS = 1000
"""The largest n of a trace: what a reader keeps grows with it."""
MOST_RESTARTS = 1000
"""How many restarts of a trace are followed: for each, what its backup held is kept."""

ShortText = Annotated[str, Field(max_length=256)]


@dataclass(frozen=True, slots=True)
class Implementation:
    """Whose trace it is."""

    name: ShortText
    version: ShortText


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of a trace: what is known of the run apart from its events."""

    trace: Literal["tee-rider/1"] = "tee-rider/1"
    configuration: Configuration
    profile: ShortText
    """By which rules the replicas run, as in TEE_RIDER."""
    faulty: tuple[Replica, ...] = ()
    """Replicas known to be faulty, in increasing order: nothing is asked of what they do."""
    implementation: Implementation


class Located(NamedTuple):
    """An event and the number of its line."""

    line: int
    event: AnyEvent


def read_trace(path: Path) -> tuple[Header, Iterator[Located]]:
    """The header of a trace file, and its events one after the other, read when asked for.

    Raises:
        TraceError: the file breaks the format; also later, from the iterator.
        OSError: the file cannot be read.
    """
    stream = path.open("rb")
    try:
        header = read_header(stream, str(path))
    except BaseException:
        stream.close()
        raise
    return header, _closing(stream, read_events(stream, str(path), header))


def read_header(stream: BinaryIO, name: str) -> Header:
    """The header, which is the first line of the stream.

    Raises:
        TraceError: there is none, or it is not allowed.
    """
    line = stream.readline(LONGEST_LINE + 1)
    try:
        _check_length(line)
        if b'"trace"' not in line:
            mend = f"begin the file with a line like {EXAMPLE_HEADER}"
            raise FormatError("", shown(line.decode(errors="replace").rstrip()), "the header", mend)
        header = HEADER.read(line)
        _check_header(header)
    except FormatError as problem:
        raise TraceError(name, 1, problem) from None
    return header


def read_events(stream: BinaryIO, name: str, header: Header) -> Iterator[Located]:
    """The events of a stream whose header has been read.

    Raises:
        TraceError: a line is no event, or out of place.
    """
    rules = EventRules(header.configuration.n, header.faulty)
    number = 1
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        try:
            _check_length(line)
            event = EVENT.read(line)
            rules.check(event)
        except FormatError as problem:
            raise TraceError(name, number, problem) from None
        yield Located(number, event)


def read_restarts(path: Path) -> tuple[Restart, ...]:
    """The restarts of a trace file, to be known before its events are judged.

    Looks for them without reading the other lines: a pipe, which cannot be read twice, has none,
    lines that break the format are passed over, and so are restarts beyond the first thousand.

    Raises:
        OSError: the file cannot be read.
    """
    if not path.is_file():
        return ()
    with path.open("rb") as stream:
        events = map(_try_event, _lines_with(stream, b'"restart"'))
        return tuple(islice((e for e in events if isinstance(e, Restart)), MOST_RESTARTS))


def write_trace(stream: TextIO, header: Header, events: Iterable[AnyEvent]) -> None:
    """Write a whole trace to a text stream."""
    stream.write(header_line(header) + "\n")
    stream.writelines(event_line(event) + "\n" for event in events)


def header_line(header: Header) -> str:
    """The header as canonical JSON, without an end of line."""
    return _ENCODER.encode(header)


def event_line(event: AnyEvent) -> str:
    """The event as canonical JSON: compact, ASCII, fields in one order; without an end of line."""
    return _ENCODER.encode(event)


def _plain(value: Any) -> dict[str, Any]:
    """The fields of a data type; those that tell an event come first, as a person reads it."""
    names = [field.name for field in fields(value)]
    if "event" in names:
        names = ["seq", "replica", "event", *(n for n in names if n not in _LEADING)]
    plain = {name: getattr(value, name) for name in names}
    if isinstance(value, Vertex):
        plain["requests"] = [r if r.operation else r[:2] for r in value.requests]
        if not value.freezes:
            del plain["freezes"]
    return plain


def _lines_with(stream: BinaryIO, part: bytes) -> Iterator[bytes]:
    """The lines of a stream that contain the part, but for overlong ones; the last may be cut."""
    rest = b""
    while block := stream.read(LONGEST_LINE):
        block = rest + block
        place = block.find(part)
        while place >= 0 and (end := block.find(b"\n", place)) >= 0:
            yield block[block.rfind(b"\n", 0, place) + 1 : end]
            place = block.find(part, end)
        rest = block[block.rfind(b"\n") + 1 :]
        rest = rest if len(rest) <= LONGEST_LINE else b""
    if part in rest:
        yield rest


def _try_event(line: bytes) -> AnyEvent | None:
    try:
        return EVENT.read(line)
    except FormatError:
        return None


def _check_length(line: bytes) -> None:
    if len(line) > LONGEST_LINE:
        found = f"more than {LONGEST_LINE} bytes"
        raise FormatError("", found, f"at most {LONGEST_LINE} bytes on a line")


def _check_header(header: Header) -> None:
    n, f, faulty = header.configuration.n, header.configuration.f, header.faulty
    if n > MOST_REPLICAS:
        raise FormatError("configuration.n", str(n), f"at most {MOST_REPLICAS} replicas")
    if list(faulty) != sorted(set(faulty)) or any(replica >= n for replica in faulty):
        allowed = f"different replicas from 0 to {n - 1} in increasing order"
        raise FormatError("faulty", shown(faulty), allowed)
    if len(faulty) > f:
        allowed = f"at most f = {f} of them: nothing is promised with more"
        raise FormatError("faulty", f"{len(faulty)} replicas", allowed)


def _closing(stream: BinaryIO, events: Iterator[Located]) -> Iterator[Located]:
    with stream:
        yield from events


def _event_tag(type_: type) -> str:
    tag: str = get_args(get_type_hints(type_)["event"])[0]
    return tag


EVENT = StrictJson[AnyEvent](
    TypeAdapter(Annotated[AnyEvent, Field(discriminator="event")], config=STRICT),
    {_event_tag(type_): type_ for type_ in get_args(AnyEvent)},
)
HEADER = StrictJson[Header](TypeAdapter(Header), {"": Header})
EXAMPLE_HEADER = (
    '{"trace":"tee-rider/1","configuration":{"n":3,"f":1},"profile":"TEE_RIDER","faulty":[],'
    '"implementation":{"name":"x","version":"0.3"}}'
)
_LEADING = ("seq", "replica", "event")
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_plain, allow_nan=False)
