"""Coin agreement: the coin of a wave shows everybody the same leader."""

from tee_rider.spec.events import ReleaseCoin
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, who


class CoinAgreement(Watcher):
    """One leader for each wave, and it is one of the n replicas.

    Source: DAG-Rider, Agreement of the global perfect coin.
    """

    name = "coin agreement"
    source = "DAG-Rider, global perfect coin: Agreement"
    rule = "the coin of a wave shows all replicas one and the same of them"
    needs = (ReleaseCoin,)

    def __init__(self, premises: Premises) -> None:
        """No coin has shown."""
        super().__init__(premises)
        self._first: dict[int, ReleaseCoin] = {}
        self.listen(ReleaseCoin, self._releases)

    def _releases(self, event: ReleaseCoin) -> Violation | None:
        seen = f"the coin of wave {event.wave} showed {who(event)}"
        if not 0 <= event.leader < self.n:
            observed = f"{seen} the leader {event.leader} {at(event)}, but n = {self.n}"
            return self.violation((event,), observed)
        first = self._first.setdefault(event.wave, event)
        if first is event:
            return None
        self.judged += 1
        if first.leader == event.leader:
            return None
        return self.violation(
            (first, event),
            f"the coin of wave {first.wave} showed {who(first)} {replica_name(first.leader)}"
            f" {at(first)}; it showed {who(event)} {replica_name(event.leader)} {at(event)}",
        )
