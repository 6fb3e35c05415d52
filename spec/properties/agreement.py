"""Agreement: what correct replicas deliver and commit is the same."""

from tee_rider.spec.events import ADeliver, CommitLeader
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Ledger
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, ordinal, who


class Agreement(Watcher):
    """Two correct replicas deliver no different vertices of one address, nor commit other leaders.

    With integrity, a replica that delivered one vertex of an address can never deliver another one
    of it; and leaders are committed in the order of waves, so a leader passed over stays out. Each
    contradicts that all correct replicas deliver the same in the end, which no finite trace can
    show to hold. *When* vertices are delivered is the matter of total order.

    Source: DAG-Rider, Agreement of the Byzantine atomic broadcast, its safety half; leaders:
    DAG-Rider, the argument for total order.
    """

    name = "agreement"
    source = "DAG-Rider, Byzantine atomic broadcast: Agreement (its safety half)"
    rule = "correct replicas deliver the same vertex of a (round, source), and commit one sequence"
    needs = (ADeliver,)
    also = ((CommitLeader, "committed leaders"),)

    def __init__(self, premises: Premises) -> None:
        """Nothing has been delivered."""
        super().__init__(premises)
        self._delivered = Ledger(self.correct)
        self._committed: list[CommitLeader] = []
        self._without_digest: ADeliver | None = None
        self.listen(ADeliver, self._delivers)
        self.listen(CommitLeader, self._commits_leader)

    def fresh(self) -> int:
        """How many leaders the replica has committed."""
        return 0

    def obstacle(self) -> str:
        """Contents without digests cannot be compared."""
        if self._without_digest is None:
            return ""
        return f"no digest, so no telling contents apart: {self._without_digest.vertex.name}"

    def _delivers(self, event: ADeliver) -> Violation | None:
        vertex = event.vertex
        if vertex.digest is None:
            self._without_digest = self._without_digest or event
            return None
        entry = self._delivered.enter(event, vertex.round, vertex.source, vertex.digest)
        if entry.first is not event:
            self.judged += 1
            if entry.content != vertex.digest:
                return self._other_content(entry.first, event)
        if not (self.losses and self.lost(event)):
            self._delivered.pass_by(entry, event.replica)
        return None

    def _other_content(self, first: object, event: ADeliver) -> Violation:
        observed = f"{who(event)} delivered {named(event.vertex)} {at(event)}; "
        if isinstance(first, ADeliver):
            observed = f"{who(first)} delivered {named(first.vertex)} {at(first)}; {observed}"
            return self.violation((first, event), observed.removesuffix("; "))
        return self.violation((event,), f"{observed}all delivered another one of this name before")

    def _commits_leader(self, event: CommitLeader) -> Violation | None:
        count: int = self.views[event.replica] + 1
        self.views[event.replica] = count
        if count > len(self._committed):
            self._committed.append(event)
            return None
        first = self._committed[count - 1]
        self.judged += 1
        if first.wave == event.wave and same_vertex(first, event):
            return None
        return self.violation(
            (first, event),
            f"{who(first)} committed {named(first.leader)} of wave {first.wave} as its"
            f" {ordinal(count)} leader {at(first)};"
            f" {who(event)} committed {named(event.leader)} of wave {event.wave} as its"
            f" {ordinal(count)} {at(event)}",
        )


def same_vertex(one: CommitLeader, other: CommitLeader) -> bool:
    """Whether two commits name one vertex; a missing digest is like any."""
    a, b = one.leader, other.leader
    digests_fit = a.digest == b.digest or a.digest is None or b.digest is None
    return a.round == b.round and a.source == b.source and digests_fit
