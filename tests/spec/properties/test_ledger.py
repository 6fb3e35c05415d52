"""The small memories behind the properties: what they keep, and what they forget when."""

from hypothesis import given
from hypothesis import strategies as st

from tee_rider.spec.events import ADeliver
from tee_rider.spec.properties.ledger import Fingerprints, Ledger
from tee_rider.spec.properties.places import Places
from tee_rider.spec.properties.wording import counted, listed, named, ordinal
from tee_rider.spec.vertex import VertexId


def delivery(replica: int, digest: str | None = "aa") -> ADeliver:
    return ADeliver(seq=1, replica=replica, vertex=VertexId(7, 2, digest), wave=1)


@given(
    st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2**53)), st.integers(1, 2**64 - 1))
)
def test_fingerprints_are_found_again(numbers) -> None:
    stored = Fingerprints()
    for (lane, index), number in numbers.items():
        stored.put(lane, index, number)
    for (lane, index), number in numbers.items():
        assert stored.get(lane, index) == number
        assert stored.get(lane, index + 1) == numbers.get((lane, index + 1), 0)
        assert stored.get("other", index) == 0


def test_an_entry_is_kept_in_full_until_all_have_passed() -> None:
    ledger = Ledger(frozenset({0, 2}))
    first = delivery(0)
    entry = ledger.enter(first, 7, 2, "aa")
    assert entry.first is first
    assert ledger.pass_by(entry, 0)
    assert not ledger.pass_by(entry, 0)
    assert ledger.enter(delivery(2), 7, 2, "bb").content == "aa"
    assert len(ledger) == 1
    assert ledger.pass_by(entry, 2)
    assert len(ledger) == 0

    after = ledger.enter(delivery(2), 7, 2, "aa")
    assert (after.first, after.content) == (None, "aa")
    assert not ledger.pass_by(after, 2)
    assert ledger.enter(delivery(2), 7, 2, "bb").content != "bb"
    assert len(ledger) == 0


def test_who_passed_is_known_before_and_after_all_have() -> None:
    ledger = Ledger(frozenset({0, 2}))
    entry = ledger.enter(delivery(0), 7, 2, "aa")
    ledger.pass_by(entry, 0)
    assert ledger.passed(0, 7, 2, "aa")
    assert ledger.passed(0, 7, 2, None)
    assert not ledger.passed(0, 7, 2, "bb")
    assert not ledger.passed(2, 7, 2, "aa")
    assert not ledger.passed(0, 6, 2, "aa")
    ledger.pass_by(entry, 2)
    assert ledger.passed(2, 7, 2, "aa")
    assert ledger.passed(2, 7, 2, None)
    assert not ledger.passed(2, 7, 2, "bb")
    assert not ledger.passed(2, 6, 2, None)


def test_a_content_without_digest_is_like_any() -> None:
    ledger = Ledger(frozenset({0}))
    entry = ledger.enter(delivery(0, None), 7, 2, None)
    assert not ledger.passed(0, 7, 2, "aa")
    ledger.pass_by(entry, 0)
    assert ledger.passed(0, 7, 2, "aa")


def test_a_place_is_kept_until_all_have_come() -> None:
    places = Places[ADeliver](3)
    first = delivery(0)
    assert [places.come(1, event) for event in (first, delivery(1))] == [first, first]
    assert len(places) == 1
    assert places.come(1, delivery(2)) is first
    assert len(places) == 0


def test_words() -> None:
    assert [ordinal(k) for k in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th")
    ]
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        *("a", "a and b", "a, b and c")
    ]
    assert counted(1, "vertex", "vertices") == "1 vertex"
    assert counted(2, "vertex", "vertices") == "2 vertices"
    assert [named(VertexId(3, 1, digest)) for digest in (None, "9f", "9f12ab34cd")] == [
        *("B3", "B3 (9f)", "B3 (9f12ab34..)")
    ]
