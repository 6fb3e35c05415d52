"""What replicas must have been seen doing, or an exploration was vacuous."""

from collections.abc import Iterable
from enum import IntFlag, auto

from tee_rider.spec.events import ADeliver, CommitLeader, Event, InsertVertex, Reject, ReleaseCoin


class Milestone(IntFlag):
    """Things that a replica may have done, as a set of bits."""

    NONE = 0
    SAW_COIN = auto()
    COMMITTED_DIRECTLY = auto()
    DELIVERED = auto()
    HOLDS_WEAK_EDGE = auto()
    HOLDS_VERTEX_WITHOUT_OWN_PREDECESSOR = auto()
    REJECTED = auto()
    INSERTED_BEHIND_REJECTED = auto()

    @property
    def words(self) -> str:
        """For a person."""
        return (self.name or "nothing").replace("_", " ").lower()


def milestones_of(events: Iterable[Event]) -> Milestone:
    """What a replica with these events has done.

    A vertex stands *behind* a rejected message when its source signed it later.
    """
    done = Milestone.NONE
    rejected: dict[int, int] = {}
    for event in events:
        match event:
            case ReleaseCoin():
                done |= Milestone.SAW_COIN
            case CommitLeader(direct=True):
                done |= Milestone.COMMITTED_DIRECTLY
            case ADeliver():
                done |= Milestone.DELIVERED
            case Reject(origin=origin, ui=ui) if ui is not None:
                done |= Milestone.REJECTED
                rejected[origin] = min(ui.counter, rejected.get(origin, ui.counter))
            case InsertVertex(vertex=vertex, ui=ui):
                if vertex.weak_edges:
                    done |= Milestone.HOLDS_WEAK_EDGE
                if vertex.round > 1 and all(e.source != vertex.source for e in vertex.strong_edges):
                    done |= Milestone.HOLDS_VERTEX_WITHOUT_OWN_PREDECESSOR
                if ui.counter > rejected.get(vertex.source, ui.counter):
                    done |= Milestone.INSERTED_BEHIND_REJECTED
    return done
