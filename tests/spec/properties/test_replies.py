"""What the property says of replies: the results of the operations in the delivered order."""

from dataclasses import replace

import pytest

from tee_rider.spec.events import ClientReply, ClientRequest, Restart
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties.replies import NO_BLOCKS, NO_DELIVERIES, OTHER_MACHINE
from tee_rider.spec.vertex import Request, content_digest


def with_block(story, name: str, *requests: tuple[int, int, str]) -> None:
    """A vertex of round 1 with this block."""
    vertex = story.vertex(name)
    vertex = replace(vertex, requests=tuple(Request(*request) for request in requests))
    story.vertices[name] = replace(vertex, digest=content_digest(vertex))


def reply(story, replicas: str, number: int, result: str, client: int = 7) -> None:
    for replica in replicas:
        story.log(replica, ClientReply(client=client, number=number, result=result))


def said(story):
    return story.outcomes()["replies"]


@pytest.fixture
def delivered(story):
    """All deliver A1 and B1: a put, then a get and a compare_and_swap by somebody else."""
    with_block(story, "A1", (7, 1, "put x 1"))
    with_block(story, "B1", (7, 2, "get x"), (8, 1, "compare_and_swap x 1 2"))
    story.take("ABC", "A1 B1")
    story.deliver("ABC", "A1 B1")
    return story


def test_the_right_results_hold(delivered) -> None:
    reply(delivered, "ABC", 1, "ok")
    reply(delivered, "AC", 2, "value 1")
    reply(delivered, "AA", 1, "ok", client=8)
    assert (said(delivered).status, said(delivered).judged) == (Status.HOLDS, 7)
    assert delivered.violated == []


def test_nobody_asks_for_replies_in_a_run_without_clients(delivered) -> None:
    assert "replies" not in delivered.outcomes()


def test_a_request_without_a_reply_is_no_pass(delivered) -> None:
    delivered.log("A", ClientRequest(client=7, number=1, operation="put x 1"))
    assert said(delivered).status is Status.VACUOUS


def test_two_results_for_one_request(delivered) -> None:
    reply(delivered, "A", 2, "value 1")
    reply(delivered, "C", 2, "absent")
    assert delivered.violated == ["replies"]
    assert delivered.observed("replies") == (
        "A answered request 2 of client 7 with 'value 1' (seq 7);"
        " C answered request 2 of client 7 with 'absent' (seq 7)."
    )


def test_a_result_that_the_delivered_order_does_not_give(delivered) -> None:
    reply(delivered, "ABC", 2, "absent")
    assert delivered.observed("replies") == (
        "A answered request 2 of client 7 with 'absent' (seq 7); in the order that it delivered,"
        " the result is 'value 1'."
    )


def test_an_answer_before_the_delivery(story) -> None:
    with_block(story, "A1", (7, 1, "put x 1"))
    with_block(story, "B1", (7, 2, "get x"))
    story.take("A", "A1 B1")
    story.deliver("A", "A1")
    reply(story, "A", 2, "value 1")
    assert story.observed("replies") == (
        "A answered request 2 of client 7 with 'value 1' (seq 6), before it delivered that request."
    )


def test_an_answer_before_any_delivery(story) -> None:
    with_block(story, "A1", (7, 1, "put x 1"))
    story.take("A", "A1")
    reply(story, "A", 1, "ok")
    assert (said(story).status, said(story).reason) == (Status.NOT_JUDGED, NO_DELIVERIES)
    story.deliver("A", "A1")
    assert story.violated == ["replies"]


def test_what_is_ordered_twice_is_executed_once(story) -> None:
    with_block(story, "A1", (7, 1, "put x 1"), (8, 1, "delete x"))
    with_block(story, "B1", (7, 1, "put x 1"), (8, 2, "get x"))
    story.take("AB", "A1 B1")
    story.deliver("AB", "A1 B1")
    reply(story, "A", 2, "absent", client=8)
    assert said(story).status is Status.HOLDS
    reply(story, "B", 2, "value 1", client=8)
    assert story.violated == ["replies"]


def test_a_lower_number_is_executed_also_after_a_higher_one(story) -> None:
    with_block(story, "A1", (7, 2, "put x 2"), (7, 1, "put x 1"), (8, 1, "get x"))
    story.take("A", "A1")
    story.deliver("A", "A1")
    reply(story, "A", 1, "value 1", client=8)
    assert said(story).status is Status.HOLDS


def test_without_blocks_or_operations_nothing_is_made_up(delivered, make_story) -> None:
    reply(delivered, "A", 2, "nonsense")
    for log in delivered.logs.values():
        log[:] = [event for event in log if event.event not in ("insert_vertex", "r_deliver")]
    assert (said(delivered).status, said(delivered).reason) == (Status.NOT_JUDGED, NO_BLOCKS)

    other = make_story()
    with_block(other, "A1", (7, 1, ""), (7, 2, "jump"))
    other.take("AB", "A1")
    other.deliver("AB", "A1")
    reply(other, "A", 1, "error: what?")
    assert said(other).status is Status.HOLDS
    reply(other, "B", 2, "done")
    assert (said(other).status, said(other).reason) == (Status.NOT_JUDGED, OTHER_MACHINE)


def test_the_results_of_a_restarted_replica_are_those_of_its_backup(story) -> None:
    with_block(story, "A1", (7, 1, "put x 1"))
    with_block(story, "B1", (7, 2, "get x"))
    with_block(story, "C1", (7, 3, "delete x"))
    story.take("B", "A1 B1 C1")
    story.deliver("B", "A1")
    backup = len(story.logs["B"])
    story.deliver("B", "B1 C1")
    reply(story, "B", 2, "value 1")
    reply(story, "B", 3, "ok")
    story.log("B", Restart(epoch=2, attestation="", backup_seq=backup))
    reply(story, "B", 1, "ok")
    story.deliver("B", "B1 C1")
    reply(story, "B", 2, "value 1")
    reply(story, "B", 3, "ok")
    assert (said(story).status, said(story).judged) == (Status.HOLDS, 5)
    story.log("B", Restart(epoch=3, attestation="", backup_seq=backup))
    reply(story, "B", 3, "ok")
    assert "before it delivered that request" in story.observed("replies")


@pytest.mark.parametrize("seed", range(20))
def test_it_says_the_same_however_the_logs_are_merged(delivered, seed: int) -> None:
    reply(delivered, "ABC", 1, "ok")
    reply(delivered, "AC", 2, "value 1")
    assert delivered.outcomes(delivered.shuffled(seed))["replies"].status is Status.HOLDS
    reply(delivered, "B", 2, "absent")
    assert delivered.outcomes(delivered.shuffled(seed))["replies"].status is Status.VIOLATED
