"""A client: whom it asks, and whom it believes."""

from tee_rider.reference.client import Client
from tee_rider.spec.events import ClientReply
from tee_rider.spec.vertex import Request

TRUSTING, WARY = Client(4, 3, replies_needed=1), Client(4, 5, replies_needed=3)


def reply(number: int, result: str) -> ClientReply:
    return ClientReply(client=4, number=number, result=result)


def test_requests_are_numbered_and_go_to_one_replica_each() -> None:
    client, first, to_first = TRUSTING.ask("get x")
    client, second, to_second = client.ask("get y")
    assert (first, second) == (Request(4, 1, "get x"), Request(4, 2, "get y"))
    assert (to_first, to_second) == (0b010, 0b100)
    assert client.asked == (first, second)


def test_on_a_time_out_all_that_is_in_flight_goes_to_all() -> None:
    client, first, _ = TRUSTING.ask("get x")
    client, second, _ = client.ask("get y")
    assert client.time_out() == ((first, second), 0b111)
    client, _ = client.hear(0, reply(1, "absent"))
    assert client.time_out() == ((second,), 0b111)


def test_the_first_reply_is_enough_where_nobody_lies() -> None:
    client, _, _ = TRUSTING.ask("get x")
    client, result = client.hear(2, reply(1, "absent"))
    assert result == "absent"
    assert client.asked == ()


def test_where_hosts_may_lie_so_many_must_agree_that_one_is_correct() -> None:
    client, _, _ = WARY.ask("get x")
    for replica, said in ((0, "value lie"), (1, "value lie"), (2, "absent"), (3, "absent")):
        client, result = client.hear(replica, reply(1, said))
        assert result is None
    client, result = client.hear(4, reply(1, "absent"))
    assert result == "absent"


def test_one_replica_counts_once_however_often_it_speaks() -> None:
    client, _, _ = WARY.ask("get x")
    for _ in range(5):
        client, result = client.hear(0, reply(1, "value lie"))
        assert result is None


def test_replies_to_different_requests_are_not_added_up() -> None:
    client, _, _ = WARY.ask("get x")
    client, _, _ = client.ask("get x")
    for replica, number in ((0, 1), (1, 1), (2, 2), (3, 2)):
        client, result = client.hear(replica, reply(number, "absent"))
        assert result is None


def test_a_result_is_taken_once_and_only_for_what_was_asked() -> None:
    client, _, _ = TRUSTING.ask("get x")
    client, early = client.hear(0, reply(2, "absent"))
    client, first = client.hear(0, reply(1, "absent"))
    client, second = client.hear(1, reply(1, "absent"))
    assert (early, first, second) == (None, "absent", None)
