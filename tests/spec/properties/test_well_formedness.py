"""What well-formedness says, clause by clause."""

from dataclasses import replace

import pytest

from tee_rider.spec.vertex import StrongEdge


def wrong_insertion(story):
    observed = story.observed("well-formedness")
    assert observed.startswith("A inserted ")
    return observed.partition("), ")[2]


@pytest.mark.parametrize(
    ("name", "edges", "fault"),
    [
        ("A3", "A2", "with 1 strong edge, where 2 are a quorum."),
        ("A3", "", "with 0 strong edges, where 2 are a quorum."),
        ("A3", "A2 A2 B2", "with two edges to one address."),
        ("A3", "A2 B2 ~C1 ~C1", "with two edges to one address."),
        ("A3", "A2 B2 ~C2", "with a weak edge that skips no round."),
        ("A3", "A2 B2 ~C3", "with a weak edge that skips no round."),
        ("A3", "A2 B2 C2", "before C2, which it names."),
        ("A4", "A3 B3 ~C2", "before A3, which it names."),
        ("A2'", "A1 B1 C1", "a second vertex of this name."),
    ],
)
def test_faults_of_a_vertex(first_round, name, edges, fault) -> None:
    story = first_round
    for made in ("A2", "B2", "C2"):
        story.vertex(made, "A1 B1 C1")
    for made in ("A3", "B3", "C3"):
        story.vertex(made, "A2 B2")
    story.take("A", "A2 B2")
    story.vertex(name, edges)
    story.insert("A", name)
    assert wrong_insertion(story) == fault


def test_round_1_has_no_edges(story) -> None:
    story.vertex("A1")
    story.vertices["A1"] = replace(story.vertices["A1"], strong_edges=(StrongEdge(0, "aa"),))
    story.insert("A", "A1")
    assert wrong_insertion(story) == "of round 1 but with edges."


def test_edges_lead_to_replicas_that_exist(first_round) -> None:
    story = first_round
    story.vertex("A2", "A1 B1 C1")
    edges = (*story.vertices["A2"].strong_edges, StrongEdge(3, "aa"))
    story.vertices["A2"] = replace(story.vertices["A2"], strong_edges=edges)
    story.insert("A", "A2")
    fault = "with an edge to a replica that does not exist, as n = 3."
    assert wrong_insertion(story) == fault


def test_a_predecessor_is_what_this_replica_has_inserted(story) -> None:
    """A and B hold different C1; A2 names A's, and only B may complain."""
    story.vertex("A1")
    story.vertex("C1", block=1)
    story.vertex("A2", "A1 C1")
    story.vertex("C1'", block=2)
    story.insert("A", "A1 C1 A2")
    story.insert("B", "A1 C1' A2")
    for seed in range(10):
        said = story.outcomes(story.shuffled(seed))["well-formedness"]
        assert said.violation is not None
        assert said.violation.witness == (story.logs["B"][-1],)


def test_an_edge_without_digest_names_whatever_is_there(first_round) -> None:
    story = first_round
    edges = tuple(StrongEdge(source, None) for source in range(3))
    story.vertex("A2", "A1 B1 C1")
    story.vertices["A2"] = replace(story.vertices["A2"], strong_edges=edges)
    story.insert("A", "A2")
    assert story.violated == []


@pytest.mark.parametrize("round_", [1, 3])
def test_rounds_go_up_one_by_one(first_round, round_) -> None:
    first_round.enter("A", round_)
    assert first_round.violated == ["well-formedness"]
    expected = f"A entered round {round_} (seq 9) from round 1."
    assert first_round.observed("well-formedness") == expected


def test_rounds_go_up_on_a_quorum(story) -> None:
    for name in ("A1", "B1"):
        story.vertex(name)
    story.take("AB", "A1")
    story.take("B", "B1")
    story.enter("AB", 1)
    story.enter("B", 2)
    assert story.violated == []
    story.enter("A", 2)
    assert story.observed("well-formedness") == (
        "A entered round 2 (seq 4) when it held 1 vertex of round 1, where 2 are a quorum."
    )


def test_a_round_before_all_insertions_is_incomplete(story) -> None:
    story.vertex("A1")
    story.enter("A", 1)
    story.enter("A", 2)
    assert story.violated == []
    story.insert("A", "A1")
    assert story.observed("well-formedness") == (
        "A entered round 2 (seq 2) when it held 0 vertices of round 1, where 2 are a quorum."
    )


def test_a_vertex_is_made_once_in_each_round_entered(first_round) -> None:
    story = first_round
    story.enter("AB", 2)
    for name in ("A2", "B1'", "B3"):
        story.vertex(name)
    story.create("A2", by="A")
    assert "well-formedness" not in story.violated
    again = type(story)()
    again.vertices, again.uis = story.vertices, story.uis
    again.create("A2")
    again.create("A2")
    assert again.observed("well-formedness") == "A made A2 (seq 2) after its vertex of round 2."
    story.create("A2", by="B")
    assert story.observed("well-formedness") == "B made A2 (seq 10), in A's name."
    story.logs["B"].pop()
    story.create("B3")
    assert story.observed("well-formedness") == "B made B3 (seq 10) in round 2."


def test_a_weak_edge_names_what_is_inserted(story) -> None:
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    story.vertex("A2", "A1 B1")
    story.vertex("B2", "A1 B1")
    story.vertex("A3", "A2 B2 ~C1")
    story.insert("A", "A1 B1 A2 B2 A3")
    assert wrong_insertion(story) == "before C1, which it names."
