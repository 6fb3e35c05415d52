"""What commit justification and coin agreement say, clause by clause."""

import pytest

from tee_rider.spec.judgement import Status


@pytest.fixture
def wave(story):
    """All replicas hold the whole first wave; its coin shows A."""
    story.rounds(1, 4)
    story.coin("ABC", 1, "A")
    return story


@pytest.fixture
def second_wave(make_story):
    """Two whole waves that A and B lead; all make round 5 from ``edges`` of round 4.

    In rounds 2 to 4 nobody but A builds on A1, so that its leader of wave 1 has one supporter.
    """

    def tell(edges: str):
        story = make_story()
        story.round(1)
        story.round(2, lambda replica: "A1 B1 C1" if replica == "A" else "B1 C1")
        for round_ in (3, 4):
            own = " ".join(f"{replica}{round_ - 1}" for replica in "ABC")
            others = " ".join(f"{replica}{round_ - 1}" for replica in "BC")
            story.round(round_, lambda r, own=own, others=others: own if r == "A" else others)
        story.coin("ABC", 1, "A")
        story.round(5, lambda _: edges)
        story.rounds(6, 8)
        story.coin("ABC", 2, "B")
        return story

    return tell


def objection(story):
    assert "commit justification" in story.violated
    return story.observed("commit justification")


def test_two_waves_in_step_hold(two_waves) -> None:
    said = two_waves.outcomes()
    assert {name: s.status for name, s in said.items() if s.status is not Status.HOLDS} == {}
    assert said["commit justification"].judged == 3 * (2 + 13)


def test_a_leader_is_its_waves(wave) -> None:
    wave.commit("A", 1, "B1")
    assert objection(wave) == "A committed B1 for wave 1 (seq 34), but its coin showed A1 (seq 33)."


def test_a_leader_stands_in_its_waves_first_round(wave) -> None:
    wave.commit("A", 1, "A2")
    assert objection(wave) == (
        "A committed A2 for wave 1 (seq 34), but that wave begins with round 1."
    )


def test_a_leader_is_committed_after_its_coin(wave) -> None:
    wave.rounds(5, 8)
    wave.commit("A", 2, "B5")
    assert objection(wave) == "A committed B5 for wave 2 (seq 66), before its coin showed."


def test_a_leader_is_held(story) -> None:
    story.vertex("A1")
    story.coin("A", 1, "A")
    story.commit("A", 1, "A1")
    assert objection(story) == (
        "A committed A1 for wave 1 (seq 2), without holding it undelivered."
    )


def test_a_leader_is_the_inserted_vertex(wave) -> None:
    wave.vertex("A1", block=1)
    wave.commit("A", 1, "A1")
    assert objection(wave).startswith("A committed A1 for wave 1 (seq 34), but inserted A1 (")


def test_waves_are_committed_in_order(two_waves) -> None:
    two_waves.commit("A", 1, "A1")
    assert objection(two_waves) == (
        "A committed A1 for wave 1 (seq 82), after the leader of wave 2."
    )


def test_supporters_count_where_and_when_the_commit_is(wave) -> None:
    """B and C commit with three supporters; A with what it has inserted by then."""
    wave.logs["A"] = [
        e for e in wave.logs["A"] if getattr(e, "vertex", None) != wave.vertices["B4"]
    ]
    wave.commit("ABC", 1, "A1")
    assert wave.violated == []
    wave.logs["A"] = [
        e for e in wave.logs["A"] if getattr(e, "vertex", None) != wave.vertices["C4"]
    ]
    assert "with 1 supporter in round 4, where 2 are a quorum." in objection(wave)


@pytest.mark.parametrize("edges", ["A4 B4 C4", "A4 B4"])
def test_walking_back_takes_what_the_next_leader_reaches(second_wave, edges) -> None:
    story = second_wave(edges)
    story.commit("ABC", 1, "A1", direct=False)
    story.deliver("ABC", "A1")
    story.commit("ABC", 2, "B5")
    assert "commit justification" not in story.violated


def test_walking_back_needs_a_path(second_wave) -> None:
    story = second_wave("B4 C4")
    story.commit("ABC", 1, "A1", direct=False)
    assert "commit justification" not in story.violated
    story.commit("ABC", 2, "B5")
    assert objection(story) == (
        "A committed B5 for wave 2 (seq 68), from which no strong path leads to A1,"
        " committed (seq 67) by walking back."
    )


def test_a_leader_out_of_reach_is_passed_over(second_wave) -> None:
    story = second_wave("B4 C4")
    story.commit("ABC", 2, "B5")
    assert "commit justification" not in story.violated


def test_a_leader_in_reach_is_not_passed_over(second_wave) -> None:
    story = second_wave("A4 B4 C4")
    story.commit("ABC", 2, "B5")
    assert objection(story) == (
        "A committed B5 for wave 2 (seq 67), and passed over A1, the leader of wave 1,"
        " which it reaches."
    )
    assert [e.event for e in story.violation("commit justification").witness] == [
        "release_coin",
        "commit_leader",
    ]


def test_what_is_delivered_is_of_the_leaders_history(wave) -> None:
    wave.commit("A", 1, "A1")
    wave.deliver("A", "B1")
    assert objection(wave) == (
        "A delivered B1 for wave 1 (seq 35); due was the rest of A1's history, of wave 1: A1."
    )


def test_after_the_history_nothing_is_due(wave) -> None:
    wave.commit("A", 1, "A1")
    wave.deliver("A", "A1 B1")
    assert objection(wave) == (
        "A delivered B1 for wave 1 (seq 36), which no committed leader brings."
    )


def test_a_delivery_names_its_wave(wave) -> None:
    wave.commit("A", 1, "A1")
    wave.deliver("A", "A1", wave=2)
    assert objection(wave) == (
        "A delivered A1 for wave 2 (seq 35); due was the rest of A1's history, of wave 1: A1."
    )


def test_one_history_is_whole_before_the_next_one(second_wave) -> None:
    story = second_wave("A4 B4 C4")
    story.commit("A", 1, "A1", direct=False)
    story.commit("A", 2, "B5")
    story.deliver("A", "B1", 2)
    assert objection(story) == (
        "A delivered B1 for wave 2 (seq 69); due was the rest of A1's history, of wave 1: A1."
    )


def test_many_due_vertices_are_counted(two_waves) -> None:
    for log in two_waves.logs.values():
        del log[-12:]
    two_waves.deliver("A", "A5", 2)
    assert objection(two_waves).endswith(
        "due was the rest of B5's history, of wave 2: B1, C1, A2 and 9 more."
    )


def test_who_logs_no_commits_is_not_asked_for_them(two_waves) -> None:
    two_waves.logs["A"] = [e for e in two_waves.logs["A"] if e.event != "commit_leader"]
    assert two_waves.violated == []


def test_a_delivery_before_all_commits_was_not_due(wave) -> None:
    wave.deliver("A", "A1")
    assert wave.violated == []
    wave.commit("A", 1, "A1")
    assert objection(wave) == (
        "A delivered A1 for wave 1 (seq 34), which no committed leader brings."
    )


def test_a_coin_shows_one_of_the_replicas(story) -> None:
    story.coin("A", 1, "D")
    assert story.observed("coin agreement") == (
        "the coin of wave 1 showed A the leader 3 (seq 1), but n = 3."
    )


def test_a_coin_shows_each_replica_one_leader(story) -> None:
    story.coin("A", 1, "B")
    story.coin("A", 1, "C")
    assert story.violated == ["coin agreement"]
