"""What validity says, case by case."""

from tee_rider.spec.judgement import Status


def test_a_weak_edge_keeps_validity(first_round) -> None:
    story = first_round
    story.vertex("A2", "A1 B1")
    story.vertex("B2", "A1 B1 C1")
    story.take("A", "A2 B2")
    story.vertex("A3", "A2 B2 ~C1")
    story.enter("A", 2)
    story.enter("A", 3)
    story.create("A3")
    assert story.violated == []


def test_a_path_keeps_validity(first_round) -> None:
    story = first_round
    story.vertex("B2", "A1 B1 C1")
    story.vertex("C2", "A1 B1 C1")
    story.take("A", "B2 C2")
    story.enter("A", 2)
    story.enter("A", 3)
    story.vertex("A3", "B2 C2")
    story.create("A3")
    assert story.violated == []
    assert story.outcomes()["validity"].judged == 1


def test_what_is_delivered_needs_no_edge(first_round) -> None:
    story = first_round
    for replica in "AB":
        story.vertex(f"{replica}2", "A1 B1")
    story.take("A", "A2 B2")
    story.deliver("A", "C1")
    story.enter("A", 2)
    story.enter("A", 3)
    story.vertex("A3", "A2 B2")
    story.create("A3")
    assert "validity" not in story.violated


def test_an_own_vertex_that_is_not_inserted_covers_nothing(first_round) -> None:
    """A2 reaches C1, but never comes back to A; so A3 has to reach C1 again, and does not."""
    story = first_round
    story.vertex("A2", "A1 B1 C1")
    story.enter("A", 2)
    story.create("A2")
    for replica in "BC":
        story.vertex(f"{replica}2", "A1 B1")
    story.take("A", "B2 C2")
    story.enter("A", 3)
    story.vertex("A3", "B2 C2")
    story.create("A3")
    assert story.observed("validity").startswith("A made A3")
    assert story.observed("validity").endswith("which does not reach C1, held undelivered.")


def test_an_own_vertex_has_to_be_reached_too(first_round) -> None:
    story = first_round
    story.vertex("A2", "A1 B1 C1")
    story.enter("A", 2)
    story.create("A2")
    for replica in "BC":
        story.vertex(f"{replica}2", "A1 B1 C1")
    story.take("A", "A2 B2 C2")
    story.enter("A", 3)
    story.vertex("A3", "B2 C2")
    story.create("A3")
    assert story.observed("validity").endswith("which does not reach A2, held undelivered.")


def test_many_missed_vertices_are_counted(first_round) -> None:
    story = first_round
    story.enter("A", 2)
    story.vertex("A2")
    story.create("A2")
    assert "validity" in story.violated
    for name in ("A2'", "B2", "C2"):
        story.vertex(name, "A1 B1 C1")
    fresh = type(story)()
    fresh.vertices, fresh.uis = story.vertices, story.uis
    fresh.insert("A", "A1 B1 C1 B2 C2")
    fresh.vertex("A3")
    fresh.create("A3")
    assert fresh.observed("validity").endswith("reach A1, B1, C1 and 2 more, held undelivered.")


def test_without_weak_edges_validity_is_not_promised(make_story) -> None:
    story = make_story(weak_edges=False)
    story.round(1)
    story.vertex("A2", "A1 B1")
    story.enter("A", 2)
    story.create("A2")
    said = story.outcomes()["validity"]
    assert (said.status, said.judged) == (Status.NOT_JUDGED, 0)
    assert said.reason == "the profile has no weak edges, so it is not promised"
