"""When an output in a trace is the one that the reference makes."""

from collections.abc import Hashable

from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Freeze,
    InsertVertex,
    Reject,
    Resume,
)
from tee_rider.spec.vertex import Vertex


def same(found: AnyEvent, due: AnyEvent) -> bool:
    """Whether a trace's output is the reference's, whoever numbered it."""
    if isinstance(found, ADeliver):
        return isinstance(due, ADeliver) and (found.vertex, found.wave) == (due.vertex, due.wave)
    if isinstance(found, InsertVertex):
        return isinstance(due, InsertVertex) and (found.vertex, found.ui) == (due.vertex, due.ui)
    return type(found) is type(due) and _said(found) == _said(due)


def _said(event: AnyEvent) -> Hashable:
    match event:
        case CreateVertex(vertex=vertex):
            return _content(vertex)
        case CommitLeader():
            return event.wave, event.leader, event.direct
        case Freeze():
            return event.target, event.epoch, event.last, event.ui
        case Resume():
            return event.target, event.epoch, event.cut, event.freezers
        case Reject():
            return event.reason, event.origin, event.ui
        case _:
            return None


def _content(vertex: Vertex) -> Hashable:
    """What the reference decides of a new vertex; the digest and the block are the replica's own.

    What it may freeze is looked at apart.
    """
    return vertex.round, vertex.source, vertex.strong_edges, vertex.weak_edges
