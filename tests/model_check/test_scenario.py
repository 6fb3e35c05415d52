"""Scenarios are played to the letter, and say where they are wrong."""

from pathlib import Path

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import ACTIONS, FACTS, SETUP, parse, read_scenario

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*.txt"))

WAVE = """\
replicas 3
coin 1 = B
everybody advances
everything is delivered
everybody advances
everything is delivered
everybody advances
everything is delivered
everybody advances
everything is delivered
A advances
"""
CRASHED = "replicas 3\nprofile hardened\nA advances\nB crashes\n"
NXBFT = "replicas 3\nprofile nxbft\nfaulty C\n"


def play(text: str) -> Scenario:
    scenario = Scenario(parse(text, "s.txt"))
    scenario.play()
    return scenario


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario_files_hold(file: Path) -> None:
    scenario = Scenario(read_scenario(file))
    scenario.play()
    assert scenario.failures == []
    assert sum("so it is" in line for line in scenario.transcript) >= 2


def test_there_are_scenarios_for_all_that_is_remarkable() -> None:
    assert [file.stem for file in SCENARIOS] == [
        "crash",
        "first_commit",
        "junk_in_a_slot",
        "second_vertex",
        "selective_sending",
        "too_early",
        "walk_back",
        "weak_edge",
    ]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_expectation_of_a_file_can_fail(file: Path) -> None:
    """Turn each expectation around, one at a time: exactly that one fails."""
    lines = file.read_text().splitlines()
    expectations = [i for i, line in enumerate(lines) if line.startswith("expect ")]
    for i in expectations:
        turned = lines.copy()
        fact = turned[i].removeprefix("expect ")
        turned[i] = (
            f"expect {fact.removeprefix('not ')}" if "not " in fact else f"expect not {fact}"
        )
        scenario = play("\n".join(turned))
        assert len(scenario.failures) == 1
        assert scenario.failures[0].startswith(f"s.txt:{i + 1}: ")


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_transcript_is_a_scenario_that_holds(file: Path) -> None:
    scenario = Scenario(read_scenario(file))
    scenario.play()
    again = play("\n".join(scenario.transcript))
    assert again.failures == []
    assert again.transcript == scenario.transcript


def test_narration_is_compared_word_for_word() -> None:
    told = "replicas 3\nA advances\n| A enters round 1 and creates A1\n"
    assert play(told).failures == []
    assert play(told.replace("creates A1", "creates A2")).failures == [
        "s.txt:2: 'A advances' fails: what happens is: A enters round 1 and creates A1"
    ]
    assert play(told + "| A delivers A1\n").failures != []


@pytest.mark.parametrize(
    ("expectation", "instead"),
    [
        ("A delivers B2", "A has delivered B1"),
        ("A delivers B1 A1", "A has delivered B1"),
        ("B delivers B1", "B has delivered nothing"),
        ("A commits B1 by walking back", "A has committed B1 directly"),
        ("A commits C1", "A has committed B1 directly"),
        ("A holds A5 B5", "A holds A1, B1, C1, A2, B2, C2, A3, B3, C3, A4, B4, C4, A5"),
        ("A rejects B#1", "A has rejected nothing"),
        ("A refuses round_incomplete", "A has refused nothing"),
        ("A is in round 4", "A is in round 5"),
        ("A5 has edges ~B1", "A5 has edges A4 B4 C4"),
        ("A6 has edges B5", "nobody has made or inserted A6"),
    ],
)
def test_a_failing_expectation_says_what_is_so_instead(expectation: str, instead: str) -> None:
    failures = play(WAVE + f"expect {expectation}").failures
    assert failures == [f"s.txt:12: 'expect {expectation}' fails: {instead}"]
    assert play(WAVE + f"expect not {expectation}").failures == []


@pytest.mark.parametrize(
    "expectation",
    ["A delivers B1", "A commits B1", "A commits B1 directly", "A holds A5 C4", "A is in round 5"],
)
def test_an_expectation_that_is_so(expectation: str) -> None:
    assert play(WAVE + f"expect {expectation}").failures == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a scenario begins with a line like 'replicas 4'"),
        ("replicas 2", "at least 3 replicas"),
        ("replicas 200", "at most 100 replicas"),
        ("replicas 3\nreplicas 4", "s.txt:2: 'replicas 4' is said twice"),
        ("replicas 3\nA advances\nfaulty C", "s.txt:3: 'faulty C' stands before all actions"),
        ("replicas 3\nfaulty B C", "at most 1 of the replicas A to C"),
        ("replicas 3\nfaulty D", "at most 1 of the replicas A to C"),
        ("replicas 3\nprofile pbft", "profile 'pbft' is not known; allowed: tee-rider"),
        ("replicas 3\nA jumps", "s.txt:2: 'A jumps' is not understood; lines are like"),
        ("replicas 3\nexpect A jumps", "s.txt:2: 'expect A jumps' is not understood"),
        ("replicas 3\n| A advances", "s.txt:2: a line with '|' says what an action does"),
        ("replicas 3\nD advances", "s.txt:2: 'D advances': there is no D: replicas are A to C"),
        ("replicas 3\nexpect D is in round 1", "there is no D: replicas are A to C"),
        ("replicas 3\nA -> B", "a message of A is not in flight to B; in flight to it: nothing"),
        (
            "replicas 3\nA advances\ndeliver A2 to B",
            "s.txt:3: 'deliver A2 to B': A2 is not in flight to B; in flight to it: A1",
        ),
        (
            "replicas 3\nA advances\ndeliver A1 to B via C",
            "A1 via C is not in flight to B; in flight to it: A1",
        ),
        ("replicas 3\nmutant own coin", "s.txt:2: 'mutant own coin': this is played by the true"),
        ("replicas 3\ncoin 1 = A for A B", "the coin shows all the same: without 'for', or by"),
        (
            "replicas 3\ncoin 1 = A\ncoin 1 = B",
            "s.txt:3: 'coin 1 = B': the coin of wave 1 is known",
        ),
        (
            "replicas 3\nfaulty C\nC creates C1\nC creates C1' saying x",
            "C1' is a second vertex with one counter, which a USIG refuses: 0 can be signed",
        ),
        (
            "replicas 3\nA advances\nexpect totality holds",
            "totality is about what never comes: write 'everything is delivered among A B C'",
        ),
        ("replicas 3\nA signs junk", "A is correct: let it advance, or write 'faulty A' on top"),
        ("replicas 3\nfaulty C\nC advances", "C is faulty: it creates, signs and sends"),
        ("replicas 3\nA crashes\nA advances", "A has crashed"),
        ("replicas 3\nA crashes\nB crashes", "no more than f = 1 replicas can be faulty or"),
        ("replicas 3\nfaulty C\nC creates C2 on A1", "C has not heard of A1"),
        ("replicas 3\nfaulty C\nC creates A1", "C cannot create A1: it is another's"),
        ("replicas 3\nfaulty C\nC creates C1\nC creates C3 on C1", "write ~C1 for a weak edge"),
        ("replicas 3\nfaulty C\nC sends A1 to B", "C has no message A1 that it could send"),
        ("replicas 3\ncoin 1 = A\ncoin 1 = B", "the coin of wave 1 is known already"),
        ("replicas 3\nB returns", "B has not crashed"),
        ("replicas 3\nB crashes\nB returns", "nobody returns in TEE_RIDER"),
        (CRASHED + "B returns", "B has 0 backups: write 'B backs up' before"),
        (CRASHED.replace("A", "B", 1) + "B returns from backup 2", "B has 0 backups"),
        ("replicas 3\neverything from B is lost", "B has not crashed"),
        ("replicas 3\nfaulty C\nC proposes nothing for C in epoch 2 to A", "write 'profile nxbft'"),
        (NXBFT + "C proposes C#1 for C in epoch 2 to A", "C has no message C#1 that it could send"),
        (
            "replicas 3\nprofile hardened\nfaulty C\nC creates C1 in epoch 2\nC asks for epoch 2",
            "a request is the first message of its epoch, not C#2.2",
        ),
        ("replicas 3\nprofile nxbft\nholders quorum", "'holders quorum' has no meaning in profile"),
        (
            "replicas 3\nexpect sanity holds",
            "there is no property 'sanity'; there are: any property",
        ),
        (
            "replicas 3\nexpect A never leaves round 2, though others may reach 2",
            "others must be allowed to go beyond round 2",
        ),
        (
            "replicas 3\nexpect A comes to round 5 in any case",
            "asks for the coin of wave 1, of which nothing is said",
        ),
        (WAVE.replace("coin 1 = B", ""), "asks for the coin of wave 1, of which nothing is said"),
    ],
)
def test_what_cannot_be_is_an_error_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        play(text)
    assert said in str(error.value)


def test_an_error_shows_an_example_of_everything_that_is_allowed() -> None:
    with pytest.raises(UsageError) as error:
        parse("replicas 3\nA jumps", "s.txt")
    for _, example in (SETUP | ACTIONS).values():
        assert f"\n  {example}" in str(error.value)
        parse(example, "s.txt")
    for _, example in FACTS.values():
        (fact,) = parse(f"expect not {example}", "s.txt")
        assert fact.negated


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    with pytest.raises(UsageError, match=r"bad\.txt: cannot be read: No such file"):
        read_scenario(file)
    file.write_bytes(b"replicas 3\n\xff\xfe")
    with pytest.raises(UsageError, match=r"bad\.txt:2: not UTF-8 text"):
        read_scenario(file)
    file.write_text("#" * 2**20 + "\n")
    with pytest.raises(UsageError, match="more than 1048576 bytes"):
        read_scenario(file)
    file.write_text("\n" * 10_001)
    with pytest.raises(UsageError, match="10001 lines, at most 10000 are allowed"):
        read_scenario(file)
    file.write_text("replicas " + "9" * 5000)
    with pytest.raises(UsageError, match=r"bad\.txt:1: 'replicas 999") as error:
        read_scenario(file)
    assert len(str(error.value)) < 1000


def test_a_faulty_host_sends_on_what_it_has_heard() -> None:
    scenario = play(
        "replicas 3\nfaulty C\nA advances\nA -> C\nC sends A1 to B\ndeliver A1 to B via C\n"
        "| B inserts A1"
    )
    assert scenario.failures == []


def test_a_replica_crashes_and_returns_from_a_backup_of_its_own() -> None:
    scenario = play(
        "replicas 3\nprofile hardened\ncoin 1 = A\nC backs up\n| this is backup 1 of C\n"
        "everybody advances\neverything is delivered\nC backs up\n| this is backup 2 of C\n"
        "everybody advances\nC crashes\neverything from C is lost\neverything to C is lost\n"
        "C returns from backup 2\n| C returns in epoch 2\nexpect C is in round 1\n"
        "expect not A holds C2\neverything is delivered\nexpect C holds A2 B2\nC catches up\n"
        "| C enters round 2\nexpect C is in round 2\nexpect not any property is violated\n"
    )
    assert scenario.failures == []


def test_what_can_still_happen_is_searched() -> None:
    stuck = (
        "replicas 3\nfaulty C\nA advances\nexpect A never leaves round 1, though others may reach 3"
    )
    (failure,) = play(stuck).failures
    assert failure.endswith("rounds up to 3, 36 local states, 6 messages: A comes to round 3")
    comes = "replicas 3\nfaulty C\nexpect A comes to round 3 in any case"
    assert play(comes).failures == []


def test_holders_and_profile_can_be_said() -> None:
    scenario = play(
        "replicas 5\nprofile tee-rider\nholders quorum\nA advances\nA -> B C\n| nothing happens\n"
        "C -> B\n| B inserts A1\nC -> A\n| nothing happens\nB -> A\n| A inserts A1\n"
    )
    assert scenario.failures == []
