"""Grounds: small deterministic worlds on which rules are tried, wrong ones and the true ones."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.layers import random_run
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import Judge


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found on a ground."""

    violated: Mapping[str, tuple[str, ...]]
    """For each property that was violated, how to see it: lines for a person, the first of which
    says how soon it was seen."""


class Ground(ABC):
    """A world."""

    checker = "layers"
    """Which kind of check it is."""
    sizes: frozenset[int] = frozenset({3})
    """How many replicas there are in its worlds."""
    parts: frozenset[str] = frozenset({"wrong"})
    """Which parts of the rules it plays by, besides the text of the reference."""

    @property
    @abstractmethod
    def bound(self) -> str:
        """How far it goes."""

    @abstractmethod
    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Try the rules to the bound, or until these properties are violated.

        ``until`` may also be ``ANYTHING``; if it is empty, nothing ends the trial.
        """


ANYTHING = frozenset({"anything"})
"""Ask a ground for the first violation alone."""


def enough(until: frozenset[str], violated: Mapping[str, object]) -> bool:
    """Whether a trial has found what was asked for."""
    return bool(violated if until == ANYTHING else until and until <= violated.keys())


def search_until(until: frozenset[str]) -> frozenset[str]:
    """The same for an exploration, which ends with the first violation if nothing is named."""
    return frozenset() if until == ANYTHING else until or NEVER


@dataclass(frozen=True, slots=True)
class LayeredGround(Ground):
    """Layered runs with all replicas correct: one for each seed."""

    n: int
    waves: int
    runs: int
    first: int = 0
    """The first seed."""
    parts = frozenset({"wrong", "odd", "common_coin"})

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """So many runs of so many waves."""
        begin = f", from seed {self.first}" if self.first else ""
        return f"{self.runs} layered runs of {self.waves} waves at n={self.n}{begin}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Judge run after run."""
        violated: dict[str, tuple[str, ...]] = {}
        for seed in range(self.first, self.first + self.runs):
            for name, explanation in self._run(rules, seed).items():
                violated.setdefault(name, (f"run {seed}:", *explanation.splitlines()))
            if enough(until, violated):
                break
        return Trial(violated)

    def _run(self, rules: Rules, seed: int) -> Mapping[str, str]:
        configuration = largest_configuration(self.n)
        judge = Judge(Premises(configuration))
        recorder = Recorder(self.n, [judge.observe])
        coin = seeded_coin(seed, self.n)
        setting = Setting(configuration, rules.profile)
        shown = coin if rules.common_coin else _everybody_its_own(coin, self.n)
        random_run(setting, shown, recorder, self.waves, seed, rules.odd_profiles)
        violations = (outcome.violation for outcome in judge.outcomes())
        return {found.property: found.explanation for found in violations if found is not None}


@dataclass(frozen=True, slots=True)
class MessageGround(Ground):
    """The first states of a message-level exploration at n=3."""

    checker = "message level"
    parts = frozenset({"wrong", "odd", "common_coin", "forks"})
    states: int
    rounds: int
    faulty: int = 0
    leaders: tuple[int, ...] = ()
    any_order: bool = False
    junk: int = 0

    @property
    def bound(self) -> str:
        """So many states of an exploration."""
        scope = self.scope(Rules())
        return f"the first {self.states:,} states of {scope.describe()}"

    def scope(self, rules: Rules) -> Scope:
        """What is explored under these rules."""
        return Scope(
            setting=Setting(largest_configuration(3), rules.profile),
            rounds=self.rounds,
            faulty=self.faulty,
            leaders=self.leaders,
            any_order=self.any_order,
            junk=self.junk,
            forks=rules.forks,
            common_coin=rules.common_coin,
            profiles=rules.odd_profiles,
        )

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Explore, nearest states first."""
        report = explore(MessageLevel(self.scope(rules)), Limits(self.states), search_until(until))
        return found_in(report)


def found_in(report: Report) -> Trial:
    """What an exploration found, the length of the path first."""
    return Trial(
        {
            one.violation.property: (f"{len(one.path.steps)} steps:", *one.lines())
            for one in report.discoveries
        }
    )


NEVER = frozenset({"nothing is called this"})
"""Properties none of which will ever be violated, so that nothing ends the search early."""


def _everybody_its_own(coin: Coin, n: int) -> Coin:
    return lambda replica, wave: (coin(replica, wave) + replica) % n
