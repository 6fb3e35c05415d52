"""Many seeds at once: the runs with crashes and clients hold, and the table says which do not."""

import json
from dataclasses import replace

import pytest

from tee_rider.model_check.telling.many_seeds import ManyReport, play_seed, play_seeds
from tee_rider.model_check.world.schedulers import Scheduler
from tests.model_check.test_crash_recovery import THREE_CRASHES, B, command, simulation_of


def test_ten_seeds_hold_and_leave_nobody_behind() -> None:
    results = [play_seed(simulation_of(seed=seed, clients=4)) for seed in range(10)]
    report = ManyReport(results, "", "")
    assert report.exit_code == 0, list(report.lines())
    told = report.as_json()
    assert (told["crashes"], told["restarts"], told["opened"]) == (30, 30, 30)
    assert (told["answered_once"], told["unanswered"], told["stuck_replicas"]) == (400, 0, 0)


@pytest.mark.nightly
def test_a_thousand_seeds_hold_and_leave_nobody_behind() -> None:
    report = ManyReport(play_seeds(simulation_of(seed=0, clients=4), 1000, lambda _: None), "", "")
    assert report.exit_code == 0, list(report.lines())
    assert report.as_json()["restarts"] > 2900


@pytest.mark.nightly
@pytest.mark.parametrize("scheduler", Scheduler)
@pytest.mark.parametrize(("n", "faulty"), [(3, 0), (4, 0), (5, 0), (5, 2), (7, 2)])
def test_every_scheduler_and_size_holds(scheduler: Scheduler, n: int, faulty: int) -> None:
    crashes = () if faulty == n // 2 else THREE_CRASHES
    simulation = simulation_of(
        n=n, seed=0, faulty=faulty, crashes=crashes, clients=2, scheduler=scheduler
    )
    report = ManyReport(play_seeds(simulation, 40, lambda _: None), "", "")
    assert report.exit_code == 0, list(report.lines())


def test_the_table_is_the_same_on_one_core_and_on_all() -> None:
    simulation = simulation_of(waves=3, crashes=((B, 6),), seed=0, n=3, faulty=0)
    together = play_seeds(simulation, 8, lambda _: None)
    assert together == [play_seed(replace(simulation, seed=seed)) for seed in range(8)]


def test_the_table_names_the_seeds_that_failed() -> None:
    arguments = "--profile nxbft --n 5 --faulty 1 --crash B@6 --waves 6 --seeds 4 --seed 0".split()
    told = command(*arguments)
    assert told.exit_code == 1
    assert "VIOLATED in" in told.output
    assert "to see one: tee-rider simulate --profile nxbft --n 5" in told.output
    told_json = json.loads(command(*arguments, "--json").output)
    assert told_json["runs"] == 4
    assert told_json["stuck_replicas"] == 0 or told_json["stuck"]
