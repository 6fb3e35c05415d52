"""Workers explore shapes as one process does, and the alarm listens to all that they visited."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.explore import Limits
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.searches.checkpoint import Checkpoint
from tee_rider.model_check.searches.crew import Crew
from tee_rider.model_check.searches.kept_classes import KeptClasses
from tee_rider.model_check.searches.ledger import Ledger
from tee_rider.model_check.searches.processes import Processes
from tee_rider.model_check.searches.shard import Make, Shard
from tee_rider.model_check.searches.sharded import explore_sharded
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.keys import Key
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.milestones import NO_OWN_EDGE
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tests.searches.test_checkpoint import rewritten
from tests.searches.worlds import Lossy, essence
from tests.shapes.conftest import with_wrong_rule
from tests.shapes.test_alarm import NO_PATH_TEST, ForgetsPaths, ForgetsTheWalk

SEARCH = "shapes"
SAME = ("layers of the deepest shape", "shapes compared by the alarm", "classes among them")


def told(report: Report) -> dict[str, Any]:
    """All that must be the same, however shapes are explored."""
    return {**essence(report), "alarm": [report.facts.get(fact) for fact in SAME]}


def alone(make: Make, samples: int = 100) -> Report:
    level = make()
    assert isinstance(level, ShapeLevel)
    return explore_shapes(level, samples)


def shared(
    make: Make,
    samples: int = 100,
    crew: Crew | None = None,
    ledger: Ledger | None = None,
    limits: Limits | None = None,
) -> Report:
    level = make()
    assert isinstance(level, ShapeLevel)
    search = partial(
        explore_sharded, make, crew or Processes(2), limits, ledger=ledger, model=level
    )
    return explore_shapes(level, samples, search=search)


@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
@pytest.mark.parametrize("level_class", [FrontierLevel, FineLevel])
def test_two_workers_and_their_alarm_tell_what_one_process_does(make_scope, profile, level_class):
    waves = 2 if level_class is FineLevel else None
    make = partial(level_class, make_scope(waves=waves, profile=profile))
    report = alone(make)
    assert report.verdict.startswith("no violation")
    assert report.facts["shapes compared by the alarm"] == 100
    assert told(shared(make)) == told(report)


def test_a_lost_worker_makes_no_difference_to_the_alarm(make_scope):
    make = partial(FineLevel, make_scope(waves=2, profile=HARDENED))
    report = shared(make, crew=Lossy(2, 1, [8, 17]))
    assert told(report) == told(alone(make))
    assert report.facts["workers lost"] == 2


def test_what_a_worker_noted_counts_though_nothing_falls_to_it(make_scope):
    shard: Shard[Any, Any] = Shard(partial(FineLevel, make_scope()), 0, 1, frozenset(), None)
    shard.send([found.definition for found in shard.begin().found])
    received = shard.receive([])
    assert (len(received.new.tags), received.reached) == (2, [])
    shard.expand(array("Q", [0, 1]))
    received = shard.receive([])
    assert (len(received.new.tags), received.reached) == (0, [NO_OWN_EDGE])


SPOILT: dict[str, Callable[[], Key]] = {
    "walk": partial(ForgetsTheWalk, True),
    "paths": partial(ForgetsPaths, True),
}


@pytest.mark.parametrize("forgotten", SPOILT)
def test_a_key_that_forgets_too_much_is_found_out(make_scope, forgotten):
    scope = make_scope(waves=2, views=True)
    make = partial(ShapeLevel, scope, SPOILT[forgotten]())
    report = shared(make, 500)
    assert "INCONCLUSIVE: ALARM: the class of a shape of" in report.verdict
    assert told(report) == told(alone(make, 500))


ODD = "another future where all that is sure to be committed is committed"


def no_path_test(make_scope) -> Make:
    return partial(FrontierLevel, make_scope(profile=with_wrong_rule(HARDENED, NO_PATH_TEST)))


def test_kinds_with_different_futures_are_an_alarm_whoever_met_them(make_scope):
    report = shared(no_path_test(make_scope), 0)
    assert ODD in report.verdict
    assert told(report) == told(alone(no_path_test(make_scope), 0))


def test_and_however_many_layers_lie_between_them(make_scope):
    make, ledger = partial(FrontierLevel, make_scope(profile=HARDENED)), Ledger()
    assert shared(make, 0, crew=Processes(1), ledger=ledger).stopped is None
    assert KeptClasses(make(), ledger).mismatched is None
    first: dict[bytes, int] = {}
    depth, at, future = next(
        (depth, at, future)
        for depth, futures in enumerate(ledger.futures)
        for at, future in futures.items()
        if first.setdefault(future.name, depth) < depth
    )
    ledger.futures[depth] = {**ledger.futures[depth], at: future._replace(follows=b"others")}
    shape = KeptClasses(make(), ledger).mismatched
    assert shape is not None
    assert shape.round == depth + 1


def test_a_search_that_is_continued_has_the_same_alarm(make_scope, tmp_path: Path):
    make = partial(FineLevel, make_scope(waves=2, profile=HARDENED))
    stopped = shared(make, ledger=Checkpoint.begin(tmp_path, SEARCH), limits=Limits(60))
    assert (stopped.stopped, "compared" in str(stopped.facts)) == (
        f"stopped after {stopped.states} states (limit 60)",
        False,
    )
    for _ in ("interrupted", "finished"):
        ledger = Checkpoint.resume(tmp_path, SEARCH)
        assert told(shared(make, crew=Processes(1), ledger=ledger)) == told(alone(make))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ([10**6, "ab", "cd"], "1000000 is not below"),
        ([0, "a", "cd"], "ValueError"),
        ([0, "ab"], "ValueError"),
        ([0, 7, "cd"], "TypeError"),
    ],
)
def test_a_future_that_is_none_is_refused(make_scope, tmp_path: Path, entry, reason):
    make = partial(FineLevel, make_scope(waves=1))
    ledger = Checkpoint.begin(tmp_path, SEARCH)
    shared(make, crew=Processes(1), ledger=ledger, limits=Limits(10))
    rewritten(tmp_path, 2, lambda body: body["futures"].__setitem__(0, entry))
    with pytest.raises(UsageError, match=rf"layer-0002\.json: .*{reason}"):
        Checkpoint.resume(tmp_path, SEARCH)


def run(command: str, exit_code: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*shlex.split(command), "--json"])
    assert result.exit_code == exit_code, result.output
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize(
    ("verb", "figures"), [("fine", (217, 560, 8)), ("frontier", (144, 502, 11))]
)
def test_the_verbs_share_and_continue_a_search(verb: str, figures, tmp_path: Path):
    verb += " --samples 30"
    stopped = run(f"{verb} --checkpoint {tmp_path} --max-states 50", exit_code=3)
    assert "no violation within the first" in stopped["verdict"]
    one, two = run(verb), run(f"{verb} --workers 2 --resume {tmp_path}")
    for name in ("states", "transitions", "depth", "verdict", "reached", "alarm", "profile"):
        assert two[name] == one[name], name
    assert (two["states"], two["transitions"], two["depth"]) == figures
    assert two["facts"]["workers"] == 2
    assert two["search"] == {
        "workers": 2,
        "ray": False,
        "checkpoint": str(tmp_path),
        "resumed": True,
    }


def test_a_killed_search_goes_on_and_tells_the_same(tmp_path: Path):
    kept = tmp_path / "kept"
    command = "fine --waves 3 --samples 20"
    arguments = [*shlex.split(command), "--workers", "2", "--checkpoint", str(kept)]
    with subprocess.Popen([sys.executable, "-m", "tee_rider.model_check", *arguments]) as process:
        deadline = time.monotonic() + 120
        while not (kept / "layer-0005.json").exists() and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert 6 <= len(list(kept.glob("layer-*.json"))) < 13
    one, two = run(command), run(f"{command} --workers 2 --resume {kept}")
    for name in ("states", "transitions", "depth", "verdict", "reached", "alarm"):
        assert two[name] == one[name], name


def test_a_search_is_continued_only_as_it_was(tmp_path: Path):
    kept = f"{tmp_path}/kept"
    run(f"fine --waves 1 --samples 1 --checkpoint {kept}")
    for command, reason in (
        (f"fine --waves 2 --resume {kept}", "allowed here: 'shape level, fine key, TEE_RIDER:"),
        (f"fine --waves 1 --late --resume {kept}", "allowed here:"),
        (f"fine --waves 1 --profile hardened --resume {kept}", "allowed here:"),
        (f"frontier --resume {kept}", "allowed here: 'shape level, frontier key"),
        (f"fine --waves 1 --checkpoint {kept}", "there is a search in it"),
        (f"frontier --resume {tmp_path}/other", "there is no search in it"),
        (f"frontier --checkpoint x --resume {kept}", "allowed: one of the two"),
        ("frontier --workers 0", "--workers"),
    ):
        result = CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "300"})
        assert result.exit_code == 2, result.output
        assert reason in " ".join(result.output.replace("│", " ").split())
        assert "Traceback" not in result.output


def test_a_worker_that_fails_is_no_verdict(monkeypatch: pytest.MonkeyPatch):
    for module in ("foreman", "sharded"):
        call = f"tee_rider.model_check.searches.{module}.Call"
        monkeypatch.setattr(call, lambda *said: ("no such call", ()))
    result = CliRunner().invoke(app, ["frontier", "--workers", "2"])
    assert result.exit_code == 4, result.output
