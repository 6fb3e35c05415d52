"""Paths are replayed from their codes, told step by step, and refused with a reason."""

from collections.abc import Sequence

import pytest

from tee_rider.model_check.console import ExitCode, UsageError
from tee_rider.model_check.exploration.model import Always, Model, Path, Property, Sometimes
from tee_rider.model_check.exploration.report import Discovery, Report
from tee_rider.spec.judgement import Violation

Jugs = tuple[int, int]


class TwoJugs(Model[Jugs, str]):
    """A jug of 3 and a jug of 5 litres: the puzzle of measuring 4."""

    name = "two jugs"
    bound = "what two jugs can do"

    def initial_states(self) -> Sequence[Jugs]:
        return [(0, 0)]

    def actions(self, state: Jugs) -> Sequence[tuple[str, Jugs]]:
        small, big = state
        over, back = min(small, 5 - big), min(big, 3 - small)
        return [
            ("fill the small one", (3, big)),
            ("fill the big one", (small, 5)),
            ("empty the small one", (0, big)),
            ("empty the big one", (small, 0)),
            ("pour small into big", (small - over, big + over)),
            ("pour big into small", (small + back, big - back)),
        ]

    def properties(self) -> Sequence[Property[Jugs]]:
        return [Always("not 4", not_four), Sometimes("a full jug", lambda jugs: 5 in jugs)]

    def format_action(self, before: Jugs, action: str, after: Jugs) -> Sequence[str]:
        return [action, f"now {after[0]} and {after[1]}"]

    def format_state(self, state: Jugs) -> Sequence[str]:
        return [f"small holds {state[0]}", f"big holds {state[1]}"]


def not_four(jugs: Jugs) -> Sequence[Violation]:
    explanation = "The big jug holds 4.\nNot 4: it never does."
    return [Violation("not 4", "the puzzle", (), explanation)] if jugs[1] == 4 else []


def test_a_path_is_replayed_from_its_code() -> None:
    path = Path.replay(TwoJugs(), "0.1.5.2")
    assert path.states == ((0, 0), (0, 5), (3, 2), (0, 2))
    assert path.end == (0, 2)
    assert path.code == "0.1.5.2"
    assert path.steps[0].action == "fill the big one"


def test_a_path_is_told_step_by_step() -> None:
    assert Path.replay(TwoJugs(), "0.1.5").lines() == [
        "0. small holds 0; big holds 0",
        "1. fill the big one",
        "     now 0 and 5",
        "2. pour big into small",
        "     now 3 and 2",
    ]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1", "index 1 at the start; there are 1 initial states: 0 to 0"),
        ("0.1.6", "index 6 in step 2; there are 6 actions: 0 to 5"),
        ("0.x.1", "'x' at place 1 is no index"),
        ("0..1", "'' at place 1 is no index"),
        ("", "'' at place 0 is no index"),
        ("0.-1", "'-1' at place 1 is no index"),
        ("0.²", "'²' at place 1 is no index"),
        ("0." + "9" * 30, "is no index"),
        ("0" + ".1" * 10_000, "20001 characters; at most 10000 are allowed"),
    ],
)
def test_a_code_that_fits_no_path_is_refused(code: str, reason: str) -> None:
    with pytest.raises(UsageError, match=r"path") as refusal:
        Path.replay(TwoJugs(), code)
    assert reason in str(refusal.value)


def report(**said: object) -> Report:
    figures = {"states": 16, "transitions": 90, "depth": 6, "seconds": 0.5}
    return Report(model="m", bound="the bound", **{**figures, **said})  # type: ignore[arg-type]


def test_a_report_without_violation_names_its_bound() -> None:
    assert report().verdict == "no violation within the bound"
    assert report().exit_code == ExitCode.HOLDS
    assert report(facts={"jugs": 2}).lines() == [
        "m: the bound",
        "  16 states, 90 transitions, 6 depth, 2 jugs, 0.5 s",
        "no violation within the bound",
    ]


def test_a_vacuous_or_stopped_exploration_does_not_pass() -> None:
    vacuous = report(unreached=("a commit",))
    assert vacuous.exit_code == ExitCode.INCONCLUSIVE
    assert vacuous.verdict == "INCONCLUSIVE: never reached: a commit; the bound"
    stopped = report(stopped="stopped after 9 states")
    assert stopped.exit_code == ExitCode.INCONCLUSIVE
    assert stopped.verdict == (
        "INCONCLUSIVE: stopped after 9 states; no violation within the first 6 steps of the bound"
    )


def test_a_violation_outweighs_everything_else() -> None:
    path = Path.replay(TwoJugs(), "0.1.5.2.5.1.5")
    (violation,) = not_four(path.end)
    found = report(discoveries=(Discovery(violation, path),), unreached=("x",), stopped="stopped")
    assert found.exit_code == ExitCode.VIOLATED
    assert found.verdict == "VIOLATED: not 4, within the bound"
    assert "shortest path, 6 steps, 0.1.5.2.5.1.5:" in found.lines()
    assert found.as_json()["violations"][0]["path"] == "0.1.5.2.5.1.5"
