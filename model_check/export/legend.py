"""The legend: what the signs of a picture mean, of those that occur in it."""

from dataclasses import dataclass

from tee_rider.model_check.export.markup import Markup, element
from tee_rider.model_check.export.shapes import text

LETTER = 6.3
"""Width of a letter, about, in pixels."""
SIGN = 48.0
"""Width of the room for a sign."""
LINE = 30.0
SPACE = 16.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign, drawn around the origin, and what it means."""

    sign: Markup
    meaning: str

    @property
    def width(self) -> float:
        """How much of a line the entry takes."""
        return SIGN + LETTER * len(self.meaning) + SPACE


def draw_legend(
    entries: list[Entry], left: float, right: float, top: float
) -> tuple[list[Markup], float]:
    """The entries, line by line from ``left`` to ``right``, and where they end below."""
    x, y = left, top + LINE / 2
    drawn: list[Markup] = []
    for entry in entries:
        if x > left and x + entry.width - SPACE > right:
            x, y = left, y + LINE
        sign = element("g", entry.sign, transform=f"translate({x + SIGN / 2:.1f} {y:.1f})")
        drawn.append(element("g", sign, text((x + SIGN + 4, y), entry.meaning, "start faint")))
        x += entry.width
    return drawn, y + LINE / 2
