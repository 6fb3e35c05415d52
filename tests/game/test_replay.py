"""The worst case is attained by the reference's replicas, wave by wave."""

from dataclasses import replace

import pytest

from tee_rider.model_check.game.attack import Attack, attack_of
from tee_rider.model_check.game.exact import most_starved
from tee_rider.model_check.game.player import Player
from tee_rider.model_check.game.replay import prefix_lines, replay, scenario
from tee_rider.model_check.game.rules import rules_of
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse
from tee_rider.model_check.world.setting import make_setting
from tee_rider.proofs_notes import lemma_05_game
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import members


def find(profile: str, n: int) -> tuple[Setting, Attack]:
    setting = make_setting(n, profile, "one")
    return setting, attack_of(most_starved(rules_of(setting)))


def committed(profile: str, n: int, waves: int) -> int:
    setting, attack = find(profile, n)
    result = replay(setting, attack, waves, seed=0)
    assert result.otherwise == ()
    assert result.by_any == result.by_all == result.by_given
    return result.by_any


@pytest.mark.parametrize(
    "profile, n, commits",
    [
        ("tee-rider", 3, 48),
        ("tee-rider", 4, 49),
        ("tee-rider", 5, 20),
        ("hardened", 3, 48),
        ("hardened", 4, 49),
        ("hardened", 5, 34),
    ],
)
def test_sixty_waves(profile: str, n: int, commits: int) -> None:
    assert committed(profile, n, 60) == commits


@pytest.mark.nightly
@pytest.mark.parametrize(
    "profile, n, commits",
    [("tee-rider", 5, 160), ("hardened", 5, 237), ("tee-rider", 6, 269), ("tee-rider", 7, 121)],
)
def test_four_hundred_waves(profile: str, n: int, commits: int) -> None:
    """2/5, 3/5, 4/6 and 2/7 of the waves, up to the luck of the coin."""
    assert committed(profile, n, 400) == commits


def test_waves_that_end_otherwise_are_named() -> None:
    setting, attack = find("tee-rider", 5)
    fewer = replace(attack, leaders=attack.leaders & 1)
    result = replay(setting, fewer, 20, seed=0)
    assert result.otherwise
    assert len(result.otherwise) + result.by_any < 20


def test_a_schedule_that_breaks_the_rules_cannot_be_played() -> None:
    """A5 sees A4 and B4; the schedule says that it does not see its own."""
    setting, attack = find("tee-rider", 5)
    row = {**attack.fixed[0], 0: 0b11110}
    with pytest.raises(AssertionError, match="A2 has edges 11111, not 11110"):
        replay(setting, replace(attack, fixed=(row, *attack.fixed[1:])), 1, seed=0)


@pytest.mark.parametrize("profile, n", [("tee-rider", 3), ("tee-rider", 5), ("hardened", 5)])
def test_a_wave_as_a_scenario(profile: str, n: int) -> None:
    setting, attack = find(profile, n)
    for leader in range(n):
        text = scenario(setting, attack, leader)
        played = Scenario(parse(text, "wave.txt"))
        played.play()
        assert played.failures == []
        assert sum("so it is" in line for line in played.transcript) == n - attack.rules.faulty
        turned = text.replace("expect not ", "expect ")
        if attack.leaders >> leader & 1:
            opposite = Scenario(parse(turned, "wave.txt"))
            opposite.play()
            assert len(opposite.failures) == n - attack.rules.faulty
        else:
            assert turned == text


def test_what_is_fixed_does_not_depend_on_the_leader() -> None:
    setting, attack = find("tee-rider", 5)
    before = {scenario(setting, attack, leader).partition("coin 1")[0] for leader in range(5)}
    assert len({text.partition("\n")[2] for text in before}) == 1


def test_the_fixed_vertices_are_told() -> None:
    _, attack = find("tee-rider", 5)
    assert prefix_lines(attack) == [
        "A2 -> A1 B1 C1; B2 -> A1 B1 C1; C2 -> B1 C1 D1; D2 -> B1 C1 D1; E2 -> B1 C1 E1",
        "A3 -> A2 B2 C2; B3 -> A2 B2 E2; C3 -> C2 D2 E2",
        "A4 -> A3 B3 C3; B4 -> A3 B3 C3; C4 -> A3 B3 C3",
    ]


def test_the_player_shows_nothing_twice() -> None:
    player = Player(make_setting(3, "tee-rider", "one"), 1, lambda replica, wave: 0)
    player.make(1, dict.fromkeys(range(3), 0))
    player.show(1, 0, 1)
    player.show(1, 0, 1)
    player.show(1, 1, 1)
    assert player.lines == ["A B advance", "C creates C1", "deliver A1 to B"]


@pytest.mark.parametrize("n, starved", [(3, 1), (4, 1), (5, 3), (6, 2), (7, 5)])
def test_the_plain_replay_of_lemma_05_agrees(n: int, starved: int) -> None:
    """Another program, which imports nothing of ours, completes the same fixed vertices."""
    _, attack = find("tee-rider", n)
    prefix = {
        (round_, i): frozenset(members(row[i]))
        for round_, row in enumerate(attack.fixed, start=2)
        for i in row
    }
    configuration = largest_configuration(n)
    game = lemma_05_game.Game(configuration, faithful=n - configuration.f)
    assert lemma_05_game.replay(game, prefix)[0] == starved
