"""Replicas crash, return from old backups, and come along again; whoever does not is named."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.model_check.telling.played import play_and_judge
from tee_rider.model_check.world.backups import MOST_KEPT, Backup, BackupAge, Backups
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.crashes import Postponed
from tee_rider.model_check.world.network import Flight, OldestFirst
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.recovery_cost import drain, everybody_advances
from tee_rider.model_check.world.schedulers import Scheduler, make_network
from tee_rider.model_check.world.setting import make_setting
from tee_rider.model_check.world.simulate import Simulation
from tee_rider.model_check.world.system import System
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import AnyEvent, CreateVertex, Restart
from tee_rider.spec.judgement import Status

B, C = 1, 2
THREE_CRASHES = ((B, 6), (B, 20), (C, 14))


def simulation_of(profile: str = "hardened", n: int = 5, **said: object) -> Simulation:
    common = {"waves": 12, "seed": 3, "faulty": 1, "crashes": THREE_CRASHES}
    common["backup_age"] = BackupAge.RANDOM
    return Simulation(setting=make_setting(n, profile, "one"), **{**common, **said})  # type: ignore[arg-type]


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments], env={"COLUMNS": "200"})


ISSUE = "--n 5 --faulty 1 --crash B@6,C@14,B@20 --backup-age random --waves 12 --clients 4".split()


@pytest.fixture
def world() -> tuple[System, list[AnyEvent]]:
    """Three replicas that may return, and the list that their events go to."""
    events: list[AnyEvent] = []
    setting = make_setting(3, "hardened", "one")
    enclaves = [IdealUsig(i) for i in range(3)]
    recorder, network = Recorder(3, [events.append]), OldestFirst()
    return System(setting, enclaves, seeded_coin(1, 3), network, recorder, 60), events


def test_who_returns_is_what_its_backup_was_in_an_epoch_of_its_own(
    world: tuple[System, list[AnyEvent]],
) -> None:
    system, events = world
    for _ in range(3):
        everybody_advances(system)
    backup = system.back_up(B)
    everybody_advances(system)
    system.crash(B)
    lost_at = system.recorder.last_seq[B]
    everybody_advances(system)
    assert system.away == [B]
    for epoch in (2, 3):
        system.restart(B, backup)
        assert system.states[B].round == 3
        assert system.states[B].recovering
        returned = [e for e in events if isinstance(e, Restart)][-1]
        assert (returned.epoch, returned.backup_seq) == (epoch, backup.seq)
        if epoch == 2:
            assert returned.seq == lost_at + 1
            system.crash(B)
    drain(system)
    for _ in range(12):
        everybody_advances(system)
    assert system.away == []
    assert not system.states[B].recovering
    assert [system.opened[i][B] for i in range(3)] == [3, 3, 3]
    made = [e.vertex.round for e in events if isinstance(e, CreateVertex) and e.replica == B]
    assert made[:4] == [1, 2, 3, 4]
    assert min(made[4:]) > 5
    seqs = [event.seq for event in events if event.replica == B]
    assert seqs == list(range(1, len(seqs) + 1))


def test_what_is_sent_to_a_replica_that_is_down_is_lost(
    world: tuple[System, list[AnyEvent]],
) -> None:
    system, _ = world
    system.advance(0)
    system.crash(B)
    system.advance(2)
    assert [flight.receiver for flight in system.network.flights] == [1, 2, 0]  # type: ignore[attr-defined]
    system.lose(B, lambda flight: True)
    assert len(system.network) == 2


@pytest.mark.parametrize("scheduler", Scheduler)
def test_every_network_loses_exactly_what_it_is_told(scheduler: Scheduler) -> None:
    network = make_network(scheduler, Random(1), 4, 3)
    for number in range(40):
        network.put(Flight(number % 4, (number + 1) % 4, number))
    network.lose(lambda flight: flight.message % 2 == 0)
    left = set()
    while network:
        if flight := network.take():
            left.add(flight.message)
    assert left == set(range(1, 40, 2))


def test_few_backups_are_kept_the_first_and_the_newest_among_them() -> None:
    backups = Backups()
    for seq in range(1000):
        backups.take(Backup(None, seq, ()))
    seqs = [backup.seq for backup in backups.kept]
    assert len(seqs) <= MOST_KEPT
    assert seqs == sorted(seqs)
    assert (seqs[0], seqs[-1]) == (0, 999)
    assert backups.choose(BackupAge.FRESH, Random(1)).seq == 999
    chosen = {backups.choose(BackupAge.RANDOM, Random(seed)).seq for seed in range(300)}
    assert chosen == set(seqs)


def test_the_run_of_the_issue_is_told_and_traced(tmp_path: Path) -> None:
    trace = tmp_path / "t.ndjson"
    told = command("--profile", "hardened", *ISSUE, "--seed", "3", "--trace", str(trace))
    assert told.exit_code == 0, told.output
    for said in (
        "recoveries: 3 crashes, 3 returns (B 2, C 1)",
        "epochs opened: 3 of correct replicas",
        "requests of 4 clients: 40, answered once 40, more than once 0, never 0",
        "returned 2x, in epoch 3",
        "HOLDS: no violation within this run of 12 waves",
    ):
        assert said in told.output
    kinds = [json.loads(line).get("event") for line in trace.read_text().splitlines()]
    assert (kinds.count("crash"), kinds.count("restart")) == (3, 3)
    assert min(kinds.count(kind) for kind in ("freeze", "resume", "request", "reply")) > 0


def test_a_run_with_crashes_and_clients_has_the_same_bytes_whatever_the_hash_seed(
    tmp_path: Path,
) -> None:
    outputs = []
    for hash_seed in ("1", "2"):
        trace = tmp_path / f"{hash_seed}.ndjson"
        arguments = ["--profile", "hardened", *ISSUE, "--seed", "8", "--json", "--trace"]
        told = subprocess.run(
            [sys.executable, "-m", "tee_rider.model_check", "simulate", *arguments, str(trace)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        outputs.append((told.stdout, trace.read_bytes()))
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0][0])["recovery"]["restarts"] == 3


def test_a_crash_waits_until_no_more_than_f_are_away() -> None:
    """f = 2 and E is faulty, so C crashes only once B is back."""
    simulation = simulation_of(crashes=((B, 6), (C, 7)))
    played = play_and_judge(simulation)
    (postponed,) = played.postponed
    assert (postponed.replica, postponed.due) == (C, 7)
    assert postponed.came is not None
    assert postponed.came > 7
    told = command(*"--profile hardened --n 5 --faulty 1 --crash B@6,C@7 --seed 3".split()).output
    assert "crash C@7 postponed, as more than f would have been faulty or away: came in" in told


def test_a_run_goes_on_until_every_crash_has_come_and_all_are_back() -> None:
    played = play_and_judge(simulation_of(crashes=((B, 48), (C, 49)), seed=5))
    (postponed,) = played.postponed
    assert (postponed.replica, postponed.due) == (C, 49)
    assert postponed.came is not None
    assert postponed.came > 49
    assert played.more_waves > 2
    assert not played.failures


def test_a_backup_of_an_earlier_life_may_be_restored() -> None:
    """A returns from a backup that is older than one that it has returned from already."""
    used: list[int] = []

    def note(event: AnyEvent) -> None:
        if isinstance(event, Restart) and event.replica == 0:
            used.append(event.backup_seq)

    crashes = ((0, 7), (0, 7), (0, 7), (B, 9))
    simulation = simulation_of(
        n=3, faulty=0, waves=2, seed=161, crashes=crashes, scheduler=Scheduler.FIFO
    )
    played = play_and_judge(simulation, [note])
    assert len(used) == 3
    assert used != sorted(used)
    assert not played.failures
    assert {o.status for o in played.outcomes} == {Status.HOLDS}


def test_a_crash_that_never_can_come_is_left_over() -> None:
    """B's new epoch is never opened, so B is away until the end."""
    simulation = simulation_of(crashes=((B, 6), (C, 14)), waves=4)
    deaf = replace(HARDENED, freezes_needed=lambda configuration: configuration.n + 1)
    played = play_and_judge(replace(simulation, setting=replace(simulation.setting, profile=deaf)))
    assert played.postponed == (Postponed(C, 14),)
    assert played.failures == ("B is stuck: its epoch 2 is not open at A B C D",)
    assert played.more_waves == 40
    (line,) = (text for text in played.recoveries.lines(played.postponed) if "C@14" in text)
    assert line.endswith("the run ended first")


def test_a_replica_may_crash_again_while_it_recovers() -> None:
    epochs: list[int] = []

    def note(event: AnyEvent) -> None:
        if isinstance(event, Restart):
            epochs.append(event.epoch)

    opened = set()
    for seed in range(6):
        played = play_and_judge(simulation_of(crashes=((B, 6), (B, 4), (B, 5)), seed=seed), [note])
        assert not played.failures
        assert {o.status for o in played.outcomes} == {Status.HOLDS}
        opened |= {epoch for replica, epoch in played.recoveries.opened if replica == B}
    assert epochs == [2, 3, 4] * 6
    assert 4 in opened


ANY = lambda *_: True  # noqa: E731
NONE = lambda *_: False  # noqa: E731


@pytest.mark.parametrize(
    ("rules", "seeds", "expected"),
    [
        ({"has_seen_freeze": NONE}, (3, 7), {"recovery cut agreement"}),
        ({"knows_opening": ANY}, (2, 8), {"non-equivocation", "recovery cut agreement"}),
        ({"freezes_needed": lambda c: c.n - c.quorum_size}, (2, 3), {"recovery cut agreement"}),
    ],
)
def test_a_faulty_host_with_many_enclaves_breaks_a_wrong_rule(
    rules: dict[str, Callable[..., object]], seeds: tuple[int, int], expected: set[str]
) -> None:
    violated = set()
    for seed in range(*seeds):
        simulation = simulation_of(
            n=3, seed=seed, waves=8, crashes=(), scheduler=list(Scheduler)[seed % 5]
        )
        profile = replace(HARDENED, **rules)  # type: ignore[arg-type]
        wrong = replace(simulation, setting=replace(simulation.setting, profile=profile))
        outcomes = play_and_judge(wrong).outcomes
        violated |= {o.property for o in outcomes if o.status is Status.VIOLATED}
        right = play_and_judge(simulation)
        assert {o.status for o in right.outcomes} == {Status.HOLDS}
        assert not right.failures
    assert violated >= expected


def test_a_freeze_for_which_nobody_asked_is_refused() -> None:
    rejections = play_and_judge(simulation_of(seed=3)).story.rejections
    assert rejections["freeze_not_attested"] > 0
