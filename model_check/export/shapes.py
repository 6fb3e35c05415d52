"""The signs that pictures are made of, drawn around a point."""

from math import cos, hypot, pi, sin

from tee_rider.model_check.export.dag_layout import NODE_HEIGHT, Point, path
from tee_rider.model_check.export.markup import Markup, element, join, words


def text(where: Point, content: str, class_: str = "", id_: str | None = None) -> Markup:
    """Words centred on a point, or beginning there with class ``start``."""
    return element(
        "text", words(content, 300), id=id_, class_=class_, x=where[0], y=where[1], dy=".35em"
    )


def box(where: Point, width: float, class_: str, cut: bool, height: float = NODE_HEIGHT) -> Markup:
    """A rounded box; with cut corners, so that faulty replicas differ without colour too."""
    (x, y), half, up = where, width / 2, height / 2
    if not cut:
        return element(
            "rect", class_=class_, x=x - half, y=y - up, width=width, height=height, rx=11
        )
    c = 8.0
    right = [(x + half - c, y - up), (x + half, y - up + c), (x + half, y + up - c)]
    below = [(x + half - c, y + up), (x - half + c, y + up), (x - half, y + up - c)]
    left = [(x - half, y - up + c), (x - half + c, y - up)]
    return element("path", class_=class_, d=path(*right, *below, *left) + "Z")


def ring(where: Point, width: float, cut: bool) -> Markup:
    """The mark of a leader: a second line around its box."""
    return box(where, width + 9, "ring", cut, NODE_HEIGHT + 9)


def star(where: Point, size: float = 8.0) -> Markup:
    """The mark of a committed leader."""
    points = [
        (where[0] + radius * sin(k * pi / 5), where[1] - radius * cos(k * pi / 5))
        for k, radius in enumerate([size, size * 0.48] * 5)
    ]
    return element("path", class_="star", d=path(*points) + "Z")


def dot(where: Point) -> Markup:
    """The mark of a vertex that supports its wave's leader."""
    return element("circle", class_="dot", cx=where[0], cy=where[1], r=4.5)


def document(width: float, height: float, title: str, style: Markup, parts: list[Markup]) -> Markup:
    """A whole picture on its own paper, so that it is legible on any page."""
    paper = element("rect", class_="paper", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=10)
    return element(
        "svg",
        Markup("\n"),
        join([element("title", words(title)), *([element("style", style)] if style else [])]),
        Markup("\n"),
        join([paper, *parts]),
        Markup("\n"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=width,
        height=height,
        role="img",
    )


def diamond(where: Point, size: float = 8.0) -> Markup:
    """The mark of a coin."""
    x, y = where
    corners = path((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return element("path", class_="coin", d=corners + "Z")


def cross(where: Point, size: float) -> Markup:
    """The mark of something refused, and, larger, of a crash."""
    (x, y), s = where, size
    lines = path((x - s, y - s), (x + s, y + s)) + path((x - s, y + s), (x + s, y - s))
    return element("path", class_="cross", d=lines)


def arrow(begin: Point, end: Point, room: float, class_: str, id_: str) -> Markup:
    """A message, from the middle of one sign to the border of another."""
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    length = hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    tip = (end[0] - ux * room, end[1] - uy * room)
    back = (tip[0] - ux * 7, tip[1] - uy * 7)
    head = path(tip, (back[0] - uy * 3, back[1] + ux * 3), (back[0] + uy * 3, back[1] - ux * 3))
    line = element("path", class_=class_, d=path(begin, back))
    return element(
        "g", line, element("path", class_=f"full {class_}", d=head + "Z"), id=id_, class_="message"
    )
