"""Crashes and restarts in a trace: where they may stand, and how they are found beforehand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tee_rider.spec.events import Crash, Restart
from tee_rider.spec.trace import (
    LONGEST_LINE,
    MOST_RESTARTS,
    Located,
    event_line,
    read_restarts,
)
from tee_rider.spec.trace_error import TraceError

Read = Callable[[bytes], list[Located]]

CRASH = '{"seq":%d,"replica":%d,"event":"crash"}'
RESTART = '{"seq":%d,"replica":%d,"event":"restart","epoch":2,"attestation":"%s","backup_seq":%d}'
DELIVERY = (
    '{"seq":%d,"replica":%d,"event":"a_deliver",'
    '"vertex":{"round":1,"source":0,"digest":null},"wave":1}'
)
Lines = list[str]


def content(header: str, lines: Lines) -> bytes:
    return "".join(f"{line}\n" for line in [header, *lines]).encode()


@pytest.mark.parametrize("backup_seq", [0, 1, 2])
def test_a_restart_after_a_crash(backup_seq: int, header: str, read: Read) -> None:
    lines = [DELIVERY % (1, 0), DELIVERY % (2, 0), CRASH % (3, 0), RESTART % (4, 0, "", backup_seq)]
    assert len(read(content(header, [*lines, DELIVERY % (5, 0)]))) == 5


@pytest.mark.parametrize(
    ("lines", "line", "field", "says"),
    [
        ([RESTART % (1, 0, "", 0)], 2, "event", "replica 0 has not crashed; to mend it, log a"),
        (
            [CRASH % (1, 0), RESTART % (2, 0, "", 0), RESTART % (3, 0, "", 0)],
            4,
            "event",
            "replica 0 has not crashed",
        ),
        ([CRASH % (1, 0), RESTART % (1, 1, "", 0)], 3, "event", "replica 1 has not crashed"),
        ([CRASH % (1, 0), RESTART % (2, 0, "", 1)], 3, "backup_seq", "found 1; allowed: at most 0"),
        ([CRASH % (1, 0), RESTART % (2, 0, "", 7)], 3, "backup_seq", "found 7; allowed: at most 0"),
        (
            [CRASH % (1, 0), DELIVERY % (2, 0)],
            3,
            "event",
            "found a_deliver; allowed: nothing but a restart, as replica 0 crashed (seq 1)",
        ),
        ([CRASH % (1, 0), CRASH % (2, 0)], 3, "event", "found crash; allowed: nothing but a"),
    ],
)
def test_a_life_out_of_order(
    lines: Lines, line: int, field: str, says: str, header: str, read: Read
) -> None:
    with pytest.raises(TraceError) as caught:
        read(content(header, lines))
    assert (caught.value.line, caught.value.problem.field) == (line, field)
    assert says in str(caught.value)


def test_a_faulty_replica_may_live_as_it_likes(header: str, read: Read) -> None:
    lines = [RESTART % (1, 3, "", 9), CRASH % (2, 3), DELIVERY % (3, 3)]
    assert len(read(content(header, lines))) == 3


def test_a_vertex_names_replicas_that_exist(header: str, insertion: str, read: Read) -> None:
    with_freeze = insertion.replace('"requests"', '"freezes":[[%d,1,2,""]],"requests"')
    assert read(content(header, [with_freeze % 3]))
    with pytest.raises(TraceError) as caught:
        read(content(header, [with_freeze % 4]))
    assert caught.value.problem.field == "vertex.freezes[0][0]"


def found_in(path: Path, written: bytes) -> list[tuple[int, int, int]]:
    path.write_bytes(written)
    return [(event.replica, event.seq, event.backup_seq) for event in read_restarts(path)]


def test_restarts_are_found_beforehand(header: str, tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    restart = event_line(Restart(replica=1, seq=4, epoch=2, attestation="restart", backup_seq=3))
    speaking = RESTART % (2, 0, '\\"restart\\"', 1)
    lines = [event_line(Crash(replica=1, seq=3)), restart, DELIVERY % (1, 0), speaking]
    assert found_in(path, content(header, lines)) == [(1, 4, 3), (0, 2, 1)]
    assert found_in(path, content(header, lines)[:-1]) == [(1, 4, 3), (0, 2, 1)]
    assert found_in(path, content(header, lines)[:-2]) == [(1, 4, 3)]


@pytest.mark.parametrize("written", [b"", b"\n", b'"restart"', b'"restart"\n\xff"restart"\n'])
def test_what_is_no_restart_is_passed_over(written: bytes, tmp_path: Path) -> None:
    assert found_in(tmp_path / "t.ndjson", written) == []


def test_lines_and_restarts_beyond_a_bound_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    long = (RESTART % (1, 0, "", 0)).replace("}", ' "x_a":"' + "a" * LONGEST_LINE + '"}')
    good = RESTART % (2, 0, "", 1) + "\n"
    assert found_in(path, (long + "\n" + good).encode()) == [(0, 2, 1)]
    assert len(found_in(path, (good * (MOST_RESTARTS + 3)).encode())) == MOST_RESTARTS


def test_a_pipe_is_not_read_beforehand(tmp_path: Path) -> None:
    assert read_restarts(Path("/dev/null")) == ()
    with pytest.raises(FileNotFoundError):
        (tmp_path / "none").open()
    assert read_restarts(tmp_path / "none") == ()
