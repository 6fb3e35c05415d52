"""The coin of a scenario: it shows what the text says beforehand."""

from collections.abc import Iterable

from tee_rider.model_check.console import UsageError
from tee_rider.spec.identifiers import replica_name


class SpokenCoin:
    """Shows everybody the same leader of a wave, unless a mutant's coin is none in common."""

    def __init__(self, common: bool = True) -> None:
        """Nothing is said of any wave."""
        self.common = common
        self._shown: dict[int, dict[int, int]] = {}

    def say(self, wave: int, leader: int, to: Iterable[int], all_: bool) -> None:
        """What some replicas, or all, will see.

        Raises:
            UsageError: it is said already, or may not differ between replicas.
        """
        if self.common and not all_:
            raise UsageError("the coin shows all the same: without 'for', or by 'mutant own coin'")
        shown = self._shown.setdefault(wave, {})
        for replica in to:
            if replica in shown:
                raise UsageError(f"the coin of wave {wave} is known already")
            shown[replica] = leader

    def __call__(self, replica: int, wave: int) -> int:
        """What a replica sees.

        Raises:
            UsageError: nothing is said of it.
        """
        if replica not in self._shown.get(wave, {}):
            raise UsageError(
                f"{replica_name(replica)} asks for the coin of wave {wave}, of which nothing is"
                f" said: write 'coin {wave} = {replica_name(0)}' before"
            )
        return self._shown[wave][replica]
