"""Many runs that differ in their seed alone, played on all cores, and told in one table."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

from tee_rider.model_check.console import ExitCode, Ticker
from tee_rider.model_check.telling.played import play_and_judge
from tee_rider.model_check.telling.run_report import VERDICTS
from tee_rider.model_check.world.simulate import Simulation
from tee_rider.spec.judgement import Status

SHOWN = 5
"""How many seeds are named for each thing that went wrong."""

COUNTS = (
    "crashes",
    "restarts",
    "opened",
    "postponed",
    "left_over",
    "answered_once",
    "answered_again",
    "unanswered",
)
"""What is added up over all seeds."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What came of one seed."""

    seed: int
    judged: dict[str, int]
    """For each property how often it had something to judge."""
    violated: tuple[str, ...]
    stuck: tuple[int, ...]
    crashes: int
    restarts: int
    opened: int
    """Epochs of correct replicas."""
    postponed: int
    left_over: int
    """Crashes for which the run was too short."""
    answered_once: int
    answered_again: int
    unanswered: int

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.violated or self.stuck or self.unanswered or self.answered_again)


def play_seed(simulation: Simulation) -> SeedResult:
    """Play one run.

    Raises:
        RuntimeError: the run cannot be played; names the seed.
    """
    try:
        played = play_and_judge(simulation)
    except Exception as error:
        raise RuntimeError(f"seed {simulation.seed}: {error!r}") from error
    once, again, unanswered = (0, 0, 0)
    if played.clients is not None:
        once, again, _ = played.clients.counts
        load = played.clients.load
        unanswered = load.clients * load.requests - once - again
    return SeedResult(
        seed=simulation.seed,
        judged={outcome.property: outcome.judged for outcome in played.outcomes},
        violated=tuple(o.property for o in played.outcomes if o.status is Status.VIOLATED),
        stuck=tuple(played.stuck),
        crashes=played.recoveries.crashes.total(),
        restarts=played.recoveries.restarts.total(),
        opened=played.recoveries.opened_of_correct,
        postponed=sum(crash.came is not None for crash in played.postponed),
        left_over=sum(crash.came is None for crash in played.postponed),
        answered_once=once,
        answered_again=again,
        unanswered=unanswered,
    )


def play_seeds(simulation: Simulation, count: int, tick: Ticker) -> list[SeedResult]:
    """Play the seeds from the simulation's on; the result does not depend on how many cores."""
    runs = [replace(simulation, seed=simulation.seed + i) for i in range(count)]
    results: list[SeedResult] = []
    failed = 0
    with _cores(count) as play:
        for result in play(runs):
            results.append(result)
            failed += result.failed
            tick(f"{len(results)} of {count} runs, {failed} with something wrong")
    return results


@contextmanager
def _cores(count: int) -> Iterator[Any]:
    """A way to play many runs, in the order of their seeds: on all cores where it pays."""
    cores = min(len(os.sched_getaffinity(0)), count) if hasattr(os, "sched_getaffinity") else 1
    if cores == 1 or count < 8:
        yield lambda runs: map(play_seed, runs)
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield lambda runs: pool.map(play_seed, runs, chunksize=4)


@dataclass(frozen=True, slots=True)
class ManyReport:
    """The table over all seeds."""

    results: Sequence[SeedResult]
    about: str
    command: str
    """Plays one of the runs, without its seed."""

    @property
    def exit_code(self) -> ExitCode:
        """What the command ends with."""
        if any(result.failed for result in self.results):
            return ExitCode.VIOLATED
        return ExitCode.INCONCLUSIVE if self._unjudged() else ExitCode.HOLDS

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "verdict": VERDICTS[self.exit_code],
            "exit_code": int(self.exit_code),
            "runs": len(self.results),
            "seeds": [self.results[0].seed, self.results[-1].seed],
            "violations": {name: self._seeds_of(name) for name in self._properties()},
            "stuck": {str(r.seed): list(r.stuck) for r in self.results if r.stuck},
            "unjudged": self._unjudged(),
            **self._totals(),
            "command": self.command,
        }

    def lines(self) -> Iterator[str]:
        """All of it, for a person."""
        yield self.about
        yield ""
        yield f"{'property':24}{'runs violated':>14}  seeds"
        for name in self._properties():
            seeds = self._seeds_of(name)
            yield f"{name:24}{len(seeds):14}  {_shown(seeds)}".rstrip()
        yield ""
        totals = self._totals()
        stuck = [result.seed for result in self.results if result.stuck]
        unanswered = [result.seed for result in self.results if result.unanswered]
        yield f"stuck replicas: {totals['stuck_replicas']} in {len(stuck)} runs  {_shown(stuck)}"
        yield (
            f"recoveries: {totals['crashes']} crashes, {totals['restarts']} returns,"
            f" {totals['opened']} epochs opened, {totals['postponed']} crashes postponed,"
            f" {totals['left_over']} left over at the end"
        )
        yield (
            f"requests of clients: answered once {totals['answered_once']}, more than once"
            f" {totals['answered_again']}, never {totals['unanswered']}"
            f" in {len(unanswered)} runs  {_shown(unanswered)}"
        )
        count = len(self.results)
        bound = f"{count} runs, seeds {self.results[0].seed} to {self.results[-1].seed}"
        match self.exit_code:
            case ExitCode.HOLDS:
                yield f"HOLDS: no violation and no stuck replica within {bound}"
            case ExitCode.INCONCLUSIVE:
                unjudged = ", ".join(self._unjudged())
                yield f"INCONCLUSIVE: nothing to judge in any of {bound}: {unjudged}"
            case _:
                failed = [result.seed for result in self.results if result.failed]
                yield f"VIOLATED in {len(failed)} of {bound}"
                yield f"to see one: {self.command} --seed {failed[0]}"

    def _properties(self) -> list[str]:
        """In the order in which they are judged; some have no occasion in some runs."""
        names: dict[str, None] = {}
        for result in self.results:
            names.update(dict.fromkeys(result.judged))
        return list(names)

    def _seeds_of(self, name: str) -> list[int]:
        return [result.seed for result in self.results if name in result.violated]

    def _unjudged(self) -> list[str]:
        judged = Counter[str]()
        for result in self.results:
            judged.update(result.judged)
        return [name for name in self._properties() if not judged[name]]

    def _totals(self) -> dict[str, int]:
        results = self.results
        totals = {name: sum(getattr(result, name) for result in results) for name in COUNTS}
        return {"stuck_replicas": sum(len(result.stuck) for result in results), **totals}


def _shown(seeds: Sequence[int]) -> str:
    more = " ..." if len(seeds) > SHOWN else ""
    return " ".join(map(str, seeds[:SHOWN])) + more
