"""The schedule that attains the worst case, wave after wave."""

from collections.abc import Iterator
from dataclasses import dataclass

from tee_rider.model_check.game.exact import Starvation
from tee_rider.model_check.game.player import Player
from tee_rider.model_check.game.rules import Rules, Starving
from tee_rider.spec.identifiers import Mask, mask_of, members, replica_name

Row = dict[int, Mask]
"""For each replica that makes a vertex, its parents."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What is fixed before the coin shows, and the leaders that can be starved from there on."""

    rules: Rules
    leaders: Mask
    fixed: tuple[Row, ...]
    """Rounds 2 up to the one that shows the coin."""

    @property
    def silent(self) -> bool:
        """Whether the faulty replicas do nothing at all, which is all they can use here."""
        return self.rules.starving is Starving.FIXED_MISS

    def play_wave(self, player: Player, wave: int) -> int:
        """Play one wave, and return the leader that the coin has shown."""
        rules = self.rules
        base = rules.wave_length * (wave - 1)
        player.make(base + 1, dict(self._first_row(player, base)))
        for r, row in enumerate(self.fixed, start=2):
            player.make(base + r, row)
        leader = player.coin(0, wave)
        player.lines += [
            f"# The leader of wave {wave} can be known now, and everything else depends on it.",
            f"coin {wave} = {replica_name(leader)}",
        ]
        if not self.silent:
            self._finish(player, base, leader)
        player.show_all(base + rules.wave_length)
        player.forget(base)
        return leader

    def end(self, player: Player, waves: int) -> None:
        """Let everybody decide the last wave, where that takes one more round."""
        if self.silent:
            round_ = self.rules.wave_length * waves + 1
            player.make(round_ + 1, dict.fromkeys(player.correct, player.there(round_)))

    def _first_row(self, player: Player, base: int) -> Iterator[tuple[int, Mask]]:
        for i in range(self.rules.n):
            if player.there(base + 1) >> i & 1 or (self.silent and i in player.hosts):
                continue
            yield i, self._some(player.there(base), i) if base else 0

    def _finish(self, player: Player, base: int, leader: int) -> None:
        """Make what is not fixed, so as to miss the leader where that is possible, and count."""
        rules = self.rules
        missing = rules.everybody & ~(1 << leader)
        for r in range(2, rules.wave_length + 1):
            fixed = self.fixed[r - 2] if r - 2 < len(self.fixed) else {}
            can_miss = missing.bit_count() >= rules.quorum
            row: Row = {}
            for i in range(rules.n):
                if not any(i in later for later in self.fixed[r - 2 :]):
                    misses = can_miss and (missing | ~rules.own_edges) >> i & 1
                    row[i] = self._some(missing if misses else player.there(base + r - 1), i)
            player.make(base + r, row)
            every = {**fixed, **row}
            missing = mask_of(tuple(i for i in every if not every[i] & ~missing))
        last = base + rules.wave_length
        there, views = player.there(last), dict[int, Mask]()
        for i in player.correct:
            # Whoever counts holds a vertex that misses the leader, and no more than it must.
            seen = 1 << i | (missing & -missing)
            others = members(there & ~seen)[: rules.quorum - seen.bit_count()]
            views[i] = seen | mask_of(others) if missing else there
        player.make(last + 1, views)

    def _some(self, among: Mask, replica: int) -> Mask:
        """As many parents as a vertex needs, its own predecessor first."""
        own = among & 1 << replica
        return own | mask_of(members(among & ~own)[: self.rules.quorum - own.bit_count()])


def attack_of(starvation: Starvation) -> Attack:
    """The schedule that a search has found; silence where nothing does better.

    Source: ours (model_check/game/README.md).
    """
    rules = starvation.rules
    assert rules.starving in (Starving.LATE_VOTE, Starving.FIXED_MISS)
    if rules.starving is Starving.FIXED_MISS:
        row = dict.fromkeys(members(rules.correct), rules.correct)
        silent = rules.everybody & ~rules.correct
        assert silent.bit_count() == starvation.leaders.bit_count()
        return Attack(rules, silent, (row,) * (rules.shown_in - 1))
    layers = starvation.layers[1 : rules.shown_in]
    rows = tuple({i: layer.parents[i] for i in members(layer.fixed)} for layer in layers)
    return Attack(rules, starvation.leaders, rows)
