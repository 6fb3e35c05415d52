"""Variants of the game, each with its value and with what was claimed of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from tee_rider.model_check.game.exact import most_starved
from tee_rider.model_check.game.rules import Rules, Starving
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration


class Own(StrEnum):
    """Who always references its own previous vertex."""

    CORRECT = "correct"
    ALL = "all"
    ALL_BUT_ONE = "all but one"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A row of the table: one choice of rules, for several n."""

    name: str
    shown_in: int = WAVE_LENGTH
    """The round of the wave of which the coin's proof holds vertices."""
    starving: Starving = Starving.LATE_VOTE
    own: Own = Own.CORRECT
    all_correct: bool = False
    wave_length: int = WAVE_LENGTH
    one_valid: bool = False
    """Whether one valid vertex shows the coin, the others being junk."""
    quorum_and_f: tuple[int, int] | None = None
    """Other than a majority, and the most faults that n tolerates."""
    claims: Mapping[int, int] = field(default_factory=dict)
    """For each n, of how many of the n leaders it was claimed that they cannot be starved."""

    def rules(self, n: int) -> Rules:
        """The game among n replicas."""
        configuration = largest_configuration(n)
        quorum, f = self.quorum_and_f or (configuration.quorum_size, configuration.f)
        own = {Own.CORRECT: n - f, Own.ALL: n, Own.ALL_BUT_ONE: n - 1, Own.NOBODY: 0}[self.own]
        return Rules(
            n=n,
            quorum=quorum,
            faulty=0 if self.all_correct else f,
            own_edges=(1 << own) - 1,
            shown_in=self.shown_in,
            proof=1 if self.one_valid else quorum,
            starving=self.starving,
            wave_length=self.wave_length,
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the table."""

    variant: Variant
    n: int
    safe: int
    """How many leaders cannot be starved."""

    @property
    def value(self) -> Fraction:
        """The worst-case probability of a direct commit."""
        return Fraction(self.safe, self.n)

    @property
    def verdict(self) -> str:
        """Agreed, refuted, or new: nothing was claimed."""
        if self.n not in self.variant.claims:
            return "new"
        return "agreed" if self.variant.claims[self.n] == self.safe else "refuted"

    def as_json(self) -> dict[str, object]:
        """For machines."""
        claim = self.variant.claims.get(self.n)
        return {
            "variant": self.variant.name,
            "n": self.n,
            "value": f"{self.safe}/{self.n}",
            "claimed": None if claim is None else f"{claim}/{self.n}",
            "verdict": self.verdict,
        }


FIXED, SHOWN, HIDDEN = Starving.FIXED_MISS, Starving.TOO_FEW_SHOWN, Starving.TOO_FEW_VOTES
CLAIMED = (
    Variant(
        name="edges and views fixed before the coin",
        shown_in=5,
        starving=FIXED,
        claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 4},
    ),
    Variant(
        name="the first evaluator's view fixed before the coin: any",
        shown_in=5,
        starving=FIXED,
        claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 4},
    ),
    Variant(name="coin at q of round 4w, once", claims={3: 2, 4: 3, 5: 2, 6: 4, 7: 2}),
    Variant(name="same, self-edge required", own=Own.ALL, claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 3}),
    Variant(
        name="same, all replicas correct",
        own=Own.ALL,
        all_correct=True,
        claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 3},
    ),
    Variant(
        name="same, one faulty replica omits its self-edge", own=Own.ALL_BUT_ONE, claims={5: 3}
    ),
    Variant(
        name="same, nobody includes itself",
        own=Own.NOBODY,
        claims={3: 2, 4: 3, 5: 2, 6: 4, 7: 2},
    ),
    Variant(
        name="coin at q of round 4w, on arrival, proof shown",
        starving=SHOWN,
        claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 4},
    ),
    Variant(
        name="coin at q of round 4w, on arrival, votes withheld",
        starving=HIDDEN,
        claims={3: 2, 4: 3, 5: 3, 6: 4, 7: 3},
    ),
    Variant(name="coin at q of round 4w-1, once", shown_in=3, claims={3: 2, 4: 3, 5: 2}),
    Variant(name="same, self-edge required (4w-1)", shown_in=3, own=Own.ALL, claims={5: 3}),
    Variant(name="coin at q of round 4w-2, once", shown_in=2, claims={3: 1, 4: 3, 5: 0}),
    Variant(name="same, self-edge required (4w-2)", shown_in=2, own=Own.ALL, claims={5: 1}),
    Variant(name="coin known from round 4w-3 on", shown_in=1, claims={3: 0, 4: 0, 5: 0}),
    Variant(
        name="3-round wave, coin at q of its last round",
        shown_in=3,
        wave_length=3,
        claims={3: 1, 4: 3, 5: 0},
    ),
    Variant(
        name="same, self-edge required (3 rounds)",
        shown_in=3,
        wave_length=3,
        own=Own.ALL,
        claims={5: 1},
    ),
    Variant(
        name="coin at one valid vertex of round 4w, once",
        one_valid=True,
        claims={3: 2, 4: 3, 5: 2},
    ),
    Variant(
        name="5-round wave, self-edge required",
        shown_in=5,
        wave_length=5,
        own=Own.ALL,
        claims={7: 4},
    ),
    Variant(name="quorum 5 of 7, f = 2 (3f + 1)", quorum_and_f=(5, 2), claims={7: 5}),
    Variant(
        name="coin at q of round 4w+1, counted on completing it",
        shown_in=5,
        starving=FIXED,
        claims={3: 2, 4: 3, 5: 3},
    ),
)
"""What the prototypes printed, cell by cell."""

OURS = (
    Variant(
        name="same, self-edge required; also on arrival (HARDENED)",
        shown_in=5,
        starving=FIXED,
        own=Own.ALL,
    ),
    Variant(
        name="coin at q of round 4w, on arrival, shown, self-edge", starving=SHOWN, own=Own.ALL
    ),
    Variant(
        name="coin at q of round 4w, on arrival, withheld, self-edge", starving=HIDDEN, own=Own.ALL
    ),
    Variant(name="5-round wave, self-edge not required", shown_in=5, wave_length=5),
    Variant(name="the first evaluator's view fixed before the coin: all, or a given one"),
)
"""What nobody has claimed."""

VARIANTS = CLAIMED + OURS
SIZES = (3, 4, 5, 6, 7)


def cells(
    variants: tuple[Variant, ...] = VARIANTS, sizes: tuple[int, ...] = SIZES
) -> Iterator[Cell]:
    """Compute the table, cell by cell: for each variant all sizes that make sense for it."""
    for variant in variants:
        for n in sizes:
            if variant.quorum_and_f is None or n in variant.claims:
                starved = most_starved(variant.rules(n)).leaders.bit_count()
                yield Cell(variant, n, n - starved)
