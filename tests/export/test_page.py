import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from tee_rider.model_check.export.dag_view import dag_view
from tee_rider.model_check.export.moments import take_moments
from tee_rider.model_check.export.page import draw_page
from tee_rider.spec.events import ADeliver, ClientRequest, CommitLeader, InsertVertex, Reject
from tee_rider.spec.vertex import Request, make_vertex

HOSTILE = "</script><script src=https://x.example/x.js onerror=alert(1)><!--<img src=x> ]]> \" '"
FETCHING = {"src", "href", "xlink:href", "action", "data", "poster", "srcset", "style"}


class Parsed(HTMLParser):
    """Tags with their attributes, and the text of every script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.scripts[0])
        return record


@pytest.fixture
def page_of() -> Callable[..., str]:
    """The page of a run."""

    def draw(run: Any, chosen: int = 0) -> str:
        excerpt = run.excerpt()
        return draw_page(dag_view(excerpt), take_moments(excerpt), chosen)

    return draw


def test_nothing_comes_from_outside(run: Any, page_of: Callable[..., str]) -> None:
    page = page_of(run)
    parsed = Parsed(page)
    attributes = {name for _, given in parsed.tags for name in given}
    assert attributes & FETCHING == set()
    assert {name for name in attributes if name.startswith("on")} == set()
    assert {tag for tag, _ in parsed.tags} & {"link", "img", "iframe", "object", "base"} == set()
    assert set(re.findall(r"https?://[^\"' ]*", page)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in page
    assert "url(" not in page


def test_only_the_script_of_the_page_may_run(run: Any, page_of: Callable[..., str]) -> None:
    parsed = Parsed(page_of(run))
    assert [given.get("type") for tag, given in parsed.tags if tag == "script"] == [
        "application/json",
        None,
    ]
    policy = next(given["content"] for _, given in parsed.tags if "http-equiv" in given)
    digest = b64encode(sha256(parsed.scripts[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )


def test_a_hostile_trace_adds_no_tag_and_no_attribute(
    empty: Callable[..., Any], page_of: Callable[..., str]
) -> None:
    def make(text: str) -> Parsed:
        run = empty(3)
        run.name = text
        run.insert(0, make_vertex(1, 0, requests=(Request(1, 2, text),)))
        run.happen(
            0,
            ClientRequest(client=1, number=2, operation=text),
            Reject(reason=text, origin=1, ui=None),
        )
        return Parsed(page_of(run))

    harmless, hostile = make("x"), make(HOSTILE)
    for (tag, given), (other, other_given) in zip(harmless.tags, hostile.tags, strict=True):
        assert (tag, set(given)) == (other, set(other_given))
    assert hostile.scripts[1] == harmless.scripts[1]
    assert not set("<>&") & set(hostile.scripts[0])
    assert any(HOSTILE in step[2] for step in hostile.record["steps"])


def test_the_script_finds_what_it_looks_for(run: Any, page_of: Callable[..., str]) -> None:
    page = page_of(run)
    script = Parsed(page).scripts[1]
    ids = {given["id"] for _, given in Parsed(page).tags if "id" in given}
    asked = set(re.findall(r'get\("([a-z]+)"\)', script)) | {"run"}
    assert asked <= ids
    assert len(asked) > 10
    assert {"vertex0", "vertex32", "strong32", "moment0", "verdict1", "whose"} <= ids


def test_the_steps_tell_all_that_happened(run: Any, page_of: Callable[..., str]) -> None:
    record = Parsed(page_of(run)).record
    names = [name for _, _, name, _ in record["nodes"]]
    steps = record["steps"]
    assert len(steps) == len(run.events)
    assert record["drawn"] == 33
    for replica in range(3):
        mine = [event for event in run.events if event.replica == replica]
        for event, step in zip(mine, [s for s in steps if s[0] == replica], strict=True):
            match event:
                case InsertVertex(vertex=vertex):
                    assert (step[3], names[step[4]]) == ("insert", vertex.name)
                case CommitLeader(leader=leader):
                    expected = ("commit", leader.name, event.wave, event.direct)
                    assert (step[3], names[step[4]], *step[5:]) == expected
                case ADeliver(vertex=name):
                    assert (step[3], names[step[4]], step[5]) == ("deliver", name.name, event.wave)
    assert [s[6] for s in steps if s[0] == 0 and s[3] == "deliver"] == list(range(1, 17))


def test_causes_are_stepped_through_before_their_effects(
    run: Any, page_of: Callable[..., str]
) -> None:
    record = Parsed(page_of(run)).record
    created: set[int] = set()
    for replica, _, _, change, *values in record["steps"]:
        if change == "create":
            created.add(values[0])
        elif change == "receive" and record["nodes"][values[0]][1] != 3:
            assert values[0] in created, replica


def test_correct_replicas_can_be_chosen(run: Any, page_of: Callable[..., str]) -> None:
    record = Parsed(page_of(run, 2)).record
    assert (record["choices"], record["chosen"]) == ([0, 1, 2], 2)
