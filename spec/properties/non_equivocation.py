"""Non-equivocation: one content for each (round, source), and for each unique identifier."""

from tee_rider.spec.events import CreateVertex, InsertVertex, RDeliver
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Entry, Fingerprints, Ledger
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, placed, slot, who
from tee_rider.spec.vertex import Vertex

Sighting = CreateVertex | RDeliver | InsertVertex


class NonEquivocation(Watcher):
    """Correct replicas take up no two vertices of one address, nor of one counter.

    That is so over all epochs and crashes: what was taken up once, was. Faulty hosts may *send* a
    vertex of each epoch for one address, and only one is inserted; those that correct replicas made
    count as taken up.

    Whole contents are compared, not digests alone: a log that shows two blocks under one digest is
    no better.

    Source: TEE-Rider, broadcast on the USIG: non-equivocation; USIG, uniqueness.
    """

    name = "non-equivocation"
    source = "TEE-Rider, broadcast on the USIG; USIG, uniqueness"
    rule = "one (round, source) has one content, and one counter is bound to one vertex"
    needs = (RDeliver,)

    def __init__(self, premises: Premises) -> None:
        """Nothing has been seen."""
        super().__init__(premises)
        self._seen = Ledger(self.correct)
        self._rounds = Fingerprints()
        """For each epoch of a source and counter: the round of the vertex that is bound to it."""
        self._epochs = Fingerprints()
        """For each source and round: the epoch of the vertex that was taken up."""
        self._without_digest: Vertex | None = None
        self.listen(CreateVertex, self._creates)
        self.listen(RDeliver, self._r_delivers)
        self.listen(InsertVertex, self._inserts)

    def obstacle(self) -> str:
        """Contents without digests cannot be compared as a whole."""
        if self._without_digest is None:
            return ""
        return f"no digest, so no telling contents apart: {self._without_digest.name}"

    def _creates(self, event: CreateVertex) -> Violation | None:
        return self._check(self._enter(event), event) or self._take_up(event)

    def _r_delivers(self, event: RDeliver) -> Violation | None:
        return self._check(self._enter(event), event)

    def _inserts(self, event: InsertVertex) -> Violation | None:
        entry = self._enter(event)
        found = self._check(entry, event) or self._take_up(event)
        if not (self.losses and self.lost(event)):
            self._seen.pass_by(entry, event.replica)
        return found

    def _enter(self, event: Sighting) -> Entry:
        vertex, epoch = event.vertex, event.ui.epoch
        if vertex.digest is None:
            self._without_digest = self._without_digest or vertex
        source = vertex.source if epoch == 1 else (vertex.source, epoch)
        return self._seen.enter(event, vertex.round, source, vertex)

    def _take_up(self, event: CreateVertex | InsertVertex) -> Violation | None:
        """Whatever a faulty host's enclaves sign, one epoch fills the address."""
        vertex, epoch = event.vertex, event.ui.epoch
        before = self._epochs.get(vertex.source, vertex.round)
        if not before:
            self._epochs.put(vertex.source, vertex.round, epoch)
        elif before != epoch:
            observed = f"{who(event)} shows {named(vertex)} of epoch {epoch} {at(event)}; one of"
            return self.violation((event,), f"{observed} epoch {before} was taken up there")
        return None

    def _check(self, entry: Entry, event: Sighting) -> Violation | None:
        vertex, position = event.vertex, event.ui
        if entry.first is not event:
            self.judged += 1
            if entry.content is not vertex and entry.content != vertex:
                return self._other_content(entry, event)
        lane = (vertex.source, position.epoch)
        bound = self._rounds.get(lane, position.counter)
        if not bound:
            self._rounds.put(lane, position.counter, vertex.round)
        elif bound != vertex.round:
            return self._counter_used_twice(bound, event)
        return None

    def _other_content(self, entry: Entry, event: Sighting) -> Violation:
        vertex, first = event.vertex, entry.first
        observed = f"{who(event)} shows {named(vertex)} {at(event)}"
        if not isinstance(first, Sighting):
            observed += "; every correct replica inserted another one of this name before"
            return self.violation((event,), observed)
        same = vertex.digest == first.vertex.digest
        other = ", with other edges or another block" if same else ""
        observed = f"{who(first)} shows {named(first.vertex)} {at(first)}; {observed}{other}"
        return self.violation((first, event), observed)

    def _counter_used_twice(self, bound: int, event: Sighting) -> Violation:
        vertex = event.vertex
        observed = (
            f"{slot(vertex.source, event.ui)} is bound to {placed(bound, vertex.source)}, but"
            f" {who(event)} shows {named(vertex)} there {at(event)}"
        )
        return self.violation((event,), observed)
