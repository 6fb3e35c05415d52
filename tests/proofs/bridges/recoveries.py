"""Recorded executions with crashes and returns: random ones, and directed ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple
from unittest import mock

from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.replica import ReplicaState, restart, step
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.interface import Advance, Input, Output
from tee_rider.spec.opening import Opening
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import FreezeStatement, VertexId
from tests.proofs.bridges.runs import Run, Step
from tests.recovery import chaos, test_scripted
from tests.recovery.chaos import Chaos
from tests.recovery.observer import RecoveryError

Outcome = tuple[ReplicaState, tuple[Output, ...]]


class Decision(NamedTuple):
    """What the reference's rule said of one delivered freeze."""

    freeze: FreezeStatement
    said_in: VertexId
    freezer_epoch: int
    counts: bool


@dataclass(frozen=True)
class RecoveryStep(Step):
    """A step, or a return: then ``before`` is the backup."""

    decisions: tuple[Decision, ...] = ()
    returns: bool = False

    @property
    def told(self) -> str:
        """Who does what."""
        return f"{replica_name(self.replica)} returns" if self.returns else super().told


class Recorder:
    """Notes every step of every replica, and overhears what is decided about freezes."""

    def __init__(self, profile: Profile) -> None:
        """Nothing yet."""
        self.steps: list[Step] = []
        self.decisions: list[Decision] = []
        self.rule = profile.freeze_counts
        self.profile = replace(profile, freeze_counts=self.overhear)

    def overhear(
        self, freeze: FreezeStatement, target: Opening, said_in: VertexId, freezer: Opening
    ) -> bool:
        """Ask the profile's own rule."""
        counts = self.rule(freeze, target, said_in, freezer)
        self.decisions.append(Decision(freeze, said_in, freezer.epoch, counts))
        return counts

    def step(self, state: ReplicaState, input_: Input) -> Outcome:
        """A step of the reference."""
        return self._note(state, input_, step(state, input_), returns=False)

    def restart(self, backup: ReplicaState, usig: Usig) -> Outcome:
        """A return of the reference."""
        return self._note(backup, Advance(), restart(backup, usig), returns=True)

    def _note(
        self, before: ReplicaState, input_: Input, outcome: Outcome, returns: bool
    ) -> Outcome:
        decisions, self.decisions = tuple(self.decisions), []
        note = RecoveryStep(before.replica, before, input_, *outcome, decisions, returns)
        self.steps.append(note)
        return outcome

    @contextmanager
    def watching(self) -> Iterator[None]:
        """The steps that are taken meanwhile; a run that goes wrong ends there."""
        with (
            mock.patch.object(chaos, "step", self.step),
            mock.patch.object(chaos, "restart", self.restart),
            mock.patch.object(test_scripted, "step", self.step),
        ):
            try:
                yield
            except RecoveryError:
                pass


def random_run(n: int, faulty: int, seed: int, turns: int, profile: Profile = HARDENED) -> Run:
    """Random crashes and returns of correct replicas, and faulty hosts with many enclaves."""
    recorder = Recorder(profile)
    run = Chaos(recorder.profile, n, faulty, seed, crashes=3)
    with recorder.watching():
        run.run(turns)
        run.settle(limit=30)
    return Run(run.setting, tuple(run.correct), recorder.steps)


def scripted_run(n: int, profile: Profile = HARDENED) -> Run:
    """Two epochs of one replica at once, in ``tests.recovery.test_scripted``."""
    recorder = Recorder(profile)
    with recorder.watching():
        test_scripted.two_epochs_at_once(recorder.profile, n)
    setting = recorder.steps[0].before.setting
    return Run(setting, tuple(range(n - 1)), recorder.steps)
