"""What a message-level exploration covers: how many replicas and rounds, which faults, how free."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.host import Coin
from tee_rider.reference.profile import Profile, Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.identifiers import replica_name

LARGEST_BUDGET = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """The bounds of an exploration, and the liberties that the world takes within them.

    The last ``faulty`` replicas are faulty. A replica may enter round ``rounds`` + 1, since only
    that evaluates a wave that ends with ``rounds``, but its vertex there reaches nobody.

    Raises:
        UsageError: nothing could be explored, or more replicas are faulty than are tolerated.
    """

    setting: Setting
    rounds: int
    faulty: int = 0
    leaders: tuple[int, ...] = ()
    """Whom the coin may show, each in every wave; empty: anybody."""
    eager: bool = True
    """Whether replicas advance as soon as they can, or at any time after."""
    any_order: bool = False
    """Whether messages of one stream overtake each other on their way."""
    junk: int = 0
    """How many messages a faulty replica may sign that are none of the protocol."""
    reduce: bool = True
    """Whether states and orders that no property can tell apart are explored only once."""
    forks: int = 0
    """How often a faulty replica may sign a second message with one counter; a USIG forbids it."""
    common_coin: bool = True
    """Whether the coin shows everybody the same leader; a broken one may not."""
    profiles: Mapping[int, Profile] = field(default_factory=dict)
    """Replicas that follow another profile than the setting's."""

    def __post_init__(self) -> None:
        """Refuse what cannot be explored."""
        configuration = self.setting.configuration
        if self.rounds < 1:
            raise UsageError(f"rounds = {self.rounds}: at least 1 round is needed")
        if not 0 <= self.faulty <= configuration.f:
            raise UsageError(
                f"faulty = {self.faulty}: of n = {configuration.n} replicas at most"
                f" {configuration.f} may be faulty; allowed: 0 to {configuration.f}"
            )
        for name, count in (("junk", self.junk), ("forks", self.forks)):
            most = LARGEST_BUDGET if self.faulty else 0
            if not 0 <= count <= most:
                why = "" if self.faulty else ", as no replica is faulty"
                raise UsageError(f"{name} = {count}: allowed: 0 to {most}{why}")
        if not all(0 <= leader < configuration.n for leader in self.leaders):
            last = replica_name(configuration.n - 1)
            raise UsageError(f"leaders: there are only the replicas A to {last}")

    @property
    def n(self) -> int:
        """How many replicas there are."""
        return self.setting.configuration.n

    @property
    def correct(self) -> range:
        """The correct replicas."""
        return range(self.n - self.faulty)

    @property
    def faulty_replicas(self) -> range:
        """The faulty replicas."""
        return range(self.n - self.faulty, self.n)

    @property
    def coins(self) -> tuple[Coin, ...]:
        """Every coin that the waves within the bound may have."""
        waves = max(1, self.rounds // WAVE_LENGTH)
        shown = product(self.leaders or range(self.n), repeat=waves)
        return tuple(_fixed_coin(leaders) for leaders in shown)

    @property
    def cuts_off(self) -> bool:
        """Whether vertices beyond the bound reach nobody; echoes behind them would be lost."""
        return self.setting.profile.holders_before_delivery(self.setting.configuration) == 1

    @property
    def ends_suffice(self) -> bool:
        """Whether there may be one way to each end: see ``every_end``."""
        rules = self.setting.profile
        at_once = (rules.coin_release, rules.commit_evaluation) == ("round_complete", "once")
        all_comes = rules.forwards(True) and rules.forwards(False) and self.cuts_off
        any_edges = not rules.self_edge_required and self._edges <= len(self.correct)
        usual = self.eager and self.reduce and self.common_coin and not self.any_order
        return usual and at_once and all_comes and any_edges and not (self.forks or self.profiles)

    @property
    def batches(self) -> bool:
        """Whether more vertices than complete a round can enter it together.

        They wait for one older vertex, and its source's own is not among them.
        """
        return self.n > self._edges + 1

    @property
    def _edges(self) -> int:
        return self.setting.profile.edge_quorum(self.setting.configuration)

    def setting_of(self, replica: int) -> Setting:
        """The setting that a replica runs by."""
        if replica not in self.profiles:
            return self.setting
        return Setting(self.setting.configuration, self.profiles[replica])

    def options(self) -> str:
        """What a person types to explore this; rules that are replaced are left out."""
        parts = [f"--n {self.n} --rounds {self.rounds}"]
        names = ",".join(replica_name(i) for i in self.leaders)
        chosen = {
            f"--faulty {self.faulty}": self.faulty,
            f"--leader {names or 'any'}": True,
            "--free": not self.eager,
            "--any-order": self.any_order,
            f"--junk {self.junk}": self.junk,
            "--full": not self.reduce,
        }
        return " ".join([*parts, *(option for option, wanted in chosen.items() if wanted)])

    def describe(self) -> str:
        """All of it in one line."""
        rounds = "1 round" if self.rounds == 1 else f"{self.rounds} rounds"
        names = " and ".join(replica_name(i) for i in self.faulty_replicas)
        leaders = " or ".join(replica_name(i) for i in self.leaders) or "any"
        parts = [
            f"{rounds} of n={self.n}",
            f"{names} faulty" if names else "all correct",
            f"leader {leaders}",
            "each stream in order" if not self.any_order else "messages in any order",
            "advancing at once" if self.eager else "advancing at any time",
        ]
        if self.junk:
            parts.append(f"junk up to {self.junk}")
        if self.forks:
            parts.append(f"equivocations up to {self.forks}")
        if not self.common_coin:
            parts.append("no common coin")
        return ", ".join(parts)


def _fixed_coin(leaders: tuple[int, ...]) -> Coin:
    return lambda replica, wave: leaders[wave - 1]
