"""The rules of the game against the coin: who knows what when, and what counts as lost."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.identifiers import Mask


class Starving(StrEnum):
    """What the scheduler needs, in the end, to keep a leader from being committed directly."""

    LATE_VOTE = "a vertex of the last round misses it"
    """Votes are counted once: a replica that holds q vertices, this one among them, has q - 1."""
    TOO_FEW_VOTES = "fewer than q correct replicas vote for it"
    """Votes are counted on arrival; those of faulty replicas are never shown."""
    TOO_FEW_SHOWN = "fewer than q votes: those of correct replicas and those in the proof"
    """Votes are counted on arrival; who shows the coin also shows its proof."""
    FIXED_MISS = "a vertex of the last round that is fixed when the coin shows misses it"
    """Whoever counts holds q of the last round's fixed vertices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One wave, numbered from round 1.

    Before the coin shows, ``proof`` vertices of round ``shown_in`` are signed: they and all that
    they reach are *fixed*. Everything else is made when the leader is known.
    """

    n: int
    quorum: int
    """Least number of strong edges, and of votes."""
    faulty: int
    """How many replicas are faulty: the last ones."""
    own_edges: Mask
    """Who always has an edge to its own previous vertex."""
    shown_in: int
    proof: int
    starving: Starving
    wave_length: int = WAVE_LENGTH
    rounds_increase: bool = True
    """Whether a replica's later vertex is of a later round: a vertex left out is left out."""

    @property
    def everybody(self) -> Mask:
        """All replicas."""
        return (1 << self.n) - 1

    @property
    def correct(self) -> Mask:
        """The correct replicas."""
        return (1 << self.n - self.faulty) - 1

    def fewest_fixed(self, round_: int) -> int:
        """How many vertices of a round are fixed at least."""
        if round_ < self.shown_in:
            return self.quorum
        return self.proof if round_ == self.shown_in else 0

    def most_fixed(self, round_: int) -> int:
        """How many can be: more than the proof of its own round would only tie the scheduler."""
        return self.n if round_ < self.shown_in else self.fewest_fixed(round_)

    def probability(self, starved: int) -> Fraction:
        """That the coin shows a leader that is not starved."""
        return Fraction(self.n - starved, self.n)


class Watched(StrEnum):
    """Whose direct commit is asked for."""

    ANY = "any"
    ALL = "all"
    GIVEN = "given"


def rules_of(setting: Setting) -> Rules:
    """The game that a profile's replicas play, with all f replicas faulty.

    A correct replica has its own vertex at once, and so an edge to it, unless the broadcast waits
    for holders. The values for any, all, and a given correct replica are the same in these games.

    Source: ours (model_check/game/README.md).
    """
    profile, configuration = setting.profile, setting.configuration
    n, f = configuration.n, configuration.f
    at_once = profile.holders_before_delivery(configuration) == 1
    own = (1 << n - f) - 1 if at_once else 0
    quorum = profile.edge_quorum(configuration)
    starving = {
        ("round_complete", "once"): Starving.LATE_VOTE,
        ("round_complete", "on_arrival"): Starving.TOO_FEW_VOTES,
        ("next_round_quorum", "once"): Starving.FIXED_MISS,
        ("next_round_quorum", "on_arrival"): Starving.FIXED_MISS,
    }[profile.coin_release, profile.commit_evaluation]
    return Rules(
        n=n,
        quorum=quorum,
        faulty=f,
        own_edges=(1 << n) - 1 if profile.self_edge_required else own,
        shown_in=WAVE_LENGTH + (profile.coin_release == "next_round_quorum"),
        proof=quorum,
        starving=starving,
    )
