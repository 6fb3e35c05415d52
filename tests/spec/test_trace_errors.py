"""Whatever the format does not allow is refused, with the line and the field."""

import tracemalloc
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any

import pytest

from tee_rider.spec.trace import LONGEST_LINE, Located, read_events, read_header, read_trace
from tee_rider.spec.trace_error import TraceError

Read = Callable[[bytes], list[Located]]

# What replaces what in a good line, the field that is named, and a part of the message.
BAD_DELIVERIES = [
    ('"seq":1', '"seq":2', "seq", "found 2 (a number left out"),
    ('"seq":1', '"seq":0', "seq", "found 0 (the same number twice"),
    ('"seq":1,', "", "seq", "found nothing"),
    ('"replica":0,', "", "replica", "found nothing"),
    ('"replica":0', '"replica":4', "replica", "found 4; allowed: a replica from 0 to 3"),
    ('"replica":0', '"replica":-1', "replica", "found -1; allowed: greater than or equal to 0"),
    ('"wave":2', '"wave":0', "wave", "found 0; allowed: greater than or equal to 1"),
    ('"wave":2', '"wave":9007199254740992', "wave", "allowed: less than 9007199254740992"),
    ('"wave":2', '"wave":' + "9" * 5000, "", "number out of range"),
    ('"wave":2', '"wave":2.0', "wave", "found 2.0; allowed: a valid integer"),
    ('"wave":2', '"wave":"2"', "wave", 'found "2"; allowed: a valid integer'),
    ('"wave":2', '"wave":true', "wave", "found true; allowed: a valid integer"),
    ('"wave":2', '"wave":null', "wave", "found null"),
    ('"wave":2', '"wave":NaN', "", 'found "NaN"'),
    ('"wave":2', '"wave":2,"x_speed":-Infinity', "", 'found "-Infinity"'),
    ('"wave":2', '"wave":2,"wave":2', "wave", "found the field twice"),
    ('"wave":2', '"wave":2,"\\u0077ave":3', "wave", "found the field twice"),
    ('"wave":2', '"wave":2,"x_a":{"b":1,"b":2}', "b", "found the field twice"),
    ('"round":4', '"round":4,"round":5', "round", "found the field twice"),
    ('"wave":2', '"wave":2,"speed":1', "speed", "put x_ before the name"),
    ('"source":0', '"source":0,"age":1', "vertex.age", "put x_ before the name"),
    ('"source":0', '"source":4', "vertex.source", "a replica from 0 to 3"),
    ('"9f"', '"9F"', "vertex.digest", "should match pattern"),
    ('"9f"', '""', "vertex.digest", "should match pattern"),
    ('"9f"', '"' + "a" * 129 + '"', "vertex.digest", "should match pattern"),
    ('"9f"', '"\\ud800"', "", "no JSON"),
    ('{"round":4,"source":0,"digest":"9f"}', "[4,0]", "vertex", "found [4, 0]; allowed: a"),
    ('"a_deliver"', '"a_delivered"', "event", 'found "a_delivered"; allowed: a_deliver, adv'),
    ('"event":"a_deliver",', "", "event", "found nothing; allowed: a_deliver, advance_round"),
    ('"wave":2}', '"wave":2} {}', "", "no JSON: trailing characters"),
    ('"wave":2}', '"wave":2', "", "no JSON"),
    ('"wave":2', '"wave":2,"x_deep":' + "[" * 300 + "]" * 300, "", "more than 200 deep"),
]
BAD_INSERTIONS = [
    ("[0,", "[2,", "vertex.strong_edges[0]", "found 2; allowed: an array in increasing order"),
    ("[2,null]", "[4,null]", "vertex.strong_edges[2][0]", "found 4; allowed: a replica from 0"),
    ("[2,1,", "[1,1,", "vertex.weak_edges[0]", "found 1, 3; allowed: an array in increasing"),
    ("[2,1,", "[2,9,", "vertex.weak_edges[1][1]", "found 9; allowed: a replica from 0 to 3"),
    ("[2,null]", "[2]", "vertex.strong_edges[2][1]", "found nothing"),
    ("[2,null]", "[2,null,5]", "vertex.strong_edges[2]", "found"),
    ("[2,null]", '{"source":2,"digest":null}', "strong_edges", "found an object in an array"),
    ("[7,1]", "[7]", "vertex.requests[0][1]", "found nothing"),
    ('"requests":', '"x_requests":', "vertex.requests", "found nothing"),
    ('"counter":4', '"counter":0', "ui.counter", "found 0"),
    ('"ui":{"epoch":1,"counter":4}', '"ui":null', "ui", "found null"),
]
BAD_HEADERS = [
    ("", "tee-rider/1", "tee-rider/2", "trace", "found \"tee-rider/2\"; allowed: 'tee-rider/1'"),
    ("n", '"n":4', '"n":2', "configuration", "at least 3 replicas"),
    ("n", '"n":4', '"n":1001', "configuration.n", "at most 1000 replicas"),
    ("n", '"n":4', '"n":1e1', "configuration.n", "found 10.0"),
    ("f", '"f":1', '"f":2', "configuration", "n >= 2f + 1 must hold"),
    ("", "[3]", "[4]", "faulty", "found [4]"),
    ("", "[3]", "[3,3]", "faulty", "found [3, 3]"),
    ("", "[3]", "[2,3]", "faulty", "found 2 replicas; allowed: at most f = 1"),
    ("", '"faulty":[3],', "", "faulty", "found nothing"),
    ("", '"name":"x"', '"name":7', "implementation.name", "found 7"),
    ("", '"trace":', '"seq":', "", "begin the file with a line like"),
]


def error_of(read: Read, content: bytes) -> TraceError:
    with pytest.raises(TraceError) as caught:
        read(content)
    assert str(caught.value).startswith(f"t:{caught.value.line}: ")
    assert len(str(caught.value)) < 600
    return caught.value


@pytest.mark.parametrize(("good", "bad", "field", "says"), BAD_DELIVERIES)
def test_a_bad_delivery(
    good: str, bad: str, field: str, says: str, header: str, delivery: str, read: Read
) -> None:
    line = delivery.replace(good, bad, 1)
    assert line != delivery
    error = error_of(read, f"{header}\n{line}\n".encode())
    assert (error.line, error.problem.field) == (2, field)
    assert says in str(error)


@pytest.mark.parametrize(("good", "bad", "field", "says"), BAD_INSERTIONS)
def test_a_bad_insertion(
    good: str, bad: str, field: str, says: str, header: str, insertion: str, read: Read
) -> None:
    line = insertion.replace(good, bad, 1)
    assert line != insertion
    error = error_of(read, f"{header}\n{line}\n".encode())
    assert (error.line, error.problem.field) == (2, field)
    assert says in str(error)


@pytest.mark.parametrize(("good", "bad", "field", "says"), [row[1:] for row in BAD_HEADERS])
def test_a_bad_header(good: str, bad: str, field: str, says: str, header: str, read: Read) -> None:
    line = header.replace(good, bad, 1)
    assert line != header
    error = error_of(read, f"{line}\n".encode())
    assert (error.line, error.problem.field) == (1, field)
    assert says in str(error)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "begin the file with a line like"),
        (b"\n", "begin the file with a line like"),
        (b"\x89PNG\r\n\x1a\n\x00", "begin the file with a line like"),
        (b'\xef\xbb\xbf{"trace":"tee-rider/1"}\n', "a byte order mark"),
        (b'{"trace":"\xff"}\n', "byte 11 is 0xff; allowed: valid UTF-8"),
        (b'"trace"\n', "allowed: an object"),
    ],
)
def test_a_file_that_does_not_begin_with_a_header(content: bytes, says: str, read: Read) -> None:
    error = error_of(read, content)
    assert error.line == 1
    assert says in str(error)


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        (b'{"seq":2,"replica":0,"ev', "the beginning of a line, where the file ends"),
        (b"\n", "remove the empty line"),
        (b"\x80\n", "byte 1 is 0x80; allowed: valid UTF-8"),
        (b"\x00\x00\n", "no JSON"),
        (b"[]\n", "found []; allowed: an object"),
        (b"3\n", "found 3; allowed: an object"),
        (b"[" * 100_000 + b"\n", "more than 200 deep"),
        (b'{"x_a":' * 100_000 + b"\n", "more than 200 deep"),
    ],
)
def test_a_bad_third_line(tail: bytes, says: str, header: str, delivery: str, read: Read) -> None:
    error = error_of(read, f"{header}\n{delivery}\n".encode() + tail)
    assert error.line == 3
    assert says in str(error)


def test_each_replica_is_numbered_on_its_own(header: str, delivery: str, read: Read) -> None:
    other = delivery.replace('"replica":0', '"replica":1')
    content = "\n".join([header, delivery, other, other.replace('"seq":1', '"seq":2'), delivery])
    error = error_of(read, content.encode())
    assert (error.line, error.problem.field) == (5, "seq")
    assert "found 1 (the same number twice, or lines out of order); allowed: 2" in str(error)


def test_a_faulty_replica_may_say_what_it_likes(header: str, insertion: str, read: Read) -> None:
    line = insertion.replace('"replica":0', '"replica":3').replace("[0,", "[77,")
    assert len(read(f"{header}\n{line}\n".encode())) == 1


def test_several_requests_may_be_equal_edges_too(header: str, insertion: str, read: Read) -> None:
    # Whether a vertex may have two equal edges is for the properties to say.
    line = insertion.replace("[1,", "[0,", 1)
    assert len(read(f"{header}\n{line}\n".encode())) == 1


class Endless(RawIOBase):
    """A good header, then one line that never ends; counts the bytes that were asked for."""

    def __init__(self, begin: bytes, filling: bytes) -> None:
        self.begin = begin
        self.filling = filling
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), 2**13)
        content = self.begin[self.given : self.given + size]
        content += (self.filling * size)[: size - len(content)]
        buffer[:size] = content
        self.given += size
        return size


@pytest.mark.parametrize("filling", [b"a", b"[", b"9", b'{"x_a":', b"\x00", b"[],"])
def test_a_line_without_end_is_not_read_to_its_end(filling: bytes, header: str) -> None:
    raw = Endless(f"{header}\n[".encode(), filling)
    stream = BufferedReader(raw)
    tracemalloc.start()
    with pytest.raises(TraceError, match="more than 1048576 bytes") as caught:
        list(read_events(stream, "t", read_header(stream, "t")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.line == 2
    assert raw.given < 2 * LONGEST_LINE
    assert peak < 4 * LONGEST_LINE


def test_a_header_without_end(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as stream:
        stream.truncate(200 * LONGEST_LINE)
    with pytest.raises(TraceError, match="more than 1048576 bytes") as caught:
        read_trace(path)
    assert caught.value.line == 1


@pytest.mark.parametrize(
    "content",
    [b'"x_%d":0,', b'"%d":0,', b'"x_%d":{},', b'"x_%d":[[[]]],'],
)
def test_the_longest_line_takes_bounded_memory(
    content: bytes, header: str, delivery: str, read: Read
) -> None:
    count = LONGEST_LINE // len(content % LONGEST_LINE)
    fields = b"".join(content % i for i in range(count)).removesuffix(b",")
    line = delivery.encode()[:-1] + b"," + fields + b"}"
    assert LONGEST_LINE / 2 < len(line) <= LONGEST_LINE
    tracemalloc.start()
    try:
        read(header.encode() + b"\n" + line)
    except TraceError as error:
        assert "put x_ before the name" in str(error)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * LONGEST_LINE
