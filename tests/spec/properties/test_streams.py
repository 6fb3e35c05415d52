"""What non-equivocation and stream order say, clause by clause."""

from dataclasses import replace

import pytest

from tee_rider.spec.judgement import Status
from tee_rider.spec.vertex import Request


def test_one_digest_for_two_blocks_is_an_equivocation(story) -> None:
    story.vertex("B1", block=1)
    story.take("AB", "B1")
    event = story.logs["A"][1]
    other = replace(event.vertex, requests=(Request(9, 9),))
    story.logs["A"][1] = replace(event, vertex=other)
    assert story.violated == ["non-equivocation"]
    assert story.observed("non-equivocation") == (
        "A shows B1 (seq 1); A shows B1 (seq 2), with other edges or another block."
    )


def test_an_equivocation_is_seen_after_all_have_inserted_the_first(story) -> None:
    story.vertex("B1", block=1)
    story.vertex("B1'", block=2)
    story.insert("ABC", "B1")
    story.r_deliver("C", "B1'")
    assert story.violated == ["non-equivocation"]
    assert story.observed("non-equivocation") == (
        "C shows B1 (seq 2); every correct replica inserted another one of this name before."
    )


def test_one_counter_for_two_rounds_is_an_equivocation(story) -> None:
    story.vertex("C1", counter=1)
    story.vertex("C2", "C1", counter=1)
    story.r_deliver("A", "C1")
    story.r_deliver("B", "C2")
    assert story.violated == ["non-equivocation"]
    assert story.observed("non-equivocation") == (
        "C#1 is bound to C1, but B shows C2 there (seq 1)."
    )


def test_without_digests_an_equivocation_may_hide(story) -> None:
    story.vertex("C1")
    story.vertices["C1"] = replace(story.vertices["C1"], digest=None)
    story.take("ABC", "C1")
    said = story.outcomes()["non-equivocation"]
    assert said.status is Status.NOT_JUDGED
    assert said.reason == "no digest, so no telling contents apart: C1"


@pytest.mark.parametrize(
    ("rounds", "counters"), [((1, 2), (2, 1)), ((2, 1), (1, 2)), ((1, 2), (1, 1))]
)
def test_counters_and_rounds_of_a_source_increase(story, rounds, counters) -> None:
    for round_, counter in zip(rounds, counters, strict=True):
        story.vertex(f"C{round_}", counter=counter)
    story.r_deliver("A", f"C{rounds[0]} C{rounds[1]}")
    assert "stream order" in story.violated
    assert story.observed("stream order") == (
        f"A r_delivered C{rounds[0]} at C#{counters[0]} (seq 1),"
        f" and after it C{rounds[1]} at C#{counters[1]} (seq 2)."
    )


def test_a_new_epoch_counts_anew(story) -> None:
    story.vertex("C1", counter=5)
    story.vertex("C2", counter=1)
    story.uis["C2"] = replace(story.uis["C2"], epoch=2)
    story.r_deliver("AB", "C1 C2")
    assert story.violated == []
