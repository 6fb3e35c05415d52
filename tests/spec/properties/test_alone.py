"""For each property a run that nothing else objects to: no property is there for nothing."""

from collections import defaultdict
from dataclasses import replace

import pytest

from tee_rider.spec.events import ClientReply
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import ALL
from tee_rider.spec.properties.judging import OCCASIONAL


def agreement(story):
    """Tier 1: two contents at one address and one place."""
    story.vertex("B1", block=1)
    story.vertex("B1'", block=2)
    story.deliver("A", "B1")
    story.deliver("C", "B1'")
    return "A delivered B1 (seq 1); C delivered B1 (seq 1)."


def total_order(story):
    """Tier 1: two neighbours swapped."""
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    story.deliver("A", "A1 B1 C1")
    story.deliver("C", "A1 C1 B1")
    return "A delivered B1 as its 2nd vertex (seq 2); C delivered C1 as its 2nd (seq 2)."


def integrity(story):
    """Tier 1: one vertex twice, where no other replica has come yet."""
    story.vertex("A1")
    story.deliver("A", "A1")
    story.deliver("C", "A1 A1")
    return "C delivered A1 (seq 2), a second time."


def validity(story):
    """C1 reaches A after A2 is made; A3 names only what is made of A1 and B1."""
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    for replica in "AB":
        story.enter(replica, 1)
        story.create(f"{replica}1")
        story.take(replica, "A1 B1")
        story.vertex(f"{replica}2", "A1 B1")
        story.enter(replica, 2)
        story.create(f"{replica}2")
    story.take("A", "A2 B2 C1")
    story.vertex("A3", "A2 B2")
    story.enter("A", 3)
    story.create("A3")
    return "A made A3 (seq 16), which does not reach C1, held undelivered."


def non_equivocation(story):
    """C's vertex of round 1 says different things to A and to B."""
    story.vertex("C1", block=1)
    story.vertex("C1'", block=2)
    story.take("A", "C1")
    story.take("B", "C1'")
    return "A shows C1 (seq 1); B shows C1 (seq 1)."


def stream_order(story):
    """B never hears C2, and goes on with C3, which needs only A2 and B2."""
    for name in ("A1", "B1", "C1"):
        story.vertex(name)
    for replica in "ABC":
        story.vertex(f"{replica}2", "A1 B1 C1")
    story.vertex("C3", "A2 B2")
    story.take("A", "A1 B1 C1 A2 B2 C2 C3")
    story.take("B", "A1 B1 C1 A2 B2 C3")
    return (
        "A r_delivered C2 at C#2 as C's 2nd vertex (seq 11);"
        " B r_delivered C3 at C#3 as its 2nd (seq 11)."
    )


def well_formedness(story):
    """A vertex with one strong edge, taken up by all alike."""
    story.vertex("A1")
    story.vertex("A2", "A1")
    story.take("ABC", "A1 A2")
    return "A inserted A2 (seq 4), with 1 strong edge, where 2 are a quorum."


def causality(two_waves):
    """All deliver A2 before B1, which it names, within one leader's history."""
    for log in two_waves.logs.values():
        first = next(i for i, e in enumerate(log) if e.event == "a_deliver" and e.wave == 2)
        names = [log[first].vertex, log[first + 1].vertex, log[first + 2].vertex]
        assert [name.name for name in names] == ["B1", "C1", "A2"]
        swap(log, first, first + 2)
    return "A delivered A2 (seq 70) before B1, which it names."


def coin_agreement(story):
    """Two leaders of one wave, neither of them committed."""
    story.coin("AC", 1, "B")
    story.coin("B", 1, "C")
    return "the coin of wave 1 showed A B (seq 1); it showed B C (seq 1)."


def commit_justification(story):
    """All commit a leader as soon as one vertex of the wave's last round supports it."""
    story.rounds(1, 3)
    story.round(4, of="A")
    story.coin("ABC", 1, "A")
    story.commit("ABC", 1, "A1")
    story.deliver("ABC", "A1")
    return "A committed A1 for wave 1 (seq 30), with 1 supporter in round 4, where 2 are a quorum."


def recovery_cut(ordered):
    """C opens its second epoch one round later than the others."""
    ordered.resume("AB", "C", 5, "AB")
    ordered.resume("C", "C", 6, "AB")
    return (
        "A opened epoch 2 of C above round 5, frozen by A and B (seq 71);"
        " C opened epoch 2 of C above round 6, frozen by A and B (seq 74)."
    )


def replies(story):
    """Two replicas answer one request in different words."""
    story.log("A", ClientReply(client=7, number=1, result="x"))
    story.log("B", ClientReply(client=7, number=1, result="y"))
    return (
        "A answered request 1 of client 7 with 'x' (seq 1);"
        " B answered request 1 of client 7 with 'y' (seq 1)."
    )


def swap(log, i, j):
    """Two events of a log change places and numbers."""
    log[i], log[j] = replace(log[j], seq=log[i].seq), replace(log[i], seq=log[j].seq)


BAD = {
    "agreement": agreement,
    "total order": total_order,
    "integrity": integrity,
    "validity": validity,
    "non-equivocation": non_equivocation,
    "stream order": stream_order,
    "well-formedness": well_formedness,
    "causality": causality,
    "coin agreement": coin_agreement,
    "commit justification": commit_justification,
    "recovery cut agreement": recovery_cut,
    "replies": replies,
}


def test_every_property_is_here() -> None:
    assert set(BAD) == {property_.name for property_ in (*ALL, *OCCASIONAL)}


@pytest.fixture
def beginnings(story, two_waves, ordered):
    """What has happened before, where it is not nothing."""
    return defaultdict(lambda: story, {"causality": two_waves, "recovery cut agreement": ordered})


@pytest.mark.parametrize("name", BAD)
def test_one_property_alone_objects(name, beginnings) -> None:
    told = beginnings[name]
    expected = BAD[name](told)
    assert told.violated == [name]
    assert told.observed(name) == expected


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("seed", range(20))
def test_it_objects_however_the_logs_are_merged(name, seed, beginnings) -> None:
    told = beginnings[name]
    BAD[name](told)
    statuses = {n: said.status for n, said in told.outcomes().items()}
    assert {n: s.status for n, s in told.outcomes(told.shuffled(seed)).items()} == statuses
    assert statuses[name] is Status.VIOLATED


@pytest.mark.parametrize("name", BAD)
def test_the_witness_is_part_of_the_run_and_named_by_the_property(name, beginnings) -> None:
    told = beginnings[name]
    BAD[name](told)
    violation = told.violation(name)
    assert violation.property == name
    assert 1 <= len(violation.witness) <= 2
    assert set(violation.witness) <= set(told.events)
    assert violation.explanation.count("\n") == 1
