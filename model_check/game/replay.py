"""The schedule of the worst case, played on the reference over many waves, or written as a text."""

from dataclasses import dataclass

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.game.attack import Attack
from tee_rider.model_check.game.player import Player
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import members, replica_name


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a number of waves, all of them played against the coin."""

    waves: int
    seed: int
    by_any: int
    """How many waves some correct replica committed directly."""
    by_all: int
    """How many waves all of them did."""
    by_given: int
    """How many waves A did, who is correct."""
    otherwise: tuple[int, ...]
    """Waves that did not end as their leader should: starved by all, or committed by all."""

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "waves": self.waves,
            "seed": self.seed,
            "any": self.by_any,
            "all": self.by_all,
            "given": self.by_given,
            "otherwise": list(self.otherwise),
        }


def replay(
    setting: Setting, attack: Attack, waves: int, seed: int, tick: Ticker | None = None
) -> Replay:
    """Play the schedule, wave after wave, on the reference's replicas; the coin is the seed's.

    Source: ours (model_check/game/README.md).
    """
    coin = seeded_coin(seed, setting.configuration.n)
    player = Player(setting, attack.rules.faulty, coin)
    starved: list[bool] = []
    for wave in range(1, waves + 1):
        starved.append(bool(attack.leaders >> attack.play_wave(player, wave) & 1))
        player.lines.clear()
        if tick is not None:
            tick(f"wave {wave} of {waves}")
    attack.end(player, waves)
    committed = [player.committed.get(wave, 0) for wave in range(1, waves + 1)]
    everybody = attack.rules.correct
    expected = [0 if lost else everybody for lost in starved]
    return Replay(
        waves,
        seed,
        sum(map(bool, committed)),
        committed.count(everybody),
        sum(by & 1 for by in committed),
        tuple(w for w in range(1, waves + 1) if committed[w - 1] != expected[w - 1]),
    )


def scenario(setting: Setting, attack: Attack, leader: int) -> str:
    """The first wave against one leader, as a text for ``tee-rider simulate --scenario``."""
    rules, starved = attack.rules, attack.leaders >> leader & 1
    player = Player(setting, rules.faulty, lambda replica, wave: leader)
    attack.play_wave(player, 1)
    attack.end(player, 1)
    hosts = " ".join(map(replica_name, sorted(player.hosts)))
    name = setting.profile.name.lower().replace("_", "-")
    what = "is starved" if starved else "cannot be starved"
    vertex = f"{replica_name(leader)}1"
    negated = "not " if starved else ""
    return "\n".join(
        [
            f"# The scheduler against the coin, one wave: {vertex} {what}.",
            f"replicas {rules.n}",
            f"profile {name}",
            f"faulty {hosts}",
            "",
            *player.lines,
            *(
                f"expect {negated}{replica_name(i)} commits {vertex} directly"
                for i in player.correct
            ),
            "",
        ]
    )


def prefix_lines(attack: Attack) -> list[str]:
    """What is fixed before the coin shows, a round a line."""
    lines = []
    for round_, row in enumerate(attack.fixed, start=2):
        made = (
            f"{replica_name(i)}{round_} -> "
            + " ".join(f"{replica_name(j)}{round_ - 1}" for j in members(row[i]))
            for i in sorted(row)
        )
        lines.append("; ".join(made))
    return lines
