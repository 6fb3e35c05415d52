"""Which key of a replica counts for which round: a new key takes over above a bound.

The bound is the highest round in which this replica ever buffered a vertex of the other one, so it
is a local matter (finding F4).
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Keys:
    """One replica's keys as another one knows them; a key is named by its enclave's epoch."""

    epoch: int = 1
    """The current one, which signs rounds above all bounds."""
    old: tuple[tuple[int, int], ...] = ()
    """(bound, epoch) of the earlier ones, oldest first: each signs rounds up to its bound."""

    def of_round(self, round_: int) -> int:
        """The epoch whose key must have signed a vertex of the round.

        Source: NxBFT's pseudo-code, verify in the enclave. There and in the code the ranges of two
        keys share their border; here, as is meant, it belongs to the older one.
        """
        return next((epoch for bound, epoch in self.old if round_ <= bound), self.epoch)

    def replaced(self, epoch: int, bound: int) -> "Keys":
        """The keys once the current one is bound to rounds up to ``bound``, and a new one follows.

        Source: NxBFT's pseudo-code, replace_peer.
        """
        return replace(self, epoch=epoch, old=(*self.old, (bound, self.epoch)))
