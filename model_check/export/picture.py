"""From a trace file and a wish to a finished picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tee_rider.model_check.console import Ticker, UsageError
from tee_rider.model_check.export.dag_drawing import draw_dag
from tee_rider.model_check.export.dag_view import DagView, dag_view
from tee_rider.model_check.export.dag_words import subtitle
from tee_rider.model_check.export.excerpt import Rounds, Span, take_excerpt
from tee_rider.model_check.export.lanes_drawing import draw_lanes
from tee_rider.model_check.export.moments import take_moments
from tee_rider.model_check.export.page import draw_page
from tee_rider.model_check.export.steps import Json
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.trace import Located, read_trace

MOST_VERTICES = 1000
"""As many vertices as one picture of a DAG may show."""
MOST_MOMENTS = 10_000
"""As many moments as one picture of lanes may show."""
MOST_STEPS = 20_000
"""As many events as one page may step through."""


class Kind(Enum):
    """What is drawn, the ending of its file's name, and how many waves it shows if nobody asks."""

    DAG = ".svg", 4
    LANES = ".lanes.svg", 2
    PAGE = ".html", 4

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return self.value[0]

    def span(self, n: int) -> Span:
        """What is shown of a run of n replicas if nobody asks for certain rounds."""
        of_a_round = n * n
        limits = {
            Kind.DAG: MOST_VERTICES // n,
            Kind.LANES: MOST_MOMENTS // of_a_round // 2,
            Kind.PAGE: min(MOST_MOMENTS // 2, MOST_STEPS // 4) // of_a_round,
        }
        return Span(self.value[1], max(1, limits[self]))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see."""

    kind: Kind
    replica: int | None = None
    rounds: Rounds | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, as the text of its file, and what it shows."""

    text: str
    summary: str
    facts: dict[str, Json]


def draw(file: Path, wish: Wish, tick: Ticker) -> Picture:
    """Read a trace and draw what is wished for.

    Raises:
        TraceError: the file is no trace.
        UsageError: the wish cannot be fulfilled; the message says what can.
        OSError: the file cannot be read.
    """
    header, located = read_trace(file)
    n = header.configuration.n
    if wish.replica is not None and wish.replica >= n:
        raise UsageError(f"--replica: the trace has the replicas A to {replica_name(n - 1)}")
    if wish.kind is Kind.PAGE and wish.replica in header.faulty:
        raise UsageError("--replica with --html: a faulty replica's state is not known")
    excerpt = take_excerpt(
        header.configuration,
        frozenset(header.faulty),
        header.implementation.name,
        _events(located, tick),
        wish.rounds,
        wish.kind.span(n),
    )
    view = dag_view(excerpt, None if wish.kind is Kind.PAGE else wish.replica)
    if not view.nodes:
        raise _nothing(wish, excerpt.rounds)
    facts: dict[str, Json] = {
        "rounds": list(excerpt.rounds),
        "newest_round": excerpt.newest,
        "vertices": len(view.nodes),
        "delivered": sum(1 for node in view.nodes if node.positions),
    }
    return Picture(_text(view, wish), subtitle(view), facts)


def _nothing(wish: Wish, rounds: Rounds) -> UsageError:
    who = "no correct replica inserts a"
    if wish.replica is not None:
        who = f"replica {replica_name(wish.replica)} inserts no"
    return UsageError(f"nothing to draw: {who} vertex of rounds {rounds[0]}-{rounds[1]}")


def _text(view: DagView, wish: Wish) -> str:
    rounds, kind = view.excerpt.rounds, wish.kind
    if kind is not Kind.LANES:
        _check_size("vertices", len(view.nodes), MOST_VERTICES, rounds)
    if kind is Kind.DAG:
        return draw_dag(view) + "\n"
    moments = take_moments(view.excerpt)
    _check_size("moments", len(moments), MOST_MOMENTS, rounds)
    if kind is Kind.LANES:
        return draw_lanes(view.excerpt, moments) + "\n"
    _check_size("events", sum(len(moment.shown) for moment in moments), MOST_STEPS, rounds)
    chosen = min(view.excerpt.correct) if wish.replica is None else wish.replica
    return draw_page(view, moments, chosen)


def _check_size(what: str, size: int, most: int, rounds: Rounds) -> None:
    if size <= most:
        return
    first, last = rounds
    begin = last - max(1, (last - first + 1) * most // size) + 1
    advice = f"give fewer, as in --rounds {begin}-{last}" if begin > first else "that is too large"
    raise UsageError(
        f"rounds {first}-{last} have {size:,} {what}, at most {most:,} can be drawn: {advice}"
    )


def _events(located: Iterator[Located], tick: Ticker) -> Iterator[AnyEvent]:
    for line, event in located:
        if line % 1000 == 0:
            tick(f"line {line:,}")
        yield event
