"""What happens at once at one replica, and before or after what at the others."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tee_rider.model_check.export.dag_view import sort_key
from tee_rider.model_check.export.excerpt import Excerpt, Shown
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.vertex import VertexId


@dataclass(slots=True)
class Moment:
    """Consecutive events of one replica that follow from one input; refusals in a row are one too.

    A moment that is not in the trace stands for the creation of a vertex that replicas received
    from a replica without events, as faulty ones are.
    """

    replica: int
    shown: list[Shown] = field(default_factory=list)
    column: int = 0
    """Larger than that of every moment that happened before this one."""
    in_trace: bool = True

    @property
    def events(self) -> list[AnyEvent]:
        """What happened, in order."""
        return [shown.event for shown in self.shown]

    @property
    def created(self) -> VertexId | None:
        """The vertex that the replica made at this moment."""
        first = self.shown[:2]  # Nothing but entering a round comes before it.
        ids = (s.event.vertex.id for s in first if isinstance(s.event, CreateVertex))
        return next(ids, None)

    @property
    def received(self) -> VertexId | None:
        """The vertex that arrived at this moment, unless the replica has just made it."""
        event = self.shown[0].event
        return event.vertex.id if isinstance(event, RDeliver) else None

    @property
    def wide(self) -> bool:
        """Whether what is written at it needs the room of two columns."""
        return isinstance(self.shown[0].event, ReleaseCoin | CommitLeader | ADeliver)

    @property
    def needs(self) -> tuple[VertexId, ...]:
        """The vertices that were made before this moment."""
        if not self.in_trace:
            (event,) = self.events
            return event.vertex.predecessors if isinstance(event, CreateVertex) else ()
        return (self.received,) if self.received else ()


def take_moments(excerpt: Excerpt) -> tuple[Moment, ...]:
    """All moments of an excerpt by column, then replica.

    A column is one more than the latest of: the replica's previous moment, the creation of what
    arrives; two more where there is much to write. So columns are Lamport's logical time, and say
    nothing about clocks.
    """
    lanes: dict[int, list[Moment]] = {i: [] for i in range(excerpt.configuration.n)}
    for shown in excerpt.events:
        lane = lanes[shown.event.replica]
        if not lane or _begins(shown.event, lane[-1]):
            lane.append(Moment(shown.event.replica))
        lane[-1].shown.append(shown)
    _add_unseen(lanes)
    _set_columns(list(lanes.values()))
    every = [moment for lane in lanes.values() for moment in lane]
    return tuple(sorted(every, key=lambda moment: (moment.column, moment.replica)))


def _begins(event: AnyEvent, moment: Moment) -> bool:
    """Whether an event is the first of a moment."""
    previous = moment.events[-1]
    if isinstance(event, ADeliver) and isinstance(previous, ADeliver | CommitLeader):
        return event.wave != previous.wave
    if event.seq != previous.seq + 1:
        return True  # What stood between them is not in the excerpt.
    match event:
        case InsertVertex() | CommitLeader() | ADeliver():
            return False
        case CreateVertex():
            return not isinstance(previous, AdvanceRound)
        case RDeliver(vertex=vertex):
            return moment.created != vertex.id
        case Reject():
            return not isinstance(previous, Reject)
        case _:
            return True


def _add_unseen(lanes: dict[int, list[Moment]]) -> None:
    """Give replicas without events a moment for each vertex of theirs that arrived somewhere."""
    silent = {replica for replica, lane in lanes.items() if not lane}
    unseen: dict[VertexId, Shown] = {}
    for event in (e for lane in lanes.values() for moment in lane for e in moment.events):
        if isinstance(event, RDeliver) and event.vertex.source in silent:
            source, vertex = event.vertex.source, event.vertex
            creation = CreateVertex(replica=source, vertex=vertex, ui=event.ui)
            unseen.setdefault(vertex.id, Shown(creation))
    for name in sorted(unseen, key=sort_key):
        lanes[name.source].append(Moment(name.source, [unseen[name]], in_trace=False))


def _set_columns(lanes: Iterable[list[Moment]]) -> None:
    queues = [deque(lane) for lane in lanes if lane]
    creatable = {moment.created for queue in queues for moment in queue}
    made: dict[VertexId, int] = {}
    latest: dict[int, Moment] = {}
    while queues := [queue for queue in queues if queue]:
        ready = [q for q in queues if all(n in made or n not in creatable for n in q[0].needs)]
        # None is ready only in a trace that contradicts itself: an arrival before the creation.
        for queue in ready or queues[:1]:
            moment = queue.popleft()
            previous = latest.get(moment.replica)
            own = previous.column + (moment.wide and previous.wide) if previous else 0
            moment.column = max([own, *(made.get(name, 0) for name in moment.needs)]) + 1
            latest[moment.replica] = moment
            if moment.created:
                made.setdefault(moment.created, moment.column)
