"""What recovery cut agreement says, clause by clause; nothing else objects to any of these runs."""

from dataclasses import replace

import pytest

from tee_rider.spec.judgement import Status
from tee_rider.spec.vertex import FreezeStatement

NAME = "recovery cut agreement"


def go_on(story, epoch: int = 2) -> None:
    """C's second epoch begins in round 9, with all three."""
    story.deliver("ABC", "A5", 2)
    for replica in "ABC":
        new = {"epoch": epoch, "counter": 2} if replica == "C" else {}
        story.vertex(f"{replica}9", "A8 B8", **new)
        story.enter(replica, 9)
        story.create(f"{replica}9")
    story.take("ABC", "A9 B9 C9")


def objection(story) -> str:
    assert story.violated == [NAME]
    for seed in range(5):
        assert story.outcomes(story.shuffled(seed))[NAME].status is Status.VIOLATED
    return str(story.observed(NAME))


def test_a_recovery_that_goes_well(ordered) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    go_on(ordered)
    for said in ordered.outcomes().values():
        assert (said.status, said.reason) == (Status.HOLDS, "")
        assert said.judged
    # Two freezes, two openings that are not the first, and nine insertions after an opening.
    assert ordered.outcomes()[NAME].judged == 2 + 2 + 9


def test_freezers_differ(ordered) -> None:
    for replica, freezers in {"A": "AB", "B": "AB", "C": "B"}.items():
        ordered.resume(replica, "C", 5, freezers)
    assert objection(ordered) == (
        "A opened epoch 2 of C above round 5, frozen by A and B (seq 71);"
        " C opened epoch 2 of C above round 5, frozen by B (seq 74)."
    )


def test_the_old_epoch_above_the_cut(ordered) -> None:
    ordered.vertex("C6", "A5 B5", counter=4)
    ordered.resume("ABC", "C", 5, "AB")
    ordered.take("A", "C6")
    assert objection(ordered) == (
        "A inserted C6 of epoch 1 (seq 73), above the cut 5 by which A opened epoch 2 (seq 71)."
    )


def test_the_old_epoch_above_a_cut_that_comes_later(crashed) -> None:
    crashed.vertex("C6", "A5 B5", counter=4)
    crashed.take("B", "C6")
    crashed.coin("ABC", 2, "A")
    crashed.commit("ABC", 2, "A5")
    crashed.deliver("ABC", "B1 C1 A2 B2 C2 A3 B3 C3 A4 B4", 2)
    crashed.resume("ABC", "C", 5, "AB")
    assert objection(crashed) == (
        "B inserted C6 of epoch 1 (seq 60), above the cut 5 by which A opened epoch 2 (seq 71)."
    )


def test_the_old_epoch_up_to_the_cut_may_come_late(ordered) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    ordered.vertex("C4", "A3 B3 C3", counter=4)
    ordered.vertex("C5", "A4 B4 C4", counter=5)
    ordered.take("A", "C4 C5")
    assert ordered.violated == []


def test_the_new_epoch_not_above_the_cut(ordered) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    ordered.vertex("C5", "A4 B4", epoch=2, counter=2)
    ordered.take("B", "C5")
    assert objection(ordered) == "B inserted C5 of epoch 2 (seq 73), not above the cut 5."


def test_the_new_epoch_before_it_is_open(crashed) -> None:
    crashed.vertex("C8", "A7 B7", epoch=2, counter=2)
    crashed.take("B", "C8")
    assert objection(crashed) == "B inserted C8 of epoch 2 (seq 60), which was not open there."


@pytest.mark.parametrize(("epochs", "newest"), [((1,), 1), ((3, 2), 3), ((2, 2), 2)])
def test_an_epoch_that_is_not_new(story, epochs, newest) -> None:
    for epoch in epochs:
        story.restart("C", 0, epoch)
    assert objection(story) == (
        f"C returned in epoch {epochs[-1]} (seq {2 * len(epochs)}), not later than its epoch"
        f" {newest}."
    )


def test_an_epoch_is_new_whatever_backup_is_restored(story) -> None:
    """The number is remembered outside of backups: it was used up."""
    for epoch in (2, 3, 5):
        story.restart("C", 0, epoch)
    assert story.violated == []


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_vertex_of_another_epoch_than_the_enclave(ordered, epoch) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    ordered.deliver("ABC", "A5", 2)
    ordered.enter("C", 9)
    ordered.vertex("C9", "A8 B8", epoch=epoch, counter=9)
    ordered.create("C9")
    assert objection(ordered) == (
        f"C made C9 in epoch {epoch} (seq 77), where its enclave is of epoch 2."
    )


@pytest.mark.parametrize(
    ("freezers", "others"),
    [("A", "1 other replica"), ("AC", "1 other replica"), ("AA", "1 other replica")],
)
def test_too_few_freezers(ordered, freezers, others) -> None:
    ordered.resume("ABC", "C", 5, freezers)
    assert objection(ordered).endswith(f"(seq 71) by {others}, where 2 freeze.")


def test_where_no_vertex_shows_freezes_more_may_have_answered(make_story) -> None:
    story = make_story(5)
    story.resume("ABCDE", "E", 5, "ABCD")
    assert story.violated == []


def test_an_opening_that_nothing_delivered_explains(ordered) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    ordered.resume("ABC", "B", 5, "AC")
    assert objection(ordered) == (
        "A opened epoch 2 of B above round 5, frozen by A and C (seq 72),"
        " which nothing opened there."
    )


def test_another_cut_than_the_order_gives(ordered) -> None:
    ordered.resume("ABC", "C", 8, "AB")
    assert objection(ordered) == (
        "A opened epoch 2 of C above round 8, frozen by A and B (seq 71);"
        " by what it delivered, A opened epoch 2 of C above round 5, frozen by A and B."
    )


def test_an_opening_left_out(ordered) -> None:
    ordered.deliver("ABC", "A5", 2)
    for name in ("A9", "B9"):
        ordered.vertex(name, "A8 B8")
    ordered.take("B", "A9")
    assert objection(ordered) == (
        "B went on to insert A9 (seq 73) where, by what it delivered,"
        " B opened epoch 2 of C above round 5, frozen by A and B."
    )


def test_a_freeze_that_its_vertex_does_not_say(crashed) -> None:
    crashed.vertex("A9", "A8 B8", freezes="C")
    crashed.enter("A", 9)
    crashed.create("A9")
    crashed.freeze("A", "B", "A9")
    assert objection(crashed) == "A froze epoch 1 of B (seq 61), which A9 does not say."


def test_a_freeze_without_a_vertex(crashed) -> None:
    crashed.vertex("A9", "A8 B8", freezes="C")
    crashed.freeze("A", "C", "A9")
    assert objection(crashed) == (
        "A froze epoch 1 of C (seq 59) with no vertex that it has just made."
    )


def test_who_logs_no_insertions_is_compared_only(story) -> None:
    """Where no freezes are seen, only what is said of the openings can be judged."""
    story.resume("AB", "C", 5, "AB")
    said = story.outcomes()[NAME]
    assert (said.status, said.judged) == (Status.HOLDS, 1)


def test_only_freezes_of_open_epochs_count(ordered) -> None:
    """A freezes C again, in an epoch that is closed: that opens nothing."""
    ordered.resume("ABC", "C", 5, "AB")
    go_on(ordered)
    again = (FreezeStatement(2, 1, 3, ""),)
    for name in ("A9", "B9"):
        ordered.vertices[name] = replace(ordered.vertices[name], freezes=again)
    for log in ordered.logs.values():
        log[:] = [
            replace(event, vertex=replace(event.vertex, freezes=again))
            if getattr(event, "vertex", None) is not None
            and event.vertex.name in ("A9", "B9")
            and hasattr(event.vertex, "freezes")
            else event
            for event in log
        ]
    assert ordered.violated == []
