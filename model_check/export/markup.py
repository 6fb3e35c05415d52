"""SVG and HTML as text: what comes from a trace enters as words, and words are always escaped."""

from typing import NewType
from xml.sax.saxutils import escape

Markup = NewType("Markup", str)
"""Text that is safe to put between tags; only ``words`` and ``element`` make it from a ``str``."""

MOST_LETTERS = 120


def words(text: str, most: int = MOST_LETTERS) -> Markup:
    """Text on one line, shortened, with its markup and its invisible letters made harmless.

    Source: ours (a trace may be hostile).
    """
    if len(text) > most:
        text = text[: most - 1] + "…"
    return Markup(escape(_printable(text)))


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def element(name: str, *content: Markup, **attributes: str | float | None) -> Markup:
    """An element with its content inside; ``class_`` is class, ``font_size`` is font-size.

    An attribute that is None or empty is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value not in (None, "")
    )
    if not content:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{''.join(content)}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """Elements one a line, so that two pictures can be compared line by line."""
    return Markup("\n".join(parts))


def _attribute(value: str | float | None) -> str:
    if isinstance(value, str):
        return escape(_printable(value), {'"': "&quot;"})
    return number(value or 0)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
