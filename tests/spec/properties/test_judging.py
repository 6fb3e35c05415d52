"""What is said of properties that hold, that had nothing to judge, or that could not judge."""

import gc
from dataclasses import replace

from tee_rider.spec.events import ADeliver, Restart
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import ALL, Judge
from tee_rider.spec.vertex import Vertex

NEEDS = {
    "validity": "needs create_vertex and insert_vertex events",
    "non-equivocation": "needs r_deliver events",
    "stream order": "needs r_deliver events",
    "well-formedness": "needs insert_vertex events",
    "causality": "needs insert_vertex events",
    "coin agreement": "needs release_coin events",
    "commit justification": "needs insert_vertex, release_coin and commit_leader events",
}


def only(story, *kinds: str) -> None:
    """Leave the events of these kinds."""
    for log in story.logs.values():
        log[:] = [event for event in log if event.event in kinds]


def test_a_whole_run_holds_and_nothing_is_left_out(two_waves) -> None:
    for said in two_waves.outcomes().values():
        assert (said.status, said.reason, said.violation) == (Status.HOLDS, "", None)
        assert said.judged > 0


def test_deliveries_alone_are_judged_as_far_as_they_go(two_waves) -> None:
    only(two_waves, "a_deliver")
    said = two_waves.outcomes()
    assert {name: s.reason for name, s in said.items() if s.status is Status.NOT_JUDGED} == NEEDS
    held = {name: s.reason for name, s in said.items() if s.status is Status.HOLDS}
    assert held == {
        "agreement": "not committed leaders: needs commit_leader events",
        "total order": "",
        "integrity": "not whether delivered vertices were made by their sources:"
        " needs create_vertex events",
    }


def test_nothing_happened_is_no_pass(story) -> None:
    said = story.outcomes()
    assert list(said) == [property_.name for property_ in ALL]
    assert {s.status for s in said.values()} == {Status.VACUOUS}


def test_what_may_yet_come_is_not_missing(story) -> None:
    """A run without commits is one that was too short, as long as nothing is delivered."""
    story.rounds(1, 4)
    story.coin("ABC", 1, "A")
    said = story.outcomes()
    vacuous = [name for name, s in said.items() if s.status is Status.VACUOUS]
    assert vacuous == ["agreement", "total order", "integrity", "causality", "commit justification"]


def test_a_single_replica_agrees_with_nobody(story) -> None:
    story.vertex("A1")
    story.deliver("A", "A1")
    said = story.outcomes()
    assert said["agreement"].status is Status.VACUOUS
    assert said["total order"].status is Status.VACUOUS
    assert said["integrity"].status is Status.HOLDS


def test_what_faulty_replicas_do_goes_unheard(make_story) -> None:
    story = make_story(faulty="C")
    for name in ("A1", "B1"):
        story.vertex(name)
    story.deliver("AB", "A1")
    story.deliver("C", "B1 B1")
    assert story.violated == []
    for property_ in ALL:
        fresh = property_(story.premises)
        assert all(fresh.observe(event) is None for event in story.events)


def test_a_violated_property_is_heard_once_and_the_others_go_on(story) -> None:
    for name in ("A1", "B1"):
        story.vertex(name)
    story.deliver("A", "A1 B1")
    story.deliver("B", "B1 A1 A1")
    judge = Judge(story.premises)
    found = [[v.property for v in judge.observe(event)] for event in story.events]
    assert found == [[], [], ["total order"], [], ["integrity"]]
    statuses = {said.property: said.status for said in judge.outcomes()}
    assert [name for name, s in statuses.items() if s is Status.VIOLATED] == [
        "total order",
        "integrity",
    ]
    assert statuses["agreement"] is Status.HOLDS


def test_after_a_restart_that_nobody_expected_a_replica_is_not_judged(story) -> None:
    for name in ("A1", "B1"):
        story.vertex(name)
    story.deliver("AB", "A1")
    story.log("B", Restart(epoch=2, attestation="", backup_seq=0))
    story.deliver("B", "B1 B1")
    story.deliver("A", "B1")
    judge = Judge(story.premises)
    assert [judge.observe(event) for event in story.events] == [()] * 6
    said = next(outcome for outcome in judge.outcomes() if outcome.property == "total order")
    assert (said.status, said.judged) == (Status.HOLDS, 1)
    assert said.reason == (
        "not what B did after its restart (seq 2), as it was not known beforehand that the backup"
        " of seq 0 must be kept"
    )
    for property_ in ALL:
        fresh = property_(story.premises)
        assert all(fresh.observe(event) is None for event in story.events)


def test_a_property_of_some_runs_is_asked_for_in_those_alone(two_waves, crashed) -> None:
    names = [property_.name for property_ in ALL]
    assert list(two_waves.outcomes()) == names
    assert list(crashed.outcomes()) == [*names, "recovery cut agreement"]


def test_a_property_says_as_much_alone_as_among_others(two_waves) -> None:
    log = two_waves.logs["C"]
    i = next(i for i, event in enumerate(log) if isinstance(event, ADeliver))
    log[i] = replace(log[i], vertex=two_waves.vertices["C1"].id)
    together = {name: s.violation for name, s in two_waves.outcomes().items() if s.violation}
    alone = {}
    for property_ in ALL:
        fresh = property_(two_waves.premises)
        found = next(filter(None, map(fresh.observe, two_waves.events)), None)
        if found:
            alone[property_.name] = found
    assert alone == together
    assert list(alone) == ["total order", "integrity", "causality", "commit justification"]


def kept_vertices(judge: Judge, story, waves: range) -> int:
    """How many vertices are alive after some more waves, beside the last ones of the story."""
    for wave in waves:
        first = 4 * wave - 3
        story.rounds(first, first + 3)
        story.coin("ABC", wave, "A")
        story.commit("ABC", wave, f"A{first}")
        if wave > 1:
            older = [f"{r}{n}" for n in range(first - 4, first) for r in "ABC"]
            story.deliver("ABC", " ".join([*older[1:], f"A{first}"]), wave)
        else:
            story.deliver("ABC", "A1", wave)
        for event in story.shuffled(wave):
            assert judge.observe(event) == ()
        for log in story.logs.values():
            log.clear()
        recent = {name: v for name, v in story.vertices.items() if v.round >= first}
        story.vertices = recent
    gc.collect()
    return sum(isinstance(thing, Vertex) for thing in gc.get_objects())


def test_memory_is_bounded_by_what_is_not_delivered_everywhere(story) -> None:
    judge = Judge(story.premises)
    after_five = kept_vertices(judge, story, range(1, 6))
    assert kept_vertices(judge, story, range(6, 26)) == after_five
    assert {said.status for said in judge.outcomes()} == {Status.HOLDS}
