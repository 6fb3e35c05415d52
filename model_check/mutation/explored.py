"""Grounds that are explored to the end: shapes, the game, one return, setup, lost requests."""

from dataclasses import dataclass
from fractions import Fraction

from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.findings.shown import Verdict, play
from tee_rider.model_check.game.brute_force import BruteForce
from tee_rider.model_check.game.exact import most_starved
from tee_rider.model_check.game.rules import rules_of
from tee_rider.model_check.mutation.grounds import Ground, Trial, found_in, search_until
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.returning.collected_freezes import Rules as Collecting
from tee_rider.model_check.returning.collected_freezes import explore_setting
from tee_rider.model_check.returning.moments import Returning
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.world.early_coin import JUNK, early_coins
from tee_rider.model_check.world.lost_requests import losses
from tee_rider.model_check.world.setup_mutants import try_lies
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration

DIRECT = "direct commits with probability q/n"
EARLY = "no coin before its round is complete"
ANSWER = "a request that is delivered can be answered"
AGAIN = "a request can be answered again"
MOST_STATES = 20_000


@dataclass(frozen=True, slots=True)
class ShapeGround(Ground):
    """All shapes of some waves, or the frontier: any number of them."""

    n: int
    waves: int | None
    base: Profile = TEE_RIDER

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def checker(self) -> str:  # type: ignore[override]
        """Fine shapes or the frontier."""
        return "frontier" if self.waves is None else "fine shapes"

    @property
    def bound(self) -> str:
        """Waves and replicas."""
        waves = "any number of" if self.waves is None else self.waves
        return f"{self.checker} of {waves} waves of {self.base.name} at n={self.n}, f faulty"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Explore all, or until something is violated."""
        configuration = largest_configuration(self.n)
        setting = Setting(configuration, rules.over(self.base))
        scope = ShapeScope(setting, configuration.f, self.waves)
        level = FrontierLevel(scope) if self.waves is None else FineLevel(scope)
        return found_in(explore(level, Limits(MOST_STATES), search_until(until)))


@dataclass(frozen=True, slots=True)
class GameGround(Ground):
    """The game against the coin: exactly, or by trying everything with the reference's own DAG."""

    checker = "game"

    n: int
    brute: bool = False

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """How it is solved."""
        how = "everything tried" if self.brute else "solved exactly"
        return f"game against the coin of HARDENED at n={self.n}, f faulty, {how}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """The worst scheduler may keep at most n - q leaders from a direct commit."""
        configuration = largest_configuration(self.n)
        setting = Setting(configuration, rules.over(HARDENED))
        if self.brute:
            late = setting.profile.coin_release == "next_round_quorum"
            game = BruteForce(
                setting,
                configuration.f,
                shown_in=WAVE_LENGTH + late,
                proof=configuration.quorum_size,
                on_arrival=setting.profile.commit_evaluation == "on_arrival",
                own_edges=True,
                fewest_edges=True,
            )
            starved = game.most_starved()[0]
        else:
            starved = most_starved(rules_of(setting)).leaders.bit_count()
        value = Fraction(self.n - starved, self.n)
        if value >= Fraction(configuration.quorum_size, self.n):
            return Trial({})
        told = f"{starved} of {self.n} leaders can be starved"
        return Trial({DIRECT: (f"value {self.n - starved}/{self.n}:", told)})


@dataclass(frozen=True, slots=True)
class ReturnGround(Ground):
    """One crash and return at n=3, in every order, as far as the states go."""

    checker = "one return"
    parts = frozenset({"wrong", "new_epoch"})

    early: int
    rounds: int
    states: int

    @property
    def bound(self) -> str:
        """Rounds and states."""
        return (
            f"the first {self.states:,} states of one crash in {self.early} rounds and return,"
            f" {self.rounds} rounds of HARDENED at n=3"
        )

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Explore, nearest states first."""
        setting = Setting(largest_configuration(3), rules.over(HARDENED))
        leaders = (0,) * max(2, self.rounds // WAVE_LENGTH)
        scope = Returning(setting, self.early, self.rounds, leaders, rules.new_epoch)
        return found_in(explore(OneReturn(scope), Limits(self.states), search_until(until)))


@dataclass(frozen=True, slots=True)
class CollectedGround(Ground):
    """The first design of recovery, in which the target collects r freezes; all of it at n=3."""

    checker = "collected freezes"
    parts = frozenset({"holders_and_freezes"})

    @property
    def bound(self) -> str:
        """One crash and two rounds."""
        return "collected freezes: one crash and return at n=3, two rounds, everything"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Explore everything."""
        return found_in(explore_setting(Collecting(3, *rules.holders_and_freezes)))


@dataclass(frozen=True, slots=True)
class SetupGround(Ground):
    """Every lie of one faulty host during setup."""

    checker = "setup"
    parts = frozenset({"wrong", "platform", "setup"})

    n: int

    @property
    def bound(self) -> str:
        """All choices of one host."""
        return f"every lie of one faulty host in setup at n={self.n}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Try them all."""
        setting = Setting(largest_configuration(self.n), rules.over(HARDENED))
        found = try_lies(setting, 0, rules.platform, rules.setup)
        return Trial(
            {
                name: (f"{len(path)} phases:", *(str(sorted(said)) for said in path))
                for name, path in found.violated.items()
            }
        )


@dataclass(frozen=True, slots=True)
class RequestsGround(Ground):
    """All that can happen to two requests of one client at one service."""

    checker = "lost requests"
    parts = frozenset({"service"})
    sizes = frozenset()

    @property
    def bound(self) -> str:
        """Every situation."""
        return "every situation of two requests of one client"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Visit them all."""
        found = losses(rules.service)
        named = {ANSWER: found.unanswered, AGAIN: found.unrepeated}
        return Trial(
            {
                name: (f"{len(loss.after)} moves:", *loss.after, repr(loss.request.operation))
                for name, loss in named.items()
                if loss is not None
            }
        )


@dataclass(frozen=True, slots=True)
class EarlyCoinGround(Ground):
    """Every kind of junk that faulty hosts may show their enclaves instead of vertices."""

    checker = "early coin"
    sizes = frozenset({3, 5})

    @property
    def bound(self) -> str:
        """Both profiles and two sizes."""
        return f"{len(JUNK)} kinds of junk shown to an enclave, TEE_RIDER and HARDENED, n=3 and 5"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """With none of them may they see a leader too early."""
        for base in (TEE_RIDER, HARDENED):
            for n in (3, 5):
                if kinds := early_coins(rules.over(base), n):
                    told = f"{base.name}, n={n}: with {', '.join(kinds)}"
                    return Trial({EARLY: ("wave 1:", told)})
        return Trial({})


@dataclass(frozen=True, slots=True)
class StoryGround(Ground):
    """A scenario under NxBFT's recovery, and the same under HARDENED."""

    checker = "findings"
    parts = frozenset({"nxbft"})

    finding: str

    @property
    def bound(self) -> str:
        """The scenario."""
        return f"scenario {self.finding}, as near as the rules allow"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """NxBFT's rules are a protocol of their own: they are played as they are."""
        shown = play(f"{self.finding}_{'nxbft' if rules.nxbft else 'hardened'}")
        if shown.verdict is Verdict.ABSENT:
            return Trial({})
        return Trial(
            {self.finding: (f"{len(shown.transcript)} lines:", *shown.transcript, shown.detail)}
        )
