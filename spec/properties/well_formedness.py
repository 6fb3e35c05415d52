"""Well-formedness: rounds go up one by one on a quorum, and edges are as the DAG wants them."""

from tee_rider.spec.dag_view import Address
from tee_rider.spec.events import AdvanceRound, CreateVertex, InsertVertex
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Entry, Ledger
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, counted, named, placed, who
from tee_rider.spec.vertex import Digest, Vertex


class WellFormedness(Watcher):
    """What enters a correct replica's DAG is a valid vertex, after all that it names.

    A replica enters the next round when it has inserted a quorum of the round before, and makes
    at most one vertex there.

    Source: DAG-Rider, construction of the DAG; TEE-Rider, with quorums of n // 2 + 1.
    """

    name = "well-formedness"
    source = "DAG-Rider, construction of the DAG; TEE-Rider, its quorums"
    rule = "a vertex enters after all that it names, and a round on a quorum of the one before"
    needs = (InsertVertex,)
    also = ((AdvanceRound, "how replicas go from round to round"),)

    def __init__(self, premises: Premises) -> None:
        """Every replica stands before round 1, with an empty DAG."""
        super().__init__(premises)
        self._inserted = Ledger(self.correct)
        self.listen(InsertVertex, self._inserts)
        self.listen(AdvanceRound, self._advances)
        self.listen(CreateVertex, self._creates)

    def fresh(self) -> "Progress":
        """How far the replica has come."""
        return Progress()

    def _inserts(self, event: InsertVertex) -> Violation | None:
        vertex = event.vertex
        self.judged += 1
        progress: Progress = self.views[event.replica]
        if progress.unfounded is not None:
            return self._round_incomplete(progress.unfounded, 0)
        progress.count(vertex.round)
        entry = self._inserted.enter(event, vertex.round, vertex.source, vertex.digest)
        first = entry.first
        if not (isinstance(first, InsertVertex) and first is not event and first.vertex is vertex):
            fault = self._fault(vertex)
            if fault:
                return self._wrong(event, fault)
        if not self._first_time(progress, entry, event):
            return self._wrong(event, "a second vertex of this name")
        return self._check_predecessors(progress, event)

    def _first_time(self, progress: "Progress", entry: Entry, event: InsertVertex) -> bool:
        """Whether nothing stood there before; what is no matter of the ledger is noted apart."""
        vertex, lost = event.vertex, bool(self.losses) and self.lost(event)
        if progress.apart and (vertex.round, vertex.source) in progress.apart:
            return False
        if lost or entry.content != vertex.digest:
            progress.apart[vertex.round, vertex.source] = vertex.digest
        if lost:
            return bool(entry.missing >> event.replica & 1)
        return self._inserted.pass_by(entry, event.replica)

    def _fault(self, vertex: Vertex) -> str:
        """What is wrong with the edges, whoever looks at them; empty if nothing is."""
        strong, weak = vertex.strong_edges, vertex.weak_edges
        if vertex.round == 1:
            return "of round 1 but with edges" if strong or weak else ""
        sources = {source for source, _ in strong}
        addresses = {(round_, source) for round_, source, _ in weak}
        if len(sources) < self.quorum_size:
            edges = counted(len(sources), "strong edge")
            return f"with {edges}, where {self.quorum_size} are a quorum"
        if len(sources) < len(strong) or len(addresses) < len(weak):
            return "with two edges to one address"
        if max(sources) >= self.n or any(source >= self.n for _, source in addresses):
            return f"with an edge to a replica that does not exist, as n = {self.n}"
        if any(round_ >= vertex.round - 1 for round_, _ in addresses):
            return "with a weak edge that skips no round"
        return ""

    def _check_predecessors(self, progress: "Progress", event: InsertVertex) -> Violation | None:
        vertex, replica, below = event.vertex, event.replica, event.vertex.round - 1
        for source, digest in vertex.strong_edges:
            if not self._holds(progress, replica, below, source, digest):
                return self._wrong(event, f"before {placed(below, source)}, which it names")
        for round_, source, digest in vertex.weak_edges:
            if not self._holds(progress, replica, round_, source, digest):
                return self._wrong(event, f"before {placed(round_, source)}, which it names")
        return None

    def _holds(
        self, progress: "Progress", replica: int, round_: int, source: int, digest: Digest
    ) -> bool:
        if progress.apart and (round_, source) in progress.apart:
            return digest in (progress.apart[round_, source], None)
        return self._inserted.passed(replica, round_, source, digest)

    def _advances(self, event: AdvanceRound) -> Violation | None:
        self.judged += 1
        progress: Progress = self.views[event.replica]
        if event.round != progress.round + 1:
            observed = f"{who(event)} entered round {event.round} {at(event)} from round"
            return self.violation((event,), f"{observed} {progress.round}")
        held = progress.enter(event)
        if held is None or held >= self.quorum_size or event.round == 1:
            return None
        return self._round_incomplete(event, held)

    def _round_incomplete(self, event: AdvanceRound, held: int) -> Violation:
        vertices = counted(held, "vertex", "vertices")
        return self.violation(
            (event,),
            f"{who(event)} entered round {event.round} {at(event)} when it held {vertices} of round"
            f" {event.round - 1}, where {self.quorum_size} are a quorum",
        )

    def _creates(self, event: CreateVertex) -> Violation | None:
        vertex = event.vertex
        progress: Progress = self.views[event.replica]
        made = f"{who(event)} made {named(vertex)} {at(event)}"
        if vertex.source != event.replica:
            return self.violation((event,), f"{made}, in {replica_name(vertex.source)}'s name")
        if vertex.round <= progress.made:
            observed = f"{made} after its vertex of round {progress.made}"
            return self.violation((event,), observed)
        if progress.round not in (0, vertex.round):
            return self.violation((event,), f"{made} in round {progress.round}")
        progress.made = vertex.round
        return None

    def _wrong(self, event: InsertVertex, fault: str) -> Violation:
        observed = f"{who(event)} inserted {named(event.vertex)} {at(event)}, {fault}"
        return self.violation((event,), observed)


class Progress:
    """How far one replica has come."""

    def __init__(self) -> None:
        """It stands before round 1 and holds nothing."""
        self.round = 0
        self.made = 0
        """The round of its newest vertex."""
        self.unfounded: AdvanceRound | None = None
        """Its first step beyond round 1 before any insertion: it may not log insertions."""
        self.apart: dict[Address, Digest] = {}
        """What it has inserted that a restart will take back, or that is not the first one's."""
        self._held: dict[int, int] = {}
        """How many vertices it has inserted of its round and each later one."""
        self._inserts = False

    def count(self, round_: int) -> None:
        """It inserts a vertex of this round."""
        self._inserts = True
        if round_ >= self.round:
            self._held[round_] = self._held.get(round_, 0) + 1

    def enter(self, event: AdvanceRound) -> int | None:
        """How many vertices it held of the round that it leaves; None if it logs no insertions."""
        self.round = event.round
        held = self._held.pop(event.round - 1, 0)
        if not self._inserts and event.round > 1:
            self.unfounded = self.unfounded or event
            return None
        return held
