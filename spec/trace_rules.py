"""What the events of a trace must keep to beyond their shape: numbering, ranges and order."""

from collections.abc import Sequence

from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
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
from tee_rider.spec.trace_error import FormatError
from tee_rider.spec.vertex import Vertex

Named = tuple[str, int]
"""A field's path, and the replica that it names."""
_ENDS_OF_LIVES = frozenset({Crash, Restart})


class EventRules:
    """Follows the events of one trace and refuses the first that is out of place.

    Of a faulty replica's events only the numbering is asked: it may say what it likes.

    Source: ours (DESIGN, "Conformance").
    """

    def __init__(self, n: int, faulty: Sequence[int]) -> None:
        """For a trace of n replicas, those of ``faulty`` being faulty."""
        self._n = n
        self._faulty = frozenset(faulty)
        self._seen = [0] * n
        self._crashed: dict[int, Crash] = {}
        """Who is down, since which event."""

    def check(self, event: AnyEvent) -> None:
        """Take the next event in.

        Raises:
            FormatError: it is out of place.
        """
        replica = event.replica
        if replica >= self._n:
            self._check_replicas(("replica", replica))
        self._seen[replica] += 1
        if event.seq != self._seen[replica]:
            raise _wrong_seq(event, self._seen[replica])
        if replica not in self._faulty:
            if self._crashed or type(event) in _ENDS_OF_LIVES:
                self._check_life(event)
            self._check_content(event)

    def _check_life(self, event: AnyEvent) -> None:
        """After a crash there is nothing but a restart, and a restart comes after a crash."""
        crash = self._crashed.get(event.replica)
        if isinstance(event, Restart):
            if crash is None:
                allowed = f"a restart after a crash, and replica {event.replica} has not crashed"
                raise FormatError("event", "restart", allowed, "log a crash before each restart")
            if event.backup_seq >= crash.seq:
                allowed = f"at most {crash.seq - 1}, the last event before the crash"
                raise FormatError("backup_seq", str(event.backup_seq), allowed)
            del self._crashed[event.replica]
        elif crash is not None:
            allowed = f"nothing but a restart, as replica {event.replica} crashed (seq {crash.seq})"
            raise FormatError("event", event.event, allowed)
        elif isinstance(event, Crash):
            self._crashed[event.replica] = event

    def _check_content(self, event: AnyEvent) -> None:
        match event:
            case ADeliver():
                if event.vertex.source >= self._n:
                    self._check_replicas(("vertex.source", event.vertex.source))
            case RDeliver() | InsertVertex() | CreateVertex():
                self._check_vertex(event.vertex)
            case CommitLeader():
                self._check_replicas(("leader.source", event.leader.source))
            case ReleaseCoin():
                self._check_replicas(("leader", event.leader))
            case Reject():
                self._check_replicas(("origin", event.origin))
            case Freeze():
                self._check_replicas(("target", event.target))
            case Resume():
                freezers = [(f"freezers[{i}]", name) for i, name in enumerate(event.freezers)]
                self._check_replicas(("target", event.target), *freezers)
                _check_sorted("freezers", list(event.freezers))

    def _check_replicas(self, *named: Named) -> None:
        for path, replica in named:
            if replica >= self._n:
                allowed = f"a replica from 0 to {self._n - 1}: the header says n = {self._n}"
                raise FormatError(path, str(replica), allowed)

    def _check_vertex(self, vertex: Vertex) -> None:
        if vertex.source >= self._n:
            self._check_replicas(("vertex.source", vertex.source))
        sources = [edge.source for edge in vertex.strong_edges]
        _check_sorted("vertex.strong_edges", sources)
        if sources and sources[-1] >= self._n:
            self._check_replicas(*_edges("vertex.strong_edges", 0, sources))
        if vertex.weak_edges:
            addresses = [(edge.round, edge.source) for edge in vertex.weak_edges]
            self._check_replicas(*_edges("vertex.weak_edges", 1, [s for _, s in addresses]))
            _check_sorted("vertex.weak_edges", addresses)
        if vertex.freezes:
            targets = [freeze.target for freeze in vertex.freezes]
            self._check_replicas(*_edges("vertex.freezes", 0, targets))


def _edges(path: str, position: int, sources: Sequence[int]) -> list[Named]:
    return [(f"{path}[{i}][{position}]", source) for i, source in enumerate(sources)]


def _check_sorted(path: str, values: list[int] | list[tuple[int, int]]) -> None:
    """Equal neighbours are no matter of format: whether a vertex may have them, properties say."""
    in_order = sorted(values)
    if in_order == values:
        return
    i = next(
        i for i, (value, other) in enumerate(zip(values, in_order, strict=True)) if value != other
    )
    raise FormatError(
        f"{path}[{i}]",
        str(values[i]).strip("()"),
        "an array in increasing order",
        "sort it: strong edges by source, weak edges by round and source",
    )


def _wrong_seq(event: AnyEvent, expected: int) -> FormatError:
    said = "the same number twice" if event.seq < expected else "a number left out"
    return FormatError(
        "seq",
        f"{event.seq} ({said}, or lines out of order)",
        f"{expected}, the next of replica {event.replica}",
        "number each replica's events 1, 2, 3, ... and write them in this order;"
        " the lines of different replicas may be mixed in any way",
    )
