"""Well-formedness: rounds go up one by one on a quorum, and edges are as the DAG wants them."""

from tee_rider.spec.events import AdvanceRound, CreateVertex, InsertVertex
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Ledger
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, counted, named, placed, who
from tee_rider.spec.vertex import Digest, Vertex


class WellFormedness(Watcher):
    """What enters a correct replica's DAG is a valid vertex, after all that it names.

    A replica enters the next round when it has inserted a quorum of the round before, and makes
    one vertex there.

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
        self._other_digests: dict[tuple[int, int, int], Digest] = {}
        """By (replica, round, source), where a replica's digest is not the first one's."""
        self._progress = {replica: Progress() for replica in self.correct}
        self.listen(InsertVertex, self._inserts)
        self.listen(AdvanceRound, self._advances)
        self.listen(CreateVertex, self._creates)

    def _inserts(self, event: InsertVertex) -> Violation | None:
        vertex, replica = event.vertex, event.replica
        self.judged += 1
        progress = self._progress[replica]
        if progress.unfounded is not None:
            return self._round_incomplete(progress.unfounded, 0)
        progress.count(vertex.round)
        entry = self._inserted.enter(event, vertex.round, vertex.source, vertex.digest)
        first = entry.first
        if not (isinstance(first, InsertVertex) and first is not event and first.vertex is vertex):
            fault = self._fault(vertex)
            if fault:
                return self._wrong(event, fault)
        if not self._inserted.pass_by(entry, replica):
            return self._wrong(event, "a second vertex of this name")
        if entry.content != vertex.digest:
            self._other_digests[replica, vertex.round, vertex.source] = vertex.digest
        return self._check_predecessors(event)

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

    def _check_predecessors(self, event: InsertVertex) -> Violation | None:
        vertex, replica, below = event.vertex, event.replica, event.vertex.round - 1
        for source, digest in vertex.strong_edges:
            if not self._holds(replica, below, source, digest):
                return self._wrong(event, f"before {placed(below, source)}, which it names")
        for round_, source, digest in vertex.weak_edges:
            if not self._holds(replica, round_, source, digest):
                return self._wrong(event, f"before {placed(round_, source)}, which it names")
        return None

    def _holds(self, replica: int, round_: int, source: int, digest: Digest) -> bool:
        if self._other_digests and (replica, round_, source) in self._other_digests:
            return digest in (self._other_digests[replica, round_, source], None)
        return self._inserted.passed(replica, round_, source, digest)

    def _advances(self, event: AdvanceRound) -> Violation | None:
        self.judged += 1
        progress = self._progress[event.replica]
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
        vertex, progress = event.vertex, self._progress[event.replica]
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
