"""The part of a trace that a picture shows: some rounds and what happened to their vertices."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tee_rider.model_check.console import UsageError
from tee_rider.spec.configuration import WAVE_LENGTH, Configuration, round_in_wave, wave_of
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
)

MOST_EVENTS = 250_000
"""As many events as one picture keeps in memory."""

Rounds = tuple[int, int]
"""The first and the last round of a range."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that the picture shows."""

    event: AnyEvent
    position: int = 0
    """For a delivery: its place in the replica's order over the whole trace, from 1."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Events of a trace that concern a range of rounds, in the order of the trace."""

    configuration: Configuration
    faulty: frozenset[int]
    implementation: str
    rounds: Rounds
    newest: int
    """The newest round of the whole trace."""
    events: tuple[Shown, ...]

    @property
    def correct(self) -> frozenset[int]:
        """The replicas of which nothing says that they are faulty."""
        return frozenset(range(self.configuration.n)) - self.faulty

    @property
    def left_out(self) -> str:
        """Which rounds are not shown and how to see them; empty if all are."""
        first, last = self.rounds
        before = [f"1-{first - 1}"] if first > 1 else []
        after = [f"{last + 1}-{self.newest}"] if last < self.newest else []
        if not before and not after:
            return ""
        return f"rounds {' and '.join(before + after)} left out: --rounds {(before + after)[0]}"


@dataclass(frozen=True, slots=True)
class Span:
    """How much a picture shows when nobody asks for certain rounds: the newest waves, if they fit.

    If they do not, it begins with the oldest wave that fits, unless that wastes half of the room.
    """

    waves: int
    most_rounds: int

    def first(self, newest: int) -> int:
        """The oldest round shown, given the newest."""
        begin = round_in_wave(max(1, wave_of(newest) - self.waves + 1), 1)
        fitting = max(1, newest - self.most_rounds + 1)
        if begin >= fitting:
            return begin
        later = round_in_wave(wave_of(fitting + WAVE_LENGTH - 1), 1)
        return later if 2 * (newest - later + 1) >= self.most_rounds else fitting


@dataclass(slots=True)
class _Window:
    """Events by the last round they concern; if nobody asks, only those of the span are kept."""

    asked: Rounds | None
    span: Span
    newest: int = 1
    kept: dict[int, list[tuple[int, Rounds, Shown]]] = field(default_factory=dict)
    size: int = 0

    def add(self, place: int, rounds: Rounds, shown: Shown) -> None:
        ahead = self.newest + self.span.most_rounds
        if overlap(rounds, self.asked or (self.span.first(self.newest), ahead)):
            self.kept.setdefault(rounds[1], []).append((place, rounds, shown))
            self.size += 1

    def reach(self, round_: int) -> None:
        """Move on to a newer round, and forget what is too old now."""
        if round_ <= self.newest:
            return
        self.newest = round_
        if self.asked is None:
            first = self.span.first(round_)
            for old in [last for last in self.kept if last < first]:
                self.size -= len(self.kept.pop(old))

    def events(self, shown_rounds: Rounds) -> tuple[Shown, ...]:
        every = (entry for entries in self.kept.values() for entry in entries)
        chosen = sorted((e for e in every if overlap(e[1], shown_rounds)), key=lambda e: e[0])
        return tuple(shown for _, _, shown in chosen)


def take_excerpt(
    configuration: Configuration,
    faulty: frozenset[int],
    implementation: str,
    events: Iterable[AnyEvent],
    asked: Rounds | None,
    span: Span,
) -> Excerpt:
    """The events of the rounds asked for, or of the span; memory is bounded by them.

    Raises:
        UsageError: the trace has no such rounds, or too many events happened in them.
    """
    window = _Window(asked, span)
    delivered: Counter[int] = Counter()
    current: dict[int, int] = {}
    anything = False
    for place, event in enumerate(events):
        shown = Shown(event)
        if isinstance(event, AdvanceRound):
            current[event.replica] = event.round
        elif isinstance(event, ADeliver):
            delivered[event.replica] += 1
            shown = Shown(event, delivered[event.replica])
        rounds = rounds_of(event, current.get(event.replica, 1))
        if isinstance(event, InsertVertex | ADeliver) and event.replica not in faulty:
            anything = True
            window.reach(event.vertex.round)
        window.add(place, rounds, shown)
        if window.size > MOST_EVENTS:
            raise UsageError(
                f"more than {MOST_EVENTS:,} events in the rounds to draw: give fewer with"
                " --rounds FROM-TO"
            )
    if not anything:
        raise UsageError(
            "no correct replica inserts or delivers a vertex: there is nothing to draw"
        )
    first, last = asked or (span.first(window.newest), window.newest)
    if first > window.newest:
        raise UsageError(f"--rounds {first}: the newest round of the trace is {window.newest}")
    shown_rounds = (first, min(last, window.newest))
    return Excerpt(
        configuration,
        faulty,
        implementation,
        shown_rounds,
        window.newest,
        window.events(shown_rounds),
    )


def rounds_of(event: AnyEvent, current: int) -> Rounds:
    """The rounds that an event concerns, given the round that its replica is in.

    That of its vertex; for a coin or a committed leader those of the wave.
    """
    match event:
        case CreateVertex() | RDeliver() | InsertVertex() | ADeliver():
            return event.vertex.round, event.vertex.round
        case ReleaseCoin() | CommitLeader():
            return round_in_wave(event.wave, 1), round_in_wave(event.wave, WAVE_LENGTH)
        case AdvanceRound():
            return event.round, event.round
        case _:
            return current, current


def overlap(one: Rounds, other: Rounds) -> bool:
    """Whether two ranges have a round in common."""
    return one[0] <= other[1] and other[0] <= one[1]
