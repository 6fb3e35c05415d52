"""What the game's verb prints about one profile."""

from dataclasses import dataclass
from fractions import Fraction

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.game.attack import Attack
from tee_rider.model_check.game.exact import Starvation
from tee_rider.model_check.game.replay import Replay, prefix_lines
from tee_rider.model_check.game.rules import Watched
from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import members, replica_name

SHOWS = {
    "round_complete": "q signed vertices of round 4w",
    "next_round_quorum": "q signed vertices of round 4w + 1",
}
COUNTS = {"once": "once, when it shows", "on_arrival": "then and whenever one arrives"}


@dataclass(frozen=True, slots=True)
class Report:
    """The value of the game for a profile, and what its schedule came to."""

    setting: Setting
    starvation: Starvation
    attack: Attack
    replay: Replay | None

    @property
    def value(self) -> Fraction:
        """The worst-case probability that a wave is committed directly."""
        rules = self.starvation.rules
        return rules.probability(self.starvation.leaders.bit_count())

    @property
    def promised(self) -> Fraction:
        """What common cores promise: q/n, and no rule gives more, as f replicas can be silent."""
        rules = self.starvation.rules
        return Fraction(rules.quorum, rules.n)

    @property
    def waves(self) -> Fraction:
        """How many waves it takes to commit one directly, in the worst case and on average."""
        return 1 / self.value

    @property
    def rounds(self) -> Fraction:
        """The same in rounds, those after the wave's last one included."""
        rules = self.starvation.rules
        return self.waves * rules.wave_length + max(0, rules.shown_in - rules.wave_length)

    @property
    def exit_code(self) -> ExitCode:
        """Whether the promise holds; a replay that goes otherwise is an error of the harness."""
        if self.replay is not None and self.replay.otherwise:
            return ExitCode.HARNESS_ERROR
        return ExitCode.HOLDS if self.value >= self.promised else ExitCode.VIOLATED

    def lines(self) -> list[str]:
        """For people."""
        profile, rules = self.setting.profile, self.starvation.rules
        starved = ", ".join(replica_name(i) for i in members(self.attack.leaders))
        silent = " (they do nothing)" if self.attack.silent else ""
        self_edge = "required" if profile.self_edge_required else "not required"
        value, promised = (of(rules.n, p) for p in (self.value, self.promised))
        lines = [
            f"{profile.name}, n = {rules.n}, f = {rules.faulty}, q = {rules.quorum}:"
            f" the coin shows with {SHOWS[profile.coin_release]}; votes are counted"
            f" {COUNTS[profile.commit_evaluation]}; self-edge {self_edge}",
            f"probability that a wave is committed directly, over all schedules and faulty"
            f" replicas: {value}, by any, by all and by a given correct replica (q/n = {promised})",
            f"on average then {float(self.waves):.2f} waves, {float(self.rounds):.1f} rounds"
            " to a direct commit",
            f"starved leaders: {starved}{silent}; fixed before the coin shows:",
            *(f"  {line}" for line in prefix_lines(self.attack)),
        ]
        if self.replay is not None:
            lines += self._replay_lines(self.replay)
        if self.value < self.promised:
            lines.append(f"VIOLATED: {value} is less than q/n = {promised} (finding F1)")
        return lines

    def _replay_lines(self, replay: Replay) -> list[str]:
        shares = (
            f"{count / replay.waves:.3f} by {who}"
            for who, count in zip(
                Watched, (replay.by_any, replay.by_all, replay.by_given), strict=True
            )
        )
        lines = [
            f"replayed on the reference, {replay.waves} waves, seed {replay.seed}: committed"
            f" directly {', '.join(shares)}; exact {float(self.value):.3f}"
        ]
        if replay.otherwise:
            lines.append(f"NOT AS COMPUTED: waves {', '.join(map(str, replay.otherwise[:10]))}")
        return lines

    def as_json(self) -> dict[str, object]:
        """For machines."""
        rules = self.starvation.rules
        value = of(rules.n, self.value)
        return {
            "n": rules.n,
            "f": rules.faulty,
            "q": rules.quorum,
            "profile": self.setting.profile.name,
            "probability": {str(who): value for who in Watched},
            "promised": of(rules.n, self.promised),
            "expected_waves": float(self.waves),
            "expected_rounds": float(self.rounds),
            "starved": [replica_name(i) for i in members(self.attack.leaders)],
            "fixed": prefix_lines(self.attack),
            "layers_examined": self.starvation.examined,
            "replay": None if self.replay is None else self.replay.as_json(),
            "holds": self.exit_code == ExitCode.HOLDS,
        }


def of(n: int, probability: Fraction) -> str:
    """4/6 rather than 2/3: so many leaders of n."""
    return f"{probability * n}/{n}"
