"""Models that every process can make, crews that lose workers, and what two reports share."""

import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import Any

from tee_rider.model_check.exploration.every_end import EveryEnd
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Always, Model, Property, Sometimes
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.searches.crew import Call
from tee_rider.model_check.searches.processes import Processes
from tee_rider.model_check.searches.shard import Make
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.judgement import Violation

Place = tuple[int, int]


class Grid(Model[Place, str]):
    """A walk to the right and up; where ``bad`` says so, a property is violated."""

    name = "grid"

    def __init__(self, size: int, bad: tuple[tuple[str, Place], ...] = (), starts: int = 1) -> None:
        self.size, self.bad, self.starts = size, bad, starts
        self.bound = f"a square of {size}"

    def initial_states(self) -> Sequence[Place]:
        return [(place, 0) for place in (*range(self.starts), 0)]

    def actions(self, state: Place) -> Sequence[tuple[str, Place]]:
        right, up = state
        return [
            ("right", (right + 1, up)),
            ("right again", (right + 1, up)),
            ("up", (right, up + 1)),
        ]

    def within_bound(self, state: Place) -> bool:
        return sum(state) < self.size

    def properties(self) -> Sequence[Property[Place]]:
        return [
            Always("fine", self._violations),
            Sometimes("far", lambda state: sum(state) == self.size),
            Sometimes("the moon", lambda state: state == (-1, 0)),
        ]

    def _violations(self, state: Place) -> list[Violation]:
        return [Violation(name, "the test", (), "bad") for name, at in self.bad if at == state]

    def format_action(self, before: Place, action: str, after: Place) -> Sequence[str]:
        return [action]

    def format_state(self, state: Place) -> Sequence[str]:
        return [str(state)]


def messages(mutant: str = "", **said: Any) -> Make:
    """Makes a message level of three replicas."""
    setting = Setting(largest_configuration(3), TEE_RIDER)
    if mutant:
        rules = find(mutant).rules
        said |= {"forks": rules.forks, "common_coin": rules.common_coin}
        said["profiles"] = rules.odd_profiles
        setting = Setting(setting.configuration, rules.profile)
    return partial(MessageLevel, Scope(setting, **{"leaders": (0,), **said}))


def ends(**said: Any) -> Make:
    """Makes a message level of three replicas, one way to each end."""
    setting = Setting(largest_configuration(3), TEE_RIDER)
    return partial(EveryEnd, Scope(setting, **said))


def essence(report: Report) -> dict[str, Any]:
    """All that must be the same however a search is run."""
    return {
        **{name: report.as_json()[name] for name in ("states", "transitions", "depth", "verdict")},
        "violations": report.as_json()["violations"],
        "reached": dict(report.reached),
        "unreached": report.unreached,
    }


class Lossy(Processes):
    """Loses a worker at some calls: before it hears of them, or while it is at work."""

    def __init__(self, size: int, worker: int, calls: Sequence[int], before: bool = True) -> None:
        super().__init__(size)
        self.worker, self.calls, self.before = worker, calls, before
        self.asked = 0

    def ask(self, worker: int, call: Call) -> None:
        if worker != self.worker:
            return super().ask(worker, call)
        self.asked += 1
        if self.asked not in self.calls:
            return super().ask(worker, call)
        if self.before:
            self._kill()
        super().ask(worker, call)
        if not self.before:
            self._kill()
        return None

    def _kill(self) -> None:
        os.kill(self.process_of(self.worker), signal.SIGKILL)
