"""The exact value of the game: layers of vertices, each known by the leaders that it misses.

What matters of a vertex is the set of leaders that it *misses* (has no strong path to). A fixed one
misses what all its parents miss. A vertex that is made when the leader is known misses it if a
quorum below does, and its own previous vertex too where it must have an edge to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, permutations, product
from typing import NamedTuple

from tee_rider.model_check.game.rules import Rules, Starving
from tee_rider.spec.identifiers import Mask, mask_of, members


class Choice(NamedTuple):
    """Of one vertex, when it is made and what it misses."""

    fixed: bool
    late: bool
    misses: Mask
    parents: Mask


@dataclass(frozen=True, slots=True)
class Layer:
    """One round: which vertices are fixed, with their parents, and what each misses."""

    fixed: Mask
    late: Mask
    """Which vertices are made when the leader is known; the others are fixed, or never made."""
    misses: tuple[Mask, ...]
    """For each replica, of the leaders that are to be starved."""
    parents: tuple[Mask, ...]
    """For each replica; 0 where its vertex is not fixed, and in round 1."""


@dataclass(frozen=True, slots=True)
class Starvation:
    """Leaders that can all be starved, each by its own continuation of what is fixed."""

    rules: Rules
    leaders: Mask
    layers: tuple[Layer, ...]
    """Rounds 1 up to the last of the wave."""
    examined: int
    """How many layers were looked at, the searches that failed included."""


def most_starved(rules: Rules) -> Starvation:
    """The largest set of leaders that can be starved, with what is fixed before the coin shows.

    Sizes go up from 1: of leaders that can be starved together every part can be, so the first
    size that fails ends the search.

    Source: ours (model_check/game/README.md).
    """
    best, examined = Starvation(rules, 0, (), 0), 0
    for size in range(1, rules.n + 1):
        found = None
        for leaders in targets(rules, size):
            search = Search(rules, leaders)
            found = search.starve()
            examined += search.examined
            if found:
                best = Starvation(rules, leaders, found, examined)
                break
        if not found:
            break
    return Starvation(rules, best.leaders, best.layers, examined)


def targets(rules: Rules, size: int) -> Iterator[Mask]:
    """Sets of so many leaders, one of each kind: replicas under the same rules can change names."""
    groups = _groups(rules, 0)
    for sizes in product(*(range(len(group) + 1) for group in groups)):
        if sum(sizes) == size:
            chosen = (group[:k] for group, k in zip(groups, sizes, strict=True))
            yield mask_of(tuple(i for group in chosen for i in group))


class Search:
    """Looks for fixed vertices from which every leader of a set can be starved."""

    def __init__(self, rules: Rules, leaders: Mask) -> None:
        """Nothing is looked at yet."""
        self.rules = rules
        self.leaders = leaders
        self.examined = 0
        self._seen: set[tuple[int, Mask, Mask, tuple[Mask, ...]]] = set()
        self._renamings = _renamings(rules, leaders)

    def starve(self) -> tuple[Layer, ...] | None:
        """The layers of a wave in which it is possible, None if there are none."""
        n = self.rules.n
        first = tuple(self.leaders & ~(1 << i) for i in range(n))
        return self._extend((Layer(self.rules.everybody, 0, first, (0,) * n),))

    def _extend(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...] | None:
        round_ = len(layers) + 1
        if round_ > self.rules.wave_length:
            return layers if self._starved(layers[-1]) else None
        for layer in self._next_layers(round_, layers[-1]):
            self.examined += 1
            key = round_, *self._canonical(layer)
            if key not in self._seen:
                self._seen.add(key)
                if found := self._extend((*layers, layer)):
                    return found
        return None

    def _next_layers(self, round_: int, below: Layer) -> Iterator[Layer]:
        """Every layer that can follow and does not rule out that all leaders are starved."""
        rules, n = self.rules, self.rules.n
        choices = [self._choices(round_, below, i) for i in range(n)]
        room = _Room(self.leaders, self._needs(round_), choices)

        def choose(chosen: list[Choice]) -> Iterator[Layer]:
            fixed = sum(c.fixed for c in chosen)
            if fixed > rules.most_fixed(round_):
                return
            if fixed + n - len(chosen) < rules.fewest_fixed(round_) or not room.enough(chosen):
                return
            if len(chosen) < n:
                for choice in choices[len(chosen)]:
                    yield from choose([*chosen, choice])
                return
            yield Layer(
                mask_of(tuple(i for i in range(n) if chosen[i].fixed)),
                mask_of(tuple(i for i in range(n) if chosen[i].late)),
                tuple(c.misses for c in chosen),
                tuple(c.parents for c in chosen),
            )

        yield from choose([])

    def _choices(self, round_: int, below: Layer, i: int) -> list[Choice]:
        """A vertex is made late, or is fixed, or is left out by a replica that is fixed later on.

        Rounds increase in a stream: who makes a vertex late makes all later ones later still.
        """
        rules = self.rules
        choices = [Choice(False, True, late_misses(rules, below, self.leaders, i), 0)]
        if rules.most_fixed(round_) and not (rules.rounds_increase and below.late >> i & 1):
            fixed = fixed_misses(rules, below, i)
            choices += [Choice(True, False, misses, edges) for misses, edges in fixed.items()]
            may_skip = not (rules.correct | rules.own_edges) >> i & 1
            if rules.rounds_increase and may_skip and round_ < rules.shown_in:
                choices.append(Choice(False, False, 0, 0))
        return choices

    def _needs(self, round_: int) -> tuple[int, int]:
        """How many vertices, and how many fixed ones, must miss each leader."""
        rules = self.rules
        last = round_ == rules.wave_length
        if rules.starving is Starving.FIXED_MISS:
            return (1, 1) if last else (rules.quorum, rules.quorum)
        if last:
            return 1, 0
        # In the next round a quorum misses it: one of them is fixed, and so are its parents.
        next_fixed = rules.fewest_fixed(round_ + 1) if round_ + 1 < rules.wave_length else 0
        return rules.quorum, rules.quorum if next_fixed + rules.quorum > rules.n else 0

    def _starved(self, last: Layer) -> bool:
        return all(is_starved(self.rules, last, leader) for leader in members(self.leaders))

    def _canonical(self, layer: Layer) -> tuple[Mask, Mask, tuple[Mask, ...]]:
        """The same for layers that differ in names alone."""
        return min(
            (table[layer.fixed], table[layer.late], tuple(table[layer.misses[i]] for i in order))
            for table, order in self._renamings
        )


class _Room:
    """Whether the choices for the rest of a round can still make every leader missed enough.

    Counted for each leader alone, and for all together: a vertex misses only so many.
    """

    def __init__(self, leaders: Mask, needs: tuple[int, int], choices: list[list[Choice]]) -> None:
        self.leaders = members(leaders)
        self.needs = needs
        n = len(choices)
        self.possible: list[tuple[list[int], list[int], int, int]] = []
        """By how many are chosen: for each leader how many of the rest may miss it, and may be
        fixed and miss it; and how often leaders can be missed by the rest, and by fixed ones."""
        for k in range(n + 1):
            rest = [[c.misses for c in options] for options in choices[k:]]
            fixed = [[c.misses for c in options if c.fixed] for options in choices[k:]]
            room = self._each(rest), self._each(fixed), _most(rest), _most(fixed)
            self.possible.append(room)

    def enough(self, chosen: list[Choice]) -> bool:
        """Whether what is chosen leaves room."""
        each, each_fixed, most, most_fixed = self.possible[len(chosen)]
        lacking = lacking_fixed = 0
        for k, leader in enumerate(self.leaders):
            missing = missing_fixed = 0
            for choice in chosen:
                if choice.misses >> leader & 1:
                    missing += 1
                    missing_fixed += choice.fixed
            left, left_fixed = self.needs[0] - missing, self.needs[1] - missing_fixed
            if left > each[k] or left_fixed > each_fixed[k]:
                return False
            lacking += max(0, left)
            lacking_fixed += max(0, left_fixed)
        return lacking <= most and lacking_fixed <= most_fixed

    def _each(self, options: list[list[Mask]]) -> list[int]:
        return [
            sum(any(misses >> leader & 1 for misses in each) for each in options)
            for leader in self.leaders
        ]


def _most(options: list[list[Mask]]) -> int:
    return sum(max((misses.bit_count() for misses in each), default=0) for each in options)


def is_starved(rules: Rules, last: Layer, leader: int) -> bool:
    """Whether the last round of a wave, completed against a leader, keeps it from a commit."""
    missing = mask_of(tuple(i for i in range(rules.n) if last.misses[i] >> leader & 1))
    faulty_shown = last.fixed & ~rules.correct
    match rules.starving:
        case Starving.LATE_VOTE:
            return missing > 0
        case Starving.TOO_FEW_VOTES:
            return (rules.correct & ~missing).bit_count() < rules.quorum
        case Starving.TOO_FEW_SHOWN:
            return ((rules.correct | faulty_shown) & ~missing).bit_count() < rules.quorum
        case Starving.FIXED_MISS:
            return missing & last.fixed > 0


def late_misses(rules: Rules, below: Layer, leaders: Mask, replica: int) -> Mask:
    """Which leaders a replica's vertex can miss if it is made when the leader is known."""
    possible = below.misses[replica] if rules.own_edges >> replica & 1 else leaders
    return mask_of(
        tuple(
            leader
            for leader in members(leaders & possible)
            if sum(misses >> leader & 1 for misses in below.misses) >= rules.quorum
        )
    )


def fixed_misses(rules: Rules, below: Layer, replica: int) -> dict[Mask, Mask]:
    """What a fixed vertex can miss, with parents for each; sets inside others are left out."""
    own = 1 << replica if rules.own_edges >> replica & 1 else 0
    if own & ~below.fixed:
        return {}
    others = members(below.fixed & ~own)
    found: dict[Mask, Mask] = {}
    for chosen in combinations(others, rules.quorum - own.bit_count()):
        parents = own | mask_of(chosen)
        misses = -1
        for parent in members(parents):
            misses &= below.misses[parent]
        found.setdefault(misses, parents)
    return {m: e for m, e in found.items() if not any(m != o and m & ~o == 0 for o in found)}


def _groups(rules: Rules, leaders: Mask) -> list[list[int]]:
    """Replicas that are under the same rules, and alike in being leaders to starve or not."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in range(rules.n):
        kind = tuple(mask >> i & 1 for mask in (rules.correct, rules.own_edges, leaders))
        groups.setdefault(kind, []).append(i)
    return list(groups.values())


@cache
def _renamings(rules: Rules, leaders: Mask) -> list[tuple[list[Mask], tuple[int, ...]]]:
    """Each as a table of renamed sets, and for each place the replica that comes there."""
    groups = _groups(rules, leaders)
    result = []
    for orders in product(*(permutations(group) for group in groups)):
        to = dict(zip(chain(*groups), chain(*orders), strict=True))
        back = {new: old for old, new in to.items()}
        table = [mask_of(tuple(to[i] for i in members(mask))) for mask in range(1 << rules.n)]
        result.append((table, tuple(back[i] for i in range(rules.n))))
    return result
