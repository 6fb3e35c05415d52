"""The specification's verdicts on explored logs, each computed once.

A property hears only the kinds of events that it listens to, so its verdict is a function of the
*excerpts* of the logs that hold those kinds. There are far fewer excerpts than logs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import NoneType
from typing import TypeAlias, get_type_hints

from tee_rider.model_check.exploration.logs import EventNumber, Log, Logs
from tee_rider.spec.events import ADeliver, CreateVertex, Event, InsertVertex, RDeliver
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties import ALL
from tee_rider.spec.properties.watcher import Watcher

COMPARING = (
    frozenset({"agreement", "total order", "coin agreement"}),
    frozenset({"non-equivocation", "stream order"}),
    frozenset({"integrity"}),
)
"""Properties that compare replicas, those together that listen to much the same."""
OF_ONE_SOURCE = COMPARING[1] | COMPARING[2]
"""Those that compare only vertices of one source."""
Excerpts: TypeAlias = tuple[Log, ...]
"""One log for each lane."""


class Lane:
    """What some properties hear, of one source or of all; the shortest way to their verdicts."""

    def __init__(
        self, kinds: Sequence[type[Watcher]], premises: Premises, source: int | None
    ) -> None:
        """Fresh properties tell what they listen to."""
        self.kinds = tuple(kinds)
        self.source = source
        handlers = [pair for kind in kinds for pair in kind(premises).handlers.items()]
        self.hears = frozenset(heard for heard, _ in handlers)
        self.concludes = frozenset(heard for heard, handler in handlers if _finds(handler))
        """The kinds of events that can complete a violation; the others are kept in mind only."""


class LogJudge:
    """Judges single logs and pairs of logs by all properties."""

    def __init__(self, premises: Premises, kinds: Sequence[type[Watcher]] = ALL) -> None:
        """Nothing is judged yet."""
        self.premises = premises
        self.kinds = tuple(kinds)
        self.logs = Logs(premises.configuration.n)
        comparing = [lane for names in COMPARING for lane in self._comparing_lanes(names)]
        alone = [kind for kind in kinds if not any(kind.name in names for names in COMPARING)]
        self.lanes = (*comparing, *(Lane((kind,), premises, None) for kind in alone))
        self._compared = len(comparing)
        """Verdicts on pairs of logs come from so many lanes, the first."""
        self.judged: Counter[str] = Counter()
        """How often each property had something to judge."""
        self._listening: Concerned = {}
        self._concluding: Concerned = {}
        self._verdicts: list[dict[int, tuple[str, ...]]] = [{} for _ in self.lanes]
        """For each lane, by the numbers of one or two excerpts."""

    def empty(self, replica: int) -> Excerpts:
        """The excerpts of a replica that has done nothing."""
        return (self.logs.empty(replica),) * len(self.lanes)

    def extend(self, excerpts: Excerpts, numbers: Iterable[EventNumber]) -> Excerpts:
        """The excerpts with more events."""
        longer = list(excerpts)
        for number in numbers:
            for lane in self._lanes(self.logs.events[number], self._listening):
                longer[lane] = self.logs.extend(longer[lane], number)
        return tuple(longer)

    def step(self, after: Excerpts, numbers: Iterable[EventNumber]) -> tuple[str, ...]:
        """The properties that one replica's log violates by itself with its newest events."""
        events = [self.logs.events[number] for number in numbers]
        concerned = {lane for event in events for lane in self._lanes(event, self._concluding)}
        return tuple(
            name for lane in sorted(concerned) for name in self._verdict(lane, (after[lane],))
        )

    def pair(self, one: Excerpts, other: Excerpts) -> tuple[str, ...]:
        """The properties that two replicas' logs violate together."""
        violated: tuple[str, ...] = ()
        for lane in range(self._compared):
            violated += self._verdict(lane, (one[lane], other[lane]))
        return violated

    def violations(self, logs: Sequence[Log], names: Iterable[str]) -> tuple[Violation, ...]:
        """What the named properties say about some replicas' whole logs, afresh."""
        found: list[Violation] = []
        for kind in self.kinds:
            if kind.name in names:
                prop = kind(self.premises)
                violations = (prop.observe(event) for log in logs for event in self.logs.read(log))
                found += [next(violation for violation in violations if violation)]
        return tuple(found)

    def _verdict(self, lane: int, logs: tuple[Log, ...]) -> tuple[str, ...]:
        """The properties of a lane that are violated by what they hear of some replicas' logs."""
        key = logs[0] if len(logs) == 1 else logs[1] + 1 << 32 | logs[0]
        violated = self._verdicts[lane].get(key)
        if violated is None:
            events = [event for log in logs for event in self.logs.hear(log)]
            violated = ()
            for kind in self.lanes[lane].kinds:
                prop = kind(self.premises)
                handlers = prop.handlers
                for event in events:
                    handler = handlers.get(type(event))
                    if handler is not None and handler(event) is not None:
                        violated += (kind.name,)
                        break
                self.judged[kind.name] += prop.judged
                handlers.clear()  # They lead back to it, and nobody collects cycles meanwhile.
            self._verdicts[lane][key] = violated
        return violated

    def _comparing_lanes(self, names: frozenset[str]) -> list[Lane]:
        kinds = [kind for kind in self.kinds if kind.name in names]
        each = range(self.premises.configuration.n)
        sources = each if names <= OF_ONE_SOURCE else (None,)
        return [Lane(kinds, self.premises, source) for source in sources if kinds]

    def _lanes(self, event: Event, known: "Concerned") -> tuple[int, ...]:
        """The lanes that listen to an event, or that can conclude from it."""
        kind, source = type(event), _source_of(event)
        lanes = known.get((kind, source))
        if lanes is None:
            lanes = known[kind, source] = tuple(
                number
                for number, lane in enumerate(self.lanes)
                if kind in (lane.hears if known is self._listening else lane.concludes)
                and (lane.source is None or source in (None, lane.source))
            )
        return lanes


Concerned: TypeAlias = dict[tuple[type[Event], int | None], tuple[int, ...]]
"""The lanes that an event of some kind and source concerns."""


def _finds(handler: Callable[..., object]) -> bool:
    """Whether a handler may find a violation; one that is declared to return None does not."""
    return get_type_hints(handler)["return"] is not NoneType


def _source_of(event: Event) -> int | None:
    match event:
        case CreateVertex() | RDeliver() | InsertVertex() | ADeliver():
            return event.vertex.source
    return None
