"""One HTML file, without anything from outside: the DAG, the lanes, and a way to step through."""

import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from tee_rider.model_check.export.dag_drawing import draw_dag
from tee_rider.model_check.export.dag_view import DagView
from tee_rider.model_check.export.lanes_drawing import draw_lanes
from tee_rider.model_check.export.markup import Markup, element, words
from tee_rider.model_check.export.moments import Moment
from tee_rider.model_check.export.steps import Json, run_record
from tee_rider.model_check.export.style import page_colours, style_sheet

BUTTONS = (
    ("first", "|◀", "to the beginning (Home)"),
    ("back", "◀", "one event back (arrow left)"),
    ("forward", "▶", "one event on (arrow right)"),
    ("last", "▶|", "to the end (End)"),
)
HINT = (
    "Arrow keys: left and right go from event to event, up and down from replica to replica."
    " Point at a vertex to read what it says."
)
COLUMNS = ("replica", "round", "holds", "waiting", "decided wave", "delivered", "last delivered")


def draw_page(view: DagView, moments: tuple[Moment, ...], chosen: int) -> str:
    """The page, for the DAG of all correct replicas together; one of them is chosen at first.

    What comes from the trace is either escaped words or data that is never read as code; and the
    page forbids every script but its own, and every connection.
    """
    script, data = _resource("page.js"), _data(run_record(view, moments, chosen))
    style = Markup(f"{page_colours()}\n{style_sheet()}\n{_resource('page.css')}")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        element("meta", name_="viewport", content="width=device-width"),
        element("title", words("A run of TEE-Rider")),
        element("style", style),
    )
    body = element(
        "body",
        element("h1", words("A run of TEE-Rider")),
        element("p", words(HINT, len(HINT)), class_="faint"),
        _controls(),
        element("section", draw_dag(view, steppable=True), id="dag"),
        element("section", draw_lanes(view.excerpt, moments, steppable=True), id="lanes"),
        element("section", _table(), element("ol", words(""), id="log"), id="state"),
        element("script", data, id="run", type="application/json"),
        element("script", script),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _controls() -> Markup:
    buttons = [
        element("button", words(sign), id=name, title=title, type="button")
        for name, sign, title in BUTTONS
    ]
    return element(
        "nav",
        element("span", *buttons),
        element("input", id="slider", type="range", min="0", value="0", aria_label="step"),
        element("output", words(""), id="place"),
        element("span", words(""), id="choices", role="group", aria_label="replica"),
        element(
            "label", element("input", id="own", type="checkbox"), words(" only its own events")
        ),
        element("p", words(""), id="now", aria_live="polite"),
    )


def _table() -> Markup:
    cells = [element("th", words(column), scope="col") for column in COLUMNS]
    head = element("thead", element("tr", *cells))
    caption = element("caption", words("of the rounds shown"))
    return element("table", caption, head, element("tbody", words(""), id="states"))


def _data(record: dict[str, Json]) -> Markup:
    text = json.dumps(record, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _policy(script: str) -> str:
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def _resource(name: str) -> Markup:
    """A file of this package, which nobody else writes."""
    return Markup(files(__package__).joinpath(name).read_text("utf-8"))
