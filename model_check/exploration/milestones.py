"""What replicas must have been seen doing, or an exploration was vacuous."""

from collections.abc import Iterable
from enum import IntFlag, auto

from tee_rider.spec.events import ADeliver, CommitLeader, Event, InsertVertex, Reject, ReleaseCoin


class Milestone(IntFlag):
    """Things that a replica may have done, as a set of bits."""

    NONE = 0
    COMMITTED_DIRECTLY = auto()
    PASSED_BY = auto()
    DELIVERED = auto()
    WEAK_EDGE = auto()
    NO_OWN_EDGE = auto()
    REJECTED = auto()
    BEHIND_REJECTED = auto()


WORDS = {
    Milestone.COMMITTED_DIRECTLY: "a leader is committed directly",
    Milestone.PASSED_BY: "a wave ends and its leader is not committed",
    Milestone.DELIVERED: "a vertex is delivered",
    Milestone.WEAK_EDGE: "a vertex with a weak edge is inserted",
    Milestone.NO_OWN_EDGE: "a vertex without an edge to its own predecessor is inserted",
    Milestone.REJECTED: "a message is rejected",
    Milestone.BEHIND_REJECTED: "a vertex is inserted whose source signed a rejected message before",
}
"""How they are reported."""


def milestones_of(events: Iterable[Event]) -> Milestone:
    """What a replica with these events has done; a wave's coin and its commit are one step's."""
    done = Milestone.NONE
    rejected: dict[int, int] = {}
    coins: set[int] = set()
    for event in events:
        match event:
            case ReleaseCoin():
                coins.add(event.wave)
            case CommitLeader(direct=True):
                done |= Milestone.COMMITTED_DIRECTLY
                coins.discard(event.wave)
            case ADeliver():
                done |= Milestone.DELIVERED
            case Reject(origin=origin, ui=ui) if ui is not None:
                done |= Milestone.REJECTED
                rejected[origin] = min(ui.counter, rejected.get(origin, ui.counter))
            case InsertVertex(vertex=vertex, ui=ui):
                if vertex.weak_edges:
                    done |= Milestone.WEAK_EDGE
                if vertex.round > 1 and all(e.source != vertex.source for e in vertex.strong_edges):
                    done |= Milestone.NO_OWN_EDGE
                if ui.counter > rejected.get(vertex.source, ui.counter):
                    done |= Milestone.BEHIND_REJECTED
    return done | Milestone.PASSED_BY if coins else done
