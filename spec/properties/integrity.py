"""Integrity: a vertex is delivered at most once, and only if its source made it."""

from collections.abc import Iterable

from tee_rider.spec.dag_view import Address
from tee_rider.spec.events import ADeliver, CreateVertex
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.ledger import Entry, Ledger
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, who


class Integrity(Watcher):
    """A replica delivers each address at most once; a correct source made what is delivered of it.

    That a source did *not* make a vertex is known once it has gone on to a later round, or has
    delivered the vertex itself: its log may end before those of others. What it made before a crash
    it made, even if it does not know so any more.

    Source: DAG-Rider, Integrity of the Byzantine atomic broadcast; its second half: the usual
    integrity of broadcast (Cachin, Distributing Trust on the Internet).
    """

    name = "integrity"
    source = "DAG-Rider, Byzantine atomic broadcast: Integrity"
    rule = "a replica delivers a (round, source) at most once, and only what a correct source made"
    needs = (ADeliver,)
    also = ((CreateVertex, "whether delivered vertices were made by their sources"),)

    def __init__(self, premises: Premises) -> None:
        """Nothing has been made or delivered."""
        super().__init__(premises)
        self._delivered = Ledger(self.correct)
        self._makers = {source: Maker() for source in self.correct}
        self.listen(ADeliver, self._delivers)
        self.listen(CreateVertex, self._creates)

    def fresh(self) -> set[Address]:
        """What the replica has delivered that a restart will take back."""
        return set()

    def _delivers(self, event: ADeliver) -> Violation | None:
        round_, source = event.vertex.round, event.vertex.source
        entry = self._delivered.enter(event, round_, source, None)
        self.judged += 1
        if self.losses:
            first_time = self._first_time(entry, event)
        else:
            first_time = self._delivered.pass_by(entry, event.replica)
        if not first_time:
            observed = f"{who(event)} delivered {named(event.vertex)} {at(event)}, a second time"
            return self.violation((event,), observed)
        maker = self._makers.get(source)
        if maker is None:
            return None
        found = self._delivers_of(maker, event)
        if not entry.missing:
            maker.forget(round_)
        return found

    def _first_time(self, entry: Entry, event: ADeliver) -> bool:
        address = (event.vertex.round, event.vertex.source)
        taken_back: set[Address] = self.views[event.replica]
        if address in taken_back:
            return False
        if self.lost(event):
            taken_back.add(address)
            return bool(entry.missing >> event.replica & 1)
        return self._delivered.pass_by(entry, event.replica)

    def _delivers_of(self, maker: "Maker", event: ADeliver) -> Violation | None:
        vertex = event.vertex
        if maker.latest is not None and vertex.round <= maker.latest.vertex.round:
            return self._compare(maker, event)
        if event.replica == vertex.source:
            maker.too_early = maker.too_early or event
            return self._check_own(maker)
        waiting = maker.waiting.setdefault(vertex.round, [])
        if all(vertex.digest != other.vertex.digest for other in waiting):
            waiting.append(event)
        return None

    def _creates(self, event: CreateVertex) -> Violation | None:
        vertex = event.vertex
        if vertex.source != event.replica:
            return None
        maker = self._makers[vertex.source]
        before = 0 if maker.latest is None else maker.latest.vertex.round
        if vertex.round > before:
            maker.latest = event
            maker.made[vertex.round] = event
        found = self._check_own(maker)
        for round_ in maker.waiting_between(before, vertex.round):
            for delivery in maker.waiting.pop(round_, ()):
                found = found or self._compare(maker, delivery)
        return found

    def _compare(self, maker: "Maker", delivery: ADeliver) -> Violation | None:
        delivered = f"{who(delivery)} delivered {named(delivery.vertex)} {at(delivery)}"
        made = maker.made.get(delivery.vertex.round)
        if made is None:
            return self._unmade(maker, delivery, delivered)
        if None in (made.vertex.digest, delivery.vertex.digest):
            return None
        if made.vertex.digest == delivery.vertex.digest:
            return None
        observed = f"{who(made)} made {named(made.vertex)} {at(made)}; {delivered}"
        return self.violation((made, delivery), observed)

    def _check_own(self, maker: "Maker") -> Violation | None:
        early = maker.too_early
        if early is None or maker.latest is None:
            return None
        delivered = f"{who(early)} delivered its own {named(early.vertex)} {at(early)}"
        return self._unmade(maker, early, delivered)

    def _unmade(self, maker: "Maker", delivery: ADeliver, delivered: str) -> Violation:
        assert maker.latest is not None
        latest = maker.latest
        observed = f"{delivered}; {who(latest)} had not made it when it made {named(latest.vertex)}"
        return self.violation((latest, delivery), f"{observed} {at(latest)}")


class Maker:
    """What a correct source made, and what was delivered of it before that was known."""

    def __init__(self) -> None:
        """Nothing is known."""
        self.latest: CreateVertex | None = None
        self.made: dict[int, CreateVertex] = {}
        """By round; until every correct replica has delivered it."""
        self.waiting: dict[int, list[ADeliver]] = {}
        """Deliveries of rounds later than the latest made, one for each digest."""
        self.too_early: ADeliver | None = None
        """The source's own delivery of what it had not made."""

    def forget(self, round_: int) -> None:
        """Every correct replica has delivered the vertex of this round."""
        self.made.pop(round_, None)
        self.waiting.pop(round_, None)

    def waiting_between(self, before: int, round_: int) -> Iterable[int]:
        """The rounds after ``before`` up to ``round_``, those at least that somebody waits for."""
        if round_ - before <= len(self.waiting):
            return range(before + 1, round_ + 1)
        return sorted(waiting for waiting in self.waiting if before < waiting <= round_)
