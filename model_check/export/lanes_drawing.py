"""The lanes as a picture: a line for each replica, what happened on it, and who told whom."""

from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.export.dag_layout import Point
from tee_rider.model_check.export.excerpt import Excerpt
from tee_rider.model_check.export.legend import Entry, draw_legend
from tee_rider.model_check.export.markup import Markup, element, words
from tee_rider.model_check.export.moments import Moment
from tee_rider.model_check.export.shapes import arrow, box, cross, diamond, document, star, text
from tee_rider.model_check.export.style import SOURCE_COLOURS, style_sheet
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    Crash,
    InsertVertex,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId

PITCH = 50.0
LANE = 92.0
LEFT = 96.0
TOP = 76.0
MARGIN = 22.0
BOX = 40.0
RADIUS = 5.5


def draw_lanes(excerpt: Excerpt, moments: tuple[Moment, ...], steppable: bool = False) -> Markup:
    """The picture of a run in time: x = happens before, y = replica.

    With ``steppable`` it has no style of its own.
    """
    n, last = excerpt.configuration.n, max((m.column for m in moments), default=1)
    right, bottom = LEFT + (last + 0.5) * PITCH + MARGIN, TOP + n * LANE
    right = max(right, 640.0)
    heading = "What happened at each replica"
    said = [
        "rounds {} to {}".format(*excerpt.rounds),
        "from left to right: what can have caused what, no clock",
        excerpt.left_out,
    ]
    legend, end = draw_legend(_legend(moments), MARGIN, min(right, 1200.0) - MARGIN, bottom)
    still = [
        text((MARGIN, 26), heading, "start title"),
        text((MARGIN, 48), " · ".join(filter(None, said)), "start faint"),
        element("rect", class_="paper plain", x=1 - steppable, y=TOP, width=66, height=n * LANE),
        *(_name(excerpt, replica) for replica in range(n)),
        *legend,
    ]
    parts = [
        *(_lane(replica, right) for replica in range(n)),
        *_messages(moments),
        *(_moment(index, moment) for index, moment in enumerate(moments)),
        element("g", *still, class_="still"),
    ]
    style = Markup("") if steppable else style_sheet()
    return document(right, end + 12, heading, style, parts)


def _place(moment: Moment) -> Point:
    return LEFT + (moment.column - 0.5) * PITCH, TOP + (moment.replica + 0.5) * LANE


def _colour(source: int) -> str:
    return f"s{source % SOURCE_COLOURS}"


def _lane(replica: int, right: float) -> Markup:
    y = TOP + (replica + 0.5) * LANE
    return element("line", class_="lane", x1=LEFT - 22, x2=right - MARGIN, y1=y, y2=y)


def _name(excerpt: Excerpt, replica: int) -> Markup:
    y = TOP + (replica + 0.5) * LANE
    if replica not in excerpt.faulty:
        return text((MARGIN, y), replica_name(replica), "start title")
    name = text((MARGIN, y), replica_name(replica), "start title bad")
    return element("g", name, text((MARGIN, y + 16), "faulty", "start small bad"))


def _messages(moments: tuple[Moment, ...]) -> list[Markup]:
    made: dict[VertexId, Moment] = {}
    for moment in moments:
        if moment.created:
            made.setdefault(moment.created, moment)
    arrows = []
    for index, moment in enumerate(moments):
        sender = made.get(moment.received) if moment.received else None
        if sender is not None and sender.replica != moment.replica:
            colour = _colour(sender.replica)
            arrows.append(
                arrow(_place(sender), _place(moment), RADIUS + 1, colour, f"message{index}")
            )
    return arrows


def _moment(index: int, moment: Moment) -> Markup:
    where = _place(moment)
    told = "; ".join(narrate(event) for event in moment.events)
    known = "" if moment.in_trace else " (not in the trace)"
    tip = words(f"{replica_name(moment.replica)}{known} {told}", 600)
    parts = [element("title", tip), *_signs(moment, where)]
    for line, (said, classes) in enumerate(_labels(moment)):
        below = moment.received is not None and not classes
        y = where[1] + 17 + 12 * line if below else where[1] - 18 - 12 * line
        parts.append(text((where[0], y), said, f"small halo {classes}".rstrip()))
    return element("g", *parts, id=f"moment{index}", class_="moment")


def _signs(moment: Moment, where: Point) -> list[Markup]:
    if moment.created:
        unseen = "" if moment.in_trace else " unseen"
        classes = f"event {_colour(moment.created.source)}{unseen}"
        name = text(where, moment.created.name, "name")
        return [box(where, BOX, classes, not moment.in_trace, 26), name]
    if moment.received:
        full = "full " if moment.received in _inserted(moment) else ""
        colour = f"event {full}{_colour(moment.received.source)}"
        return [element("circle", class_=colour, cx=where[0], cy=where[1], r=RADIUS)]
    first = moment.events[0]
    if _commits(moment):
        return [star(where, 11)]
    if isinstance(first, ReleaseCoin):
        return [diamond(where)]
    if isinstance(first, Crash | Reject):
        return [cross(where, 8 if isinstance(first, Crash) else 4)]
    return [element("circle", class_="tick", cx=where[0], cy=where[1], r=3)]


def _labels(moment: Moment) -> list[tuple[str, str]]:
    """What is written at a moment, with classes; without classes it is written below."""
    events = moment.events
    labels = [(moment.received.name, "")] if moment.received else []
    own = (moment.created, moment.received)
    late = [name.name for name in _inserted(moment) if name not in own]
    labels += [(f"+{' '.join(late)}", "")] if late else []
    delivered = [event for event in events if isinstance(event, ADeliver)]
    labels += [(f"delivers {len(delivered)}", "faint")] if delivered else []
    committed = [leader.name for leader in _commits(moment)]
    labels += [(f"commits {' '.join(committed)}", "heading")] if committed else []
    rejected = sum(1 for event in events if isinstance(event, Reject))
    labels += [(f"rejects {rejected}", "faint")] if rejected else []
    return labels + [(said, "faint") for event in events[:1] if (said := _short(event))]


def _short(event: AnyEvent) -> str:
    match event:
        case ReleaseCoin():
            return f"coin {event.wave}: {replica_name(event.leader)}"
        case Crash():
            return "crashes"
        case ADeliver():
            return f"wave {event.wave}"
        case _ if event.event in ("request", "reply", "restart", "freeze", "resume"):
            return event.event
    return ""


def _inserted(moment: Moment) -> list[VertexId]:
    return [event.vertex.id for event in moment.events if isinstance(event, InsertVertex)]


def _commits(moment: Moment) -> list[VertexId]:
    return [event.leader for event in moment.events if isinstance(event, CommitLeader)]


def _legend(moments: tuple[Moment, ...]) -> list[Entry]:
    """Only what occurs in the picture."""
    made = [moment for moment in moments if moment.created]
    arrived = [(moment, moment.received) for moment in moments if moment.received]
    kinds = {type(moment.events[0]) for moment in moments}
    coins = [m for m in moments if isinstance(m.events[0], ReleaseCoin) and not _commits(m)]
    dot = element("circle", class_="event full s0", r=RADIUS)
    ring = element("circle", class_="event s0", r=RADIUS)
    candidates = [
        (any(m.in_trace for m in made), box((0, 0), BOX, "event s0", False, 22),
         "creates a vertex and sends it"),
        (any(not m.in_trace for m in made), box((0, 0), BOX, "event s0 unseen", True, 22),
         "the same, but not in the trace"),
        (any(name in _inserted(m) for m, name in arrived), dot, "receives it, inserts it"),
        (any(name not in _inserted(m) for m, name in arrived), ring,
         "receives it, predecessors are missing (+ when inserted later)"),
        (bool(coins), diamond((0, 0)), "sees a coin"),
        (any(map(_commits, moments)), star((0, 0), 11), "commits leaders"),
        (Reject in kinds, cross((0, 0), 4), "rejects"),
        (Crash in kinds, cross((0, 0), 8), "crashes"),
    ]  # fmt: skip
    return [Entry(sign, meaning) for occurs, sign, meaning in candidates if occurs]
