"""What is written is read back, and each event has one canonical line."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    ClientReply,
    ClientRequest,
    CommitLeader,
    Crash,
    CreateVertex,
    Freeze,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
    Restart,
    Resume,
)
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.strict_json import key_count
from tee_rider.spec.trace import (
    EVENT,
    EXAMPLE_HEADER,
    Header,
    Implementation,
    Located,
    event_line,
    header_line,
    read_header,
    read_trace,
    write_trace,
)
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Request, StrongEdge, Vertex, VertexId, WeakEdge

Read = Callable[[bytes], list[Located]]

REPLICAS = st.integers(0, 3)
NUMBERS = st.integers(0, 2**53 - 1)
FROM_ONE = st.integers(1, 2**53 - 1)
# A colon in a text makes the reader look twice.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.just('{"x_a": ":"}')
DIGESTS = st.none() | st.text("0123456789abcdef", min_size=1, max_size=128)
POSITIONS = st.builds(StreamPosition, FROM_ONE, FROM_ONE)
NAMES = st.builds(VertexId, FROM_ONE, REPLICAS, DIGESTS)
STRONG = st.lists(st.builds(StrongEdge, REPLICAS, DIGESTS), max_size=3)
WEAK = st.lists(st.builds(WeakEdge, FROM_ONE, REPLICAS, DIGESTS), max_size=3)
VERTICES = st.builds(
    Vertex,
    FROM_ONE,
    REPLICAS,
    DIGESTS,
    STRONG.map(lambda edges: tuple(sorted(edges, key=lambda edge: edge.source))),
    WEAK.map(lambda edges: tuple(sorted(edges, key=lambda edge: edge[:2]))),
    st.lists(st.builds(Request, NUMBERS, NUMBERS, TEXTS), max_size=3).map(tuple),
)
EVENTS = {
    CreateVertex: st.builds(CreateVertex, vertex=VERTICES, ui=POSITIONS),
    RDeliver: st.builds(RDeliver, vertex=VERTICES, ui=POSITIONS),
    InsertVertex: st.builds(InsertVertex, vertex=VERTICES, ui=POSITIONS),
    Reject: st.builds(
        Reject,
        reason=st.sampled_from(RejectionReason),
        origin=REPLICAS,
        ui=st.none() | POSITIONS,
    ),
    AdvanceRound: st.builds(AdvanceRound, round=FROM_ONE),
    ReleaseCoin: st.builds(ReleaseCoin, wave=FROM_ONE, leader=REPLICAS),
    CommitLeader: st.builds(CommitLeader, wave=FROM_ONE, leader=NAMES, direct=st.booleans()),
    ADeliver: st.builds(ADeliver, vertex=NAMES, wave=FROM_ONE),
    ClientRequest: st.builds(ClientRequest, client=NUMBERS, number=NUMBERS, operation=TEXTS),
    ClientReply: st.builds(ClientReply, client=NUMBERS, number=NUMBERS, result=TEXTS),
    Crash: st.builds(Crash),
    Restart: st.builds(Restart, epoch=FROM_ONE, attestation=TEXTS, backup_seq=NUMBERS),
    Freeze: st.builds(Freeze, target=REPLICAS, epoch=FROM_ONE, last=NUMBERS, ui=POSITIONS),
    Resume: st.builds(
        Resume,
        target=REPLICAS,
        epoch=FROM_ONE,
        cut=NUMBERS,
        freezers=st.lists(REPLICAS, max_size=3).map(lambda names: tuple(sorted(names))),
    ),
}
RUNS = st.lists(st.tuples(REPLICAS, st.one_of(*EVENTS.values())), max_size=6)


def numbered(run: list[tuple[int, AnyEvent]]) -> list[AnyEvent]:
    """The events of a run, at their replicas, with the numbers that a recorder gives them.

    Those are left out that a correct replica cannot have while it is down, or while it is up.
    """
    seen = [0, 0, 0, 0]
    down = [False, False, False, False]
    events: list[AnyEvent] = []
    for replica, event in run:
        if replica != 2 and down[replica] != isinstance(event, Restart):
            continue
        seen[replica] += 1
        down[replica] = isinstance(event, Crash)
        if isinstance(event, Restart):
            event = replace(event, backup_seq=seen[replica] // 3)
        events.append(replace(event, replica=replica, seq=seen[replica]))
    return events


def test_every_event_has_a_strategy() -> None:
    assert set(EVENTS) == set(get_args(AnyEvent))


@given(run=RUNS)
def test_what_is_written_is_read_back(
    run: list[tuple[int, AnyEvent]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    events = numbered(run)
    header = Header(
        configuration=Configuration(4, 1),
        profile="TEE_RIDER",
        faulty=(2,),
        implementation=Implementation("ü", '"'),
    )
    path = tmp_path_factory.mktemp("trace") / "t.ndjson"
    with path.open("w") as stream:
        write_trace(stream, header, events)
    read_back, located = read_trace(path)
    assert read_back == header
    assert list(located) == [Located(line, event) for line, event in enumerate(events, start=2)]


@given(event=st.one_of(*EVENTS.values()))
def test_a_good_line_is_read_in_one_go(event: AnyEvent) -> None:
    # Nothing but a text with a colon, or an optional part, needs the second look.
    line = event_line(event).encode()
    texts = isinstance(event, ClientRequest | ClientReply | Restart | Reject)
    block = any(
        request.operation for request in getattr(getattr(event, "vertex", None), "requests", ())
    )
    if not texts and not block:
        assert line.count(b":") == key_count(type(event))
    assert EVENT.read(line) == event


def test_the_canonical_line_of_a_delivery(delivery: str) -> None:
    event = ADeliver(seq=1, replica=0, vertex=VertexId(4, 0, "9f"), wave=2)
    assert event_line(event) == delivery


def test_the_canonical_line_of_an_insertion(insertion: str, header: str, read: Read) -> None:
    ((line, event),) = read(f"{header}\n{insertion}\n".encode())
    assert line == 2
    assert event_line(event) == insertion


def test_a_rejection_may_have_used_no_slot(header: str, read: Read) -> None:
    line = '{"seq":1,"replica":0,"event":"reject","reason":"not_signed","origin":2,"ui":null}'
    ((_, event),) = read(f"{header}\n{line}\n".encode())
    assert event == Reject(seq=1, reason="not_signed", origin=2, ui=None)
    assert event_line(event) == line


def test_the_canonical_header(header: str) -> None:
    assert header_line(read_header(io.BytesIO(header.encode()), "t")) == header


def test_the_example_header_is_one() -> None:
    assert header_line(read_header(io.BytesIO(EXAMPLE_HEADER.encode()), "t")) == EXAMPLE_HEADER


@pytest.mark.parametrize(
    "spoil",
    [
        ('"wave":2', '"wave":2,"x_note":"any: thing","x_more":{"a":[1.5,null]}'),
        ('"digest":"9f"', '"digest":"9f","x_in":0'),
        ('"seq":1,', '"x_first":1,"seq" : 1 ,'),
        ("}", "}\r"),
    ],
)
def test_private_fields_and_white_space_change_nothing(
    spoil: tuple[str, str], header: str, delivery: str, read: Read
) -> None:
    assert read(f"{header}\n{delivery.replace(*spoil, 1)}\n".encode()) == read(
        f"{header}\n{delivery}\n".encode()
    )


def test_the_last_line_needs_no_end(header: str, delivery: str, read: Read) -> None:
    assert len(read(f"{header}\n{delivery}".encode())) == 1


def test_reading_is_lazy(header: str, delivery: str, tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_text(f"{header}\n{delivery}\nnot a line of a trace\n")
    _, events = read_trace(path)
    assert next(events).line == 2
