"""Histories that one machine could have given, and histories that it could not."""

import itertools
import random
from dataclasses import replace

import pytest

from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import linearizability as module
from tee_rider.spec.properties.linearizability import Call, has_order, linearizability
from tee_rider.spec.state_machine import KeyValueStore

STORE = KeyValueStore()


def history(*lines: str) -> list[Call]:
    """``3-7 get a: absent``, or ``3- get a`` for one that is not answered; a client for each."""
    calls = []
    for client, line in enumerate(lines):
        span, operation = line.split(" ", 1)
        invoked, answered = span.split("-")
        operation, _, result = operation.partition(": ")
        ended = int(answered) if answered else None
        call = Call(
            client=client,
            number=1,
            operation=operation,
            invoked=int(invoked),
            answered=ended,
            result=result,
        )
        calls.append(call)
    return calls


GOOD = {
    "one after the other": ["1-2 put a 1: ok", "3-4 get a: value 1"],
    "a read during a write sees it": ["1-4 put a 1: ok", "2-3 get a: value 1"],
    "a read during a write does not see it": ["1-4 put a 1: ok", "2-3 get a: absent"],
    "two reads during a write see it come": [
        "1-6 put a 1: ok",
        "2-3 get a: absent",
        "4-5 get a: value 1",
    ],
    "what is not answered has taken effect": ["1- put a 1", "2-3 get a: value 1"],
    "what is not answered has not taken effect yet": ["1- put a 1", "2-3 get a: absent"],
    "one of two swaps wins": [
        "1-2 put a 1: ok",
        "3-6 compare_and_swap a 1 2: ok",
        "4-5 compare_and_swap a 1 3: value 2",
    ],
    "the write that was answered first took effect last": [
        "1-3 put a 1: ok",
        "2-4 put a 2: ok",
        "5-6 get a: value 1",
    ],
}
BAD = {
    "a stale read": ["1-2 put a 1: ok", "3-4 get a: absent"],
    "a value from nowhere": ["1-2 get a: value 1"],
    "a write that comes and goes": [
        "1-6 put a 1: ok",
        "2-3 get a: value 1",
        "4-5 get a: absent",
    ],
    "an effect before its cause": ["1-2 get a: value 1", "3-4 put a 1: ok"],
    "two swaps win": [
        "1-2 put a 1: ok",
        "3-6 compare_and_swap a 1 2: ok",
        "4-5 compare_and_swap a 1 3: ok",
    ],
    "a lost write": ["1-2 put a 1: ok", "3-4 put a 2: ok", "5-6 get a: value 1"],
    "two orders of two writes": [
        "1-3 put a 1: ok",
        "2-4 put a 2: ok",
        "5-6 get a: value 1",
        "7-8 get a: value 2",
    ],
    "another result": ["1-2 put a 1: absent"],
}


@pytest.mark.parametrize("name", GOOD)
def test_what_one_machine_could_have_said_holds(name: str) -> None:
    said = linearizability(history(*GOOD[name]), STORE)
    answered = sum(call.answered is not None for call in history(*GOOD[name]))
    assert (said.status, said.judged, said.violation) == (Status.HOLDS, answered, None)


@pytest.mark.parametrize("name", BAD)
def test_what_no_machine_could_have_said_is_found(name: str) -> None:
    said = linearizability(history(*BAD[name]), STORE)
    assert said.status is Status.VIOLATED
    assert said.violation is not None
    assert said.violation.explanation.count("\n") == 1


def test_the_first_answer_without_an_order_is_named() -> None:
    said = linearizability(
        history(
            "1-2 put a 1: ok",
            "3-6 put b 1: ok",
            "4-5 get a: absent",
            "7-8 get b: absent",
        ),
        STORE,
    )
    assert said.violation is not None
    assert said.violation.explanation == (
        "request 1 of client 2 ('get a') was answered 'absent', which no order of the 3 requests"
        " until then gives; under way meanwhile: request 1 of client 1 ('put b 1'): no answer"
        " yet.\nLinearizability: each request takes effect at one moment between its sending and"
        " its answer."
    )


def test_nothing_answered_is_no_pass() -> None:
    assert linearizability([], STORE).status is Status.VACUOUS
    assert linearizability(history("1- put a 1"), STORE).status is Status.VACUOUS


def test_a_search_that_takes_too_long_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STATES", 20)
    calls = [f"{i}-{40 - i} put a {i}: ok" for i in range(1, 11)]
    said = linearizability(history(*calls, "50-51 get a: value 99"), STORE)
    assert said.status is Status.NOT_JUDGED
    assert said.reason == "more than 20 partial orders of 11 requests"


def ordered_somehow(calls: list[Call]) -> bool:
    """By trying every order of every choice of the unanswered."""
    answered = [call for call in calls if call.answered is not None]
    pending = [call for call in calls if call.answered is None]
    for size in range(len(pending) + 1):
        for chosen in itertools.combinations(pending, size):
            for order in itertools.permutations([*answered, *chosen]):
                if respects(order):
                    return True
    return False


def respects(order: tuple[Call, ...]) -> bool:
    store = STORE
    for i, call in enumerate(order):
        if any(later.answered and later.answered < call.invoked for later in order[i + 1 :]):
            return False
        store, result = store.apply(call.operation)
        if call.answered is not None and result != call.result:
            return False
    return True


def random_calls(seed: int) -> list[Call]:
    """Five requests at random moments, with results that are possible for each by itself."""
    choose = random.Random(seed)
    moments = list(range(1, 11))
    choose.shuffle(moments)
    calls = []
    for client in range(5):
        first, last = sorted((moments[2 * client], moments[2 * client + 1]))
        operation, possible = choose.choice(
            [
                ("put a 1", ["ok"]),
                ("put a 2", ["ok"]),
                ("get a", ["absent", "value 1", "value 2"]),
                ("delete a", ["ok", "absent"]),
                ("compare_and_swap a 1 2", ["ok", "absent", "value 2"]),
            ]
        )
        call = Call(client=client, number=1, operation=operation, invoked=first)
        if choose.random() < 0.8:
            call = replace(call, answered=last, result=choose.choice(possible))
        calls.append(call)
    return calls


def test_the_search_agrees_with_trying_every_order() -> None:
    histories = [random_calls(seed) for seed in range(400)]
    found = [has_order(calls, STORE) for calls in histories]
    assert found == [ordered_somehow(calls) for calls in histories]
    assert (found.count(True), found.count(False)) == (200, 200)


def test_a_known_order_decides_nothing() -> None:
    """Right or wrong, it only says what to try first."""
    for seed in range(400):
        choose, calls = random.Random(seed), random_calls(seed)
        told = [replace(call, place=choose.randrange(5)) for call in calls]
        assert has_order(told, STORE) is has_order(calls, STORE)
