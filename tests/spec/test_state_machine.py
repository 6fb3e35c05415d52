"""The key-value store: what operations do, and that no text breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rider.spec.state_machine import REFUSAL, KeyValueStore

WORDS = st.text(min_size=1, max_size=5).filter(lambda word: word.isprintable() and " " not in word)
OPERATIONS = st.one_of(
    st.builds("put {} {}".format, WORDS, WORDS),
    st.builds("get {}".format, WORDS),
    st.builds("delete {}".format, WORDS),
    st.builds("compare_and_swap {} {} {}".format, WORDS, WORDS, WORDS),
    st.text(max_size=12),
)


def results(*operations: str) -> list[str]:
    """What a new store says to these, one after the other."""
    store, said = KeyValueStore(), []
    for operation in operations:
        store, result = store.apply(operation)
        said.append(result)
    return said


def test_what_is_put_is_got_until_it_is_deleted() -> None:
    assert results("get a", "put a 1", "get a", "put a 2", "get a") == [
        "absent",
        "ok",
        "value 1",
        "ok",
        "value 2",
    ]
    assert results("put a 1", "delete a", "get a", "delete a") == ["ok", "ok", "absent", "absent"]


def test_a_value_is_swapped_only_for_the_one_that_is_expected() -> None:
    swap = "compare_and_swap a 1 2"
    assert results(swap, "put a 1", swap, "get a", swap) == [
        "absent",
        "ok",
        "ok",
        "value 2",
        "value 2",
    ]


@pytest.mark.parametrize(
    "operation",
    [
        *("", " ", "jump", "GET a", "put", "put a", "put a b c", "put  a", "put a \n"),
        *("get", "get a ", "get\ta", "get \ud800", "compare_and_swap a b", "x" * 100_000),
    ],
)
def test_what_is_no_operation_is_refused_and_changes_nothing(operation: str) -> None:
    before = KeyValueStore((("a", "1"),))
    after, result = before.apply(operation)
    assert after == before
    assert result.startswith(REFUSAL)
    assert "allowed: put KEY VALUE, get KEY, delete KEY, compare_and_swap KEY OLD NEW" in result
    assert len(result) < 300
    result.encode()


def test_a_result_is_never_longer_than_a_trace_can_carry() -> None:
    longest = f"put k {'v' * (65536 - len('put k '))}"
    assert [len(result) for result in results(longest, "get k")] == [2, 65536]


@given(st.lists(OPERATIONS, max_size=20))
def test_a_snapshot_is_the_whole_state(operations: list[str]) -> None:
    store = KeyValueStore()
    for operation in operations:
        before = store
        store, result = store.apply(operation)
        assert (store.digest() == before.digest()) is (store == before)
        assert store == before or not store.only_reads(result)
    assert KeyValueStore().restore(store.snapshot()) == store
    assert store.restore(store.snapshot()).digest() == store.digest()
    assert hash(store) == hash(KeyValueStore(store.entries))


@pytest.mark.parametrize("snapshot", ["x", "put a 1\nput a 2", "put b 1\nput a 1", "put a 1\n"])
def test_what_is_no_snapshot_is_refused(snapshot: str) -> None:
    with pytest.raises(ValueError, match="allowed: lines like 'put KEY VALUE', sorted by key"):
        KeyValueStore().restore(snapshot)
