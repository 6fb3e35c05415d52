"""Message-level explorations: how much there is, that nothing is violated, and that it repeats."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.console import ExitCode, UsageError
from tee_rider.model_check.exploration import message_level, message_properties
from tee_rider.model_check.exploration.every_end import EveryEnd
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.reference.profile import Setting

SettingOf = Callable[[int], Setting]
ALL_JUDGED = {
    f"{name} was judged"
    for name in (
        "agreement",
        "total order",
        "integrity",
        "validity",
        "non-equivocation",
        "stream order",
        "well-formedness",
        "causality",
        "coin agreement",
        "commit justification",
    )
}


def explored(setting_of: SettingOf, n: int = 3, **said: Any) -> Report:
    return explore(MessageLevel(Scope(setting_of(n), **said)))


# n and scope; states, transitions, depth, local states, messages.
COUNTS: list[tuple[int, dict[str, Any], tuple[int, int, int, int, int]]] = [
    (3, {"rounds": 1}, (32, 48, 6, 12, 3)),
    (3, {"rounds": 2}, (1_257, 2_622, 12, 75, 9)),
    (3, {"rounds": 3}, (29_630, 68_820, 18, 951, 39)),
    (3, {"rounds": 2, "faulty": 1}, (455, 947, 8, 84, 12)),
    (3, {"rounds": 2, "faulty": 1, "junk": 1}, (2_116, 4_481, 10, 300, 20)),
    (3, {"rounds": 3, "faulty": 1}, (12_937, 28_500, 12, 1_732, 86)),
    (3, {"rounds": 2, "eager": False}, (19_572, 57_450, 21, 411, 12)),
    (3, {"rounds": 2, "eager": False, "faulty": 1}, (3_004, 8_092, 14, 348, 14)),
    (3, {"rounds": 2, "any_order": True}, (3_889, 10_974, 12, 135, 9)),
    (
        3,
        {"rounds": 2, "any_order": True, "faulty": 1, "junk": 1},
        (16_165, 59_731, 13, 804, 20),
    ),
    (
        3,
        {"rounds": 2, "any_order": True, "eager": False, "faulty": 1},
        (6_084, 19_449, 16, 540, 14),
    ),
    (4, {"rounds": 1}, (2_125, 6_000, 12, 32, 4)),
    (4, {"rounds": 1, "faulty": 1}, (411, 1_119, 9, 24, 4)),
    (5, {"rounds": 1, "faulty": 2}, (1_736, 4_247, 12, 48, 5)),
]


@pytest.mark.parametrize(("n", "said", "counts"), COUNTS, ids=lambda said: str(said))
def test_nothing_is_violated_and_the_counts_are_known(
    n: int, said: dict[str, Any], counts: tuple[int, ...], setting_of: SettingOf
) -> None:
    report = explored(setting_of, n, **said)
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    facts = report.facts
    assert counts == (
        report.states,
        report.transitions,
        report.depth,
        facts["local states"],
        facts["messages"],
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EveryEnd, {"rounds": 2, "faulty": 1, "junk": 1}),
        (MessageLevel, {"rounds": 2, "faulty": 1, "junk": 1}),
        (MessageLevel, {"rounds": 2, "faulty": 1, "junk": 1, "reduce": False}),
        (MessageLevel, {"rounds": 1, "faulty": 1, "junk": 1, "eager": False, "any_order": True}),
        (MessageLevel, {"rounds": 2, "eager": False}),
    ],
    ids=str,
)
def test_every_way_to_a_state_is_as_long(
    kind: type[MessageLevel], said: dict[str, Any], setting_of: SettingOf
) -> None:
    scope = Scope(setting_of(3), **said)
    model = kind(scope)
    layer, found = set(model.initial_states()), set[tuple[int, ...]]()
    while layer:
        assert found.isdisjoint(layer)
        found |= layer
        layer = {after for state in layer for _, after in model.actions(state)}
    assert model.in_layers
    assert len(found) == explore(kind(scope)).states


def test_what_is_forgotten_is_found_again(
    monkeypatch: pytest.MonkeyPatch, setting_of: SettingOf
) -> None:
    said = {"rounds": 3, "faulty": 1}
    expected = explored(setting_of, **said)
    monkeypatch.setattr(message_properties, "MOST_PAIRS", 50)
    monkeypatch.setattr(message_level, "MOST_KNOWN", 50)
    found = explored(setting_of, **said)
    assert replace(found, seconds=0) == replace(expected, seconds=0)


def test_a_whole_wave_with_all_correct(setting_of: SettingOf) -> None:
    report = explored(setting_of, rounds=4, leaders=(0,))
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    assert (report.states, report.transitions, report.depth) == (579_432, 1_372_974, 24)
    assert report.facts == {"local states": 16_029, "messages": 387}
    assert report.reached.keys() == ALL_JUDGED | {
        "everything has arrived",
        "a leader is committed directly",
        "a wave ends and its leader is not committed",
        "a vertex with a weak edge is inserted",
        "every correct replica has delivered",
    }


def test_a_whole_wave_with_one_faulty_replica_whom_the_coin_shows(setting_of: SettingOf) -> None:
    report = explored(setting_of, rounds=4, faulty=1, leaders=(2,))
    assert report.exit_code == ExitCode.HOLDS, report.verdict
    assert (report.states, report.transitions, report.depth) == (348_235, 766_639, 16)
    assert report.reached.keys() == ALL_JUDGED | {
        "everything has arrived",
        "a leader is committed directly",
        "a wave ends and its leader is not committed",
        "a vertex with a weak edge is inserted",
        "a vertex without an edge to its own predecessor is inserted",
        "every correct replica has delivered",
    }


@pytest.mark.nightly
@pytest.mark.parametrize(
    "said",
    [
        {"rounds": 4, "faulty": 1, "leaders": (0, 2)},
        {"rounds": 4},
        {"rounds": 3, "eager": False},
        {"rounds": 3, "any_order": True, "faulty": 1},
        {"rounds": 3, "faulty": 1, "junk": 2},
    ],
    ids=str,
)
def test_larger_bounds(said: dict[str, Any], setting_of: SettingOf) -> None:
    report = explored(setting_of, **said)
    assert report.exit_code == ExitCode.HOLDS, report.verdict


def test_junk_must_be_rejected_and_something_inserted_behind_it(setting_of: SettingOf) -> None:
    reached = explored(setting_of, rounds=2, faulty=1, junk=1).reached
    assert "a message is rejected" in reached
    assert "a vertex is inserted whose source signed a rejected message before" in reached


def test_a_path_replays_in_a_fresh_model(setting_of: SettingOf) -> None:
    def fresh() -> MessageLevel:
        return MessageLevel(Scope(setting_of(3), rounds=2, faulty=1, junk=1))

    used = fresh()
    explore(used)
    code = "0.3.4.0.3.1.0.0.0.0.0"
    assert Path.replay(used, code).lines() == Path.replay(fresh(), code).lines()


def test_a_path_is_told_by_names(setting_of: SettingOf) -> None:
    model = MessageLevel(Scope(setting_of(3), rounds=2, faulty=1, junk=1, eager=False))
    assert Path.replay(model, "0.4.2.0.0.4").lines() == [
        "0. A in round 0; B in round 0; C has signed 0 messages",
        "1. C signs C#1 (junk) and sends it to A",
        "     A rejects C#1: not_understood",
        "2. B advances",
        "     B enters round 1 and creates B1",
        "3. A receives B1",
        "     A inserts B1",
        "4. A advances",
        "     A enters round 1 and creates A1",
        "5. C signs C2 {A1 B1} and sends it to A",
        "     A inserts C2",
    ]


def test_without_reduction_a_faulty_replica_signs_first_and_sends_later(
    setting_of: SettingOf,
) -> None:
    model = MessageLevel(Scope(setting_of(3), rounds=2, faulty=1, reduce=False))
    lines = Path.replay(model, "0.2.1").lines()
    assert lines[1:3] == ["1. C signs C1", "2. A receives C1"]


HASH_SEEDS = """
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
model = MessageLevel(Scope(Setting(largest_configuration(3), TEE_RIDER), 2, 1, junk=1))
report = explore(model)
print(report.states, report.transitions, report.reached, report.facts)
print(Path.replay(model, "0.3.4.0.3.1.0.0.0.0.0").lines())
"""


def test_the_same_exploration_under_any_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", HASH_SEEDS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"rounds": 0}, "at least 1 round is needed"),
        ({"rounds": 2, "faulty": 2}, "of n = 3 replicas at most 1 may be faulty"),
        ({"rounds": 2, "faulty": -1}, "of n = 3 replicas at most 1 may be faulty"),
        ({"rounds": 2, "leaders": (3,)}, "there are only the replicas A to C"),
    ],
)
def test_what_cannot_be_explored_is_refused(
    said: dict[str, Any], reason: str, setting_of: SettingOf
) -> None:
    with pytest.raises(UsageError, match=reason):
        Scope(setting_of(3), **said)
