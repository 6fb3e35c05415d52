"""Where everything stands in a picture of the DAG: rounds from left to right, sources below."""

from collections import defaultdict
from dataclasses import dataclass

from tee_rider.model_check.export.dag_view import DagView
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave, wave_of
from tee_rider.spec.vertex import VertexId

Point = tuple[float, float]

NODE_HEIGHT = 34.0
ROW = 68.0
GAP = 52.0
"""Between two columns: room for edges."""
LABELS = 74.0
"""Left of the first column: the names of the replicas."""
TOP = 70.0
"""Above the bands: title and subtitle."""
HEADING = 46.0
"""The head of a band: wave, leader, verdict."""
STACK = 9.0
"""How far vertices with the same address are moved apart."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The geometry of one picture, in pixels from its upper left corner."""

    first: int
    last: int
    rows: int
    node_width: float
    places: dict[VertexId, Point]
    """The centre of each vertex."""

    @property
    def pitch(self) -> float:
        """From one column to the next."""
        return self.node_width + GAP

    @property
    def left(self) -> float:
        """Where the bands begin."""
        return LABELS

    @property
    def right(self) -> float:
        """Where the bands end."""
        return LABELS + (self.last - self.first + 1) * self.pitch

    @property
    def bottom(self) -> float:
        """Where the bands end below, the numbers of the rounds included."""
        return TOP + HEADING + self.rows * ROW + 22

    def x(self, round_: int) -> float:
        """The middle of a round's column."""
        return LABELS + (round_ - self.first + 0.5) * self.pitch

    def y(self, source: int) -> float:
        """The middle of a replica's row."""
        return TOP + HEADING + (min(source, self.rows) + 0.5) * ROW

    def band(self, wave: int) -> tuple[float, float]:
        """Left and right border of the rounds of a wave, as far as they are shown."""
        begin = max(self.first, round_in_wave(wave, 1))
        end = min(self.last, round_in_wave(wave, WAVE_LENGTH))
        return self.x(begin) - self.pitch / 2, self.x(end) + self.pitch / 2

    def strong_edge(self, upper: VertexId, lower: VertexId) -> str:
        """A straight line; short when it leads out of the picture."""
        x, y = self.places[upper]
        x -= self.node_width / 2
        if lower in self.places:
            to_x, to_y = self.places[lower]
            return path((x, y), (to_x + self.node_width / 2, to_y))
        share = 0.42 if lower.round < self.first else 0.25
        return path((x, y), (x - share * GAP, y + share * (self.y(lower.source) - y)))

    def weak_edge(self, upper: VertexId, lower: VertexId) -> str:
        """A line through the gutters between rows and columns, so that it crosses no vertex.

        It is drawn from its older end, so that the dashes of edges to one vertex coincide.
        """
        x, y = self.places[upper]
        x -= self.node_width / 2
        inside = lower in self.places
        to_x, to_y = self.places.get(lower, (self.left, self.y(lower.source)))
        to_x += self.node_width / 2 if inside else 0
        above = to_y > y or (to_y == y and lower.source == self.rows - 1)
        # Edges of different sources share a gutter without hiding each other.
        shift = (upper.source - (self.rows - 1) / 2) * min(3.0, 20 / self.rows)
        gutter = to_y + (-ROW if above else ROW) / 2 + shift
        begin = x - GAP * 0.7 - shift / 2
        end = min(to_x + GAP * 0.7 - shift / 2, begin) if inside else to_x
        first = path((end, gutter))
        if inside:
            steps = (to_x + 24, to_y), (end - 24, gutter), (end, gutter)
            first = path((to_x, to_y)) + curve(*steps)
        last = curve((begin + 24, gutter), (x - 24, y), (x, y))
        return f"{first}L{point((begin, gutter))}{last}"


def lay_out(view: DagView) -> Layout:
    """Place every vertex; several with one address (equivocation) are stacked."""
    first, last = view.excerpt.rounds
    longest = max((len(node.id.name) for node in view.nodes), default=2)
    width = max(46.0, 8.5 * longest + 18)
    layout = Layout(first, last, view.excerpt.configuration.n, width, {})
    at: defaultdict[tuple[int, int], int] = defaultdict(int)
    for node in view.nodes:
        address = (node.id.round, node.id.source)
        offset = STACK * at[address]
        at[address] += 1
        layout.places[node.id] = (layout.x(address[0]) + offset, layout.y(address[1]) + offset)
    return layout


def waves_shown(layout: Layout) -> range:
    """The waves whose rounds are shown, at least in part."""
    return range(wave_of(layout.first), wave_of(layout.last) + 1)


def point(where: Point) -> str:
    """A point of a path."""
    return f"{where[0]:.1f},{where[1]:.1f}"


def path(*points: Point) -> str:
    """Straight lines through some points."""
    return "M" + "L".join(map(point, points))


def curve(*points: Point) -> str:
    """A cubic curve that goes on from where the path is."""
    return "C" + " ".join(map(point, points))
