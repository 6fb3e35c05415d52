"""A vertex is named by everything that it says."""

from dataclasses import replace
from hashlib import sha256

import pytest

from tee_rider.spec.vertex import (
    Request,
    StrongEdge,
    VertexId,
    WeakEdge,
    content_digest,
    make_vertex,
)

VERTEX = make_vertex(
    4,
    0,
    (StrongEdge(2, "cc"), StrongEdge(0, "aa")),
    (WeakEdge(2, 1, "dd"), WeakEdge(1, 3, "ee")),
    (Request(7, 1, "add 1"),),
)


def test_edges_are_sorted() -> None:
    assert VERTEX.strong_edges == (StrongEdge(0, "aa"), StrongEdge(2, "cc"))
    assert VERTEX.weak_edges == (WeakEdge(1, 3, "ee"), WeakEdge(2, 1, "dd"))


def test_a_vertex_has_a_name_for_people_and_one_for_machines() -> None:
    assert VERTEX.name == VERTEX.id.name == "A4"
    assert VERTEX.id == VertexId(4, 0, VERTEX.digest)


def test_predecessors_are_what_the_edges_name() -> None:
    assert VERTEX.predecessors == (
        VertexId(3, 0, "aa"),
        VertexId(3, 2, "cc"),
        VertexId(1, 3, "ee"),
        VertexId(2, 1, "dd"),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"round": 5},
        {"source": 1},
        {"strong_edges": VERTEX.strong_edges[1:]},
        {"strong_edges": (StrongEdge(0, "ab"), StrongEdge(2, "cc"))},
        {"weak_edges": ()},
        {"requests": ()},
        {"requests": (Request(7, 1, "add 2"),)},
        {"requests": (Request(7, 2, "add 1"),)},
    ],
)
def test_the_digest_covers_all_content(change) -> None:
    assert content_digest(replace(VERTEX, **change)) != VERTEX.digest


def test_the_digest_does_not_cover_itself() -> None:
    assert content_digest(replace(VERTEX, digest="00")) == VERTEX.digest


def test_the_digest_is_the_sha_256_of_bytes_written_by_hand() -> None:
    edges = b"lli0e2:aaeli2e2:ccee" + b"lli1ei3e2:eeeli2ei1e2:ddee"
    content = b"l6:vertexi4ei0e" + edges + b"lli7ei1e5:add 1ee" + b"e"
    assert VERTEX.digest == sha256(content).hexdigest()
