"""What agreement, total order, integrity and causality say of deliveries, clause by clause."""

from dataclasses import replace

from tee_rider.spec.judgement import Status
from tee_rider.spec.vertex import VertexId


def test_a_slow_replica_contradicts_nothing(story) -> None:
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    story.deliver("A", "A1 B1 C1")
    story.deliver("C", "A1")
    assert story.violated == []


def test_committed_leaders_are_one_sequence(story) -> None:
    story.vertex("A1")
    story.vertex("B5")
    story.commit("A", 1, "A1")
    story.commit("BC", 2, "B5")
    assert story.observed("agreement") == (
        "A committed A1 of wave 1 as its 1st leader (seq 1);"
        " B committed B5 of wave 2 as its 1st (seq 1)."
    )
    assert story.violated == ["agreement", "commit justification"]


def test_another_content_is_seen_after_all_have_delivered_the_first(story) -> None:
    story.vertex("B1", block=1)
    story.vertex("B1'", block=2)
    story.deliver("ABC", "B1")
    story.deliver("C", "B1'")
    assert story.violated == ["agreement", "integrity"]
    assert story.observed("agreement") == (
        "C delivered B1 (seq 2); all delivered another one of this name before."
    )
    (event,) = story.violation("agreement").witness
    assert event.vertex == story.vertices["B1'"].id


def test_one_content_may_be_delivered_at_different_places(story) -> None:
    for name in ("A1", "B1"):
        story.vertex(name)
    story.deliver("A", "A1 B1")
    story.deliver("C", "B1")
    assert story.violated == ["total order"]


def test_a_source_that_goes_on_did_not_make_it(story) -> None:
    for name in ("C1", "C2"):
        story.vertex(name)
    story.deliver("A", "C1")
    story.create("C2")
    assert story.violated == ["integrity"]
    assert story.observed("integrity") == (
        "A delivered C1 (seq 1); C had not made it when it made C2 (seq 1)."
    )


def test_a_source_whose_log_ends_may_have_made_it(story) -> None:
    for name in ("C1", "C3"):
        story.vertex(name)
    story.create("C1")
    story.deliver("A", "C3")
    assert story.violated == []


def test_a_source_made_something_else(story) -> None:
    story.vertex("C1", block=1)
    story.vertex("C1'", block=2)
    story.deliver("A", "C1'")
    story.create("C1")
    assert story.violated == ["integrity"]
    assert story.observed("integrity") == "C made C1 (seq 1); A delivered C1 (seq 1)."


def test_a_source_delivers_its_own_before_it_is_made(story) -> None:
    for name in ("C1", "C2"):
        story.vertex(name)
    story.deliver("C", "C2")
    story.create("C1")
    story.create("C2")
    assert story.violated == ["integrity"]
    assert story.observed("integrity") == (
        "C delivered its own C2 (seq 1); C had not made it when it made C1 (seq 2)."
    )


def test_nothing_is_asked_of_what_a_faulty_source_makes(make_story) -> None:
    story = make_story(faulty="C")
    story.vertex("C1", block=1)
    story.vertex("C1'", block=2)
    story.vertex("C2")
    story.create("C1'")
    story.create("C2")
    story.deliver("AB", "C1")
    story.deliver("C", "C1 C1 C1'")
    assert story.violated == []


def test_a_delivered_vertex_was_inserted(story) -> None:
    for name in ("A1", "B1"):
        story.vertex(name)
    story.insert("A", "A1")
    story.deliver("A", "A1 B1")
    assert story.violated == ["causality"]
    assert story.observed("causality") == (
        "A delivered B1 (seq 3), which was not among what it had inserted and not yet delivered."
    )


def test_a_delivery_before_all_insertions_is_one_too(story) -> None:
    story.vertex("A1")
    story.deliver("A", "A1")
    story.insert("A", "A1")
    assert story.violated == ["causality"]


def test_who_logs_no_insertions_is_not_asked_for_them(story) -> None:
    story.vertex("A1")
    story.take("A", "A1")
    story.deliver("A", "A1")
    story.deliver("B", "A1")
    assert story.violated == []
    assert story.outcomes()["causality"].judged == 1


def test_the_inserted_vertex_is_delivered_and_no_other(story) -> None:
    story.vertex("A1", block=1)
    story.vertex("A1'", block=2)
    story.insert("A", "A1")
    story.deliver("A", "A1'")
    assert story.violated == ["causality"]
    assert story.observed("causality") == "A delivered A1 (seq 2) but inserted A1."


def test_a_weak_edge_counts_as_a_predecessor(story) -> None:
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    story.vertex("A2", "A1 B1")
    story.vertex("B2", "A1 B1")
    story.vertex("A3", "A2 B2 ~C1")
    story.insert("A", "A1 B1 C1 A2 B2 A3")
    story.deliver("A", "A1 B1 A2 B2 A3")
    assert story.violated == ["causality"]
    assert story.observed("causality") == "A delivered A3 (seq 11) before C1, which it names."


def test_without_digests_contents_are_not_compared(story) -> None:
    story.vertex("B1", block=1)
    story.deliver("AB", "B1")
    for replica in "AB":
        (event,) = story.logs[replica]
        story.logs[replica] = [replace(event, vertex=VertexId(1, 1, None))]
    said = story.outcomes()
    assert said["agreement"].status is Status.NOT_JUDGED
    assert said["agreement"].reason == "no digest, so no telling contents apart: B1"
    assert said["total order"].status is Status.HOLDS


def test_who_makes_a_vertex_in_anothers_name_made_nothing_of_its_own(story) -> None:
    for name in ("B1", "B2"):
        story.vertex(name)
    story.deliver("A", "B1")
    story.create("B2", by="C")
    assert story.violated == ["well-formedness"]
