"""The service above one replica, input by input."""

from tee_rider.reference.service import Service
from tee_rider.spec.events import ClientReply
from tee_rider.spec.interface import Advance
from tee_rider.spec.state_machine import KeyValueStore
from tee_rider.spec.vertex import Request

PUT, GET, OTHER = Request(7, 1, "put x 1"), Request(7, 2, "get x"), Request(8, 1, "get x")
NEW = Service(KeyValueStore())


def reply(client: int, number: int, result: str) -> ClientReply:
    return ClientReply(client=client, number=number, result=result)


def test_a_request_waits_once_until_it_is_executed() -> None:
    service, replies = NEW.ask(PUT)
    again, more = service.ask(PUT)
    assert (replies, more) == ((), ())
    assert again is service
    assert service.waiting == (PUT,)
    service, _ = service.deliver((GET,))
    assert service.waiting == (PUT,)
    service, _ = service.deliver((OTHER, PUT))
    assert service.waiting == ()


def test_what_is_delivered_is_executed_in_order_and_answered() -> None:
    service, replies = NEW.deliver((PUT, GET, OTHER))
    assert replies == (reply(7, 1, "ok"), reply(7, 2, "value 1"), reply(8, 1, "value 1"))
    assert service.machine == KeyValueStore((("x", "1"),))


def test_what_is_ordered_twice_is_executed_once() -> None:
    service, first = NEW.deliver((PUT, PUT))
    after, second = service.deliver((Request(7, 1, "put x 2"), PUT))
    assert (first, second) == ((reply(7, 1, "ok"),), ())
    assert after.machine == KeyValueStore((("x", "1"),))


def test_a_repeated_request_is_answered_each_time_with_the_result_of_then() -> None:
    service, _ = NEW.deliver((GET, PUT))
    for _ in range(2):
        service, replies = service.ask(GET)
        assert replies == (reply(7, 2, "absent"),)
    assert service.waiting == ()


def test_a_lower_number_is_executed_also_after_a_higher_one() -> None:
    """Finding F8."""
    service, first = NEW.deliver((GET,))
    assert [each.number for each in first] == [2]
    service, second = service.deliver((PUT,))
    assert second == (reply(7, 1, "ok"),)
    assert service.ask(PUT)[1] == second


def test_numbers_of_different_clients_have_nothing_to_do_with_each_other() -> None:
    service, _ = NEW.deliver((PUT,))
    assert service.executed(PUT)
    assert not service.executed(OTHER)


def test_a_time_out_makes_a_block_of_what_there_is() -> None:
    assert NEW.time_out(()) == Advance(())
    service = NEW
    for request in (PUT, OTHER, GET):
        service, _ = service.ask(request)
    assert service.time_out(()) == Advance((PUT, OTHER, GET))
    assert service.time_out({OTHER}) == Advance((PUT, GET))
    assert service.time_out({OTHER}) == service.time_out({OTHER})
    small = Service(KeyValueStore(), block_size=2, waiting=service.waiting)
    assert small.time_out(()) == Advance((PUT, OTHER))


def test_a_bad_operation_is_answered_too() -> None:
    service, replies = NEW.deliver((Request(7, 1, "jump"), Request(7, 2, "")))
    assert [each.result.startswith("error: ") for each in replies] == [True, True]
    assert service.machine == NEW.machine
