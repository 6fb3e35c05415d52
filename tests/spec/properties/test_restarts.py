"""After a restart a replica is where its backup was; what it lost has happened all the same."""

from collections import deque
from dataclasses import replace

import pytest

from tee_rider.spec.events import Restart
from tee_rider.spec.judgement import Premises, Status
from tee_rider.spec.properties import Judge
from tee_rider.spec.properties.commit_log import CommitLog
from tee_rider.spec.properties.integrity import Integrity
from tee_rider.spec.properties.ledger import Fingerprints
from tee_rider.spec.properties.total_order import TotalOrder
from tee_rider.spec.properties.views import copied, is_lost, lost_spans


def vertices(story, names: str) -> None:
    for name in names.split():
        story.vertex(name)


def delivered_before(story) -> None:
    """A, B and C deliver three vertices; C forgets the last two."""
    vertices(story, "A1 B1 C1")
    story.deliver("ABC", "A1 B1 C1")
    story.restart("C", 1)


def test_the_same_is_delivered_once_more(story) -> None:
    delivered_before(story)
    story.deliver("C", "B1 C1")
    said = story.outcomes()
    assert story.violated == []
    # Each of B's and C's deliveries is compared, those that C does once more as well.
    assert said["total order"].judged == said["agreement"].judged == 3 + 3 + 2
    assert said["total order"].reason == ""


def test_nothing_is_delivered_in_another_order(story) -> None:
    delivered_before(story)
    story.deliver("C", "C1 B1")
    assert story.violated == ["total order"]
    assert story.observed("total order") == (
        "A delivered B1 as its 2nd vertex (seq 2); C delivered C1 as its 2nd (seq 6)."
    )


def test_nothing_is_skipped(story) -> None:
    delivered_before(story)
    story.deliver("C", "C1")
    assert story.violated == ["total order"]


def test_what_the_backup_had_delivered_is_not_delivered_again(story) -> None:
    delivered_before(story)
    story.deliver("C", "A1")
    assert story.violated == ["total order", "integrity"]
    assert story.observed("integrity") == "C delivered A1 (seq 6), a second time."


def test_what_is_delivered_once_more_is_delivered_only_once_more(story) -> None:
    delivered_before(story)
    story.deliver("C", "B1 B1")
    assert "integrity" in story.violated
    assert story.observed("integrity") == "C delivered B1 (seq 7), a second time."


def test_what_was_delivered_and_lost_binds_the_others(story) -> None:
    """C was ahead when it crashed."""
    vertices(story, "A1 B1 C1")
    story.deliver("C", "A1 B1")
    story.restart("C", 0)
    story.deliver("A", "A1 C1")
    assert story.violated == ["total order"]
    assert story.observed("total order") == (
        "A delivered C1 as its 2nd vertex (seq 2); C delivered B1 as its 2nd (seq 2)."
    )


def test_leaders_are_committed_once_more(crashed) -> None:
    told = crashed
    told.restart("B", 0)
    told.commit("B", 1, "A5")
    assert "agreement" in told.violated
    assert "committed A5 of wave 1 as its 1st" in told.observed("agreement")


def test_an_older_backup_after_a_newer_one(story) -> None:
    vertices(story, "A1 B1 C1")
    story.deliver("ABC", "A1 B1 C1")
    story.restart("C", 2)
    story.deliver("C", "C1")
    story.restart("C", 1, epoch=3)
    story.deliver("C", "B1 C1")
    assert story.violated == []
    story.deliver("C", "C1")
    assert "integrity" in story.violated


def test_a_backup_of_a_life_that_a_restart_ended(story) -> None:
    """Taken after two deliveries, restored after the second crash; the first lost them."""
    vertices(story, "A1 B1 C1")
    story.deliver("ABC", "A1 B1 C1")
    story.restart("C", 1)
    story.restart("C", 2, epoch=3)
    story.deliver("C", "C1")
    assert story.violated == []
    story.deliver("C", "B1")
    assert "integrity" in story.violated


def test_an_address_that_was_filled_before_a_crash_is_filled(story) -> None:
    """Only C had inserted B1; it forgot that, B1 is there all the same."""
    story.vertex("B1", block=1)
    story.vertex("B1'", block=2)
    story.take("C", "B1")
    story.restart("C", 0)
    story.take("A", "B1'")
    assert story.violated == ["non-equivocation"]


def test_a_vertex_made_before_a_crash_is_not_contradicted(crashed) -> None:
    """C3 was made in epoch 1, and C makes another one in epoch 2."""
    crashed.vertex("C3'", "A2 B2 C2", block=7, epoch=2, counter=2)
    crashed.create("C3'")
    assert "non-equivocation" in crashed.violated
    assert crashed.observed("non-equivocation") == (
        "C shows C3 of epoch 2 (seq 62); one of epoch 1 was taken up there."
    )


def test_faulty_hosts_may_sign_one_address_in_two_epochs(make_story) -> None:
    """Both are r_delivered; one of them is inserted."""
    story = make_story(faulty="C")
    story.vertex("C1", block=1)
    story.vertex("C1'", block=2, epoch=2, counter=2)
    story.r_deliver("AB", "C1 C1'")
    story.insert("AB", "C1")
    assert story.violated == []
    story.insert("A", "C1'")
    assert "non-equivocation" in story.violated


def test_streams_are_read_from_the_backup_on(story) -> None:
    vertices(story, "A1 B1 C1")
    story.vertex("A2", "A1 B1 C1")
    story.r_deliver("ABC", "A1 A2")
    story.restart("C", 1)
    story.r_deliver("C", "A2")
    assert story.violated == []
    story.restart("C", 1, epoch=3)
    story.r_deliver("C", "A1")
    assert story.violated == ["stream order"]


def test_rounds_go_on_from_the_backup(crashed) -> None:
    crashed.restart("B", len(crashed.logs["B"]) - 4, epoch=2)
    crashed.enter("B", 9)
    assert crashed.violated == ["well-formedness"]
    assert crashed.observed("well-formedness") == (
        "B entered round 9 (seq 61) when it held 0 vertices of round 8, where 2 are a quorum."
    )


def test_what_was_inserted_after_the_backup_is_not_held(story) -> None:
    vertices(story, "A1 B1 C1")
    story.vertex("A2", "A1 B1 C1")
    story.take("ABC", "A1 B1 C1")
    story.restart("C", 4)
    story.take("C", "A2")
    assert story.violated == ["well-formedness"]
    assert story.observed("well-formedness") == (
        "C inserted A2 (seq 10), before C1, which it names."
    )


def test_what_was_inserted_after_the_backup_is_inserted_once_more(story) -> None:
    vertices(story, "A1 B1 C1")
    story.vertex("A2", "A1 B1 C1")
    story.take("ABC", "A1 B1 C1")
    story.restart("C", 4)
    story.take("C", "C1 A2")
    assert story.violated == []
    story.insert("C", "C1")
    assert story.violated == ["well-formedness"]


def test_coins_are_shown_again(two_waves) -> None:
    two_waves.restart("C", 0)
    two_waves.coin("C", 1, "B")
    assert two_waves.violated == ["coin agreement"]


def test_deliveries_want_insertions_of_this_life(two_waves) -> None:
    log = two_waves.logs["C"]
    first = next(i for i, event in enumerate(log) if event.event == "a_deliver")
    two_waves.restart("C", 0)
    two_waves.insert("C", "B1")
    two_waves.deliver("C", "A1")
    assert first
    assert two_waves.observed("causality").startswith("C delivered A1")


def test_commits_want_support_of_this_life(two_waves) -> None:
    two_waves.restart("C", 0)
    two_waves.coin("C", 1, "A")
    two_waves.insert("C", "A1")
    two_waves.commit("C", 1, "A1")
    assert two_waves.observed("commit justification").endswith(
        "with 0 supporters in round 4, where 2 are a quorum."
    )


def test_what_is_held_again_is_vouched_for(crashed) -> None:
    """C returned before it held A3, B3 and C3; it takes them again, and must reach them."""
    crashed.vertex("C9", "A8 B8", epoch=2, counter=2)
    crashed.vertices["C9"] = replace(
        crashed.vertices["C9"], strong_edges=crashed.vertices["A1"].strong_edges
    )
    crashed.enter("C", 9)
    crashed.create("C9")
    assert "validity" in crashed.violated


@pytest.mark.parametrize("seed", range(10))
def test_the_mixture_of_logs_makes_no_difference(seed, ordered) -> None:
    ordered.resume("ABC", "C", 5, "AB")
    assert ordered.outcomes(ordered.shuffled(seed)) == ordered.outcomes()
    assert {said.status for said in ordered.outcomes().values()} == {Status.HOLDS}


def test_memory_is_freed_where_the_replica_comes_again(story) -> None:
    """A place that a replica comes to in vain is kept until it comes for good."""
    vertices(story, "A1 B1 C1")
    story.deliver("ABC", "A1 B1 C1")
    story.restart("C", 1)
    restarts = (story.logs["C"][-1],)
    premises = replace(story.premises, restarts=restarts)
    total_order, integrity = TotalOrder(premises), Integrity(premises)
    judge = Judge(premises, (total_order, integrity))
    for event in story.events:
        judge.observe(event)
    assert len(total_order._places) == 2
    assert len(integrity._delivered) == 2
    story.deliver("C", "B1 C1")
    for event in story.logs["C"][-2:]:
        judge.observe(event)
    assert len(total_order._places) == len(integrity._delivered) == 0


def test_premises_name_backups(story) -> None:
    restart = Restart(replica=2, seq=9, epoch=2, attestation="", backup_seq=4)
    premises = Premises(story.premises.configuration, restarts=(restart,))
    assert premises.backups == {(2, 4)}
    spans = lost_spans((restart, replace(restart, seq=20, backup_seq=15)))
    lost = [seq for seq in range(22) if is_lost(spans, replace(restart, seq=seq))]
    assert lost == [5, 6, 7, 8, 16, 17, 18, 19]
    assert not is_lost(spans, replace(restart, replica=1, seq=5))


def test_a_copy_is_not_reached_by_later_changes(two_waves) -> None:
    log = CommitLog()
    event = two_waves.logs["A"][3]
    log.insert(event)
    marks = Fingerprints()
    marks.put("a", 1, 7)
    view = {"log": log, "list": [{1}], "deque": deque([event]), "marks": marks, "event": event}
    kept = copied(view)
    log.view.forget_below(5)
    log.view.deliver((1, 0))
    view["list"][0].add(2)
    view["deque"].clear()
    marks.put("a", 2, 8)
    assert kept["log"].view.undelivered((1, 0)) is event.vertex
    assert (kept["list"], len(kept["deque"]), kept["event"] is event) == ([{1}], 1, True)
    assert [kept["marks"].get("a", index) for index in (1, 2)] == [7, 0]
