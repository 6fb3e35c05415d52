"""Runs with crashes and restarts, and their judgement as trace files."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from tee_rider.model_check.conformance.judge import judge_trace
from tee_rider.model_check.conformance.verdict import Judgement
from tee_rider.model_check.world.backups import BackupAge
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.judgement import Status
from tee_rider.spec.trace import Header, Implementation, write_trace

Run: TypeAlias = list[AnyEvent]
Judging: TypeAlias = Callable[[Run], Judgement]
Crashes: TypeAlias = tuple[tuple[int, int], ...]
N, CORRECT, RECOVERED = 5, 4, 5
HEADER = Header(
    configuration=largest_configuration(N),
    profile="HARDENED",
    faulty=tuple(range(CORRECT, N)),
    implementation=Implementation("simulation", "1"),
)


def played(seed: int, crashes: Crashes, clients: int = 2) -> Run:
    """A run of the reference, to be spoilt."""
    return list(_played(seed, crashes, clients))


@cache
def _played(seed: int, crashes: Crashes, clients: int) -> tuple[AnyEvent, ...]:
    run: Run = []
    simulation = Simulation(
        setting=Setting(largest_configuration(N), HARDENED),
        waves=10,
        seed=seed,
        faulty=N - CORRECT,
        crashes=crashes,
        backup_age=BackupAge.RANDOM,
        clients=clients,
    )
    simulate(simulation, [run.append])
    return tuple(run)


def judging(folder: Path) -> Judging:
    """The judgement of a trace file of some events, each replica's numbered anew."""

    def judge_run(run: Run) -> Judgement:
        seen: Counter[int] = Counter()
        for i, event in enumerate(run):
            seen[event.replica] += 1
            run[i] = replace(event, seq=seen[event.replica])
        path = folder / "t.ndjson"
        with path.open("w") as stream:
            write_trace(stream, HEADER, run)
        return judge_trace(path, lambda text: None)

    return judge_run


def violated(judgement: Judgement) -> set[str]:
    """The names of what does not hold, the replay's among them."""
    return {row.name for row in judgement.rows if row.status is Status.VIOLATED}
