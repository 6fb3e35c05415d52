"""Recovery cut agreement: all agree where a replica's old epoch ends and its new one begins."""

from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CreateVertex,
    Freeze,
    InsertVertex,
    Restart,
    Resume,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.freeze_count import FreezeCount, Opened
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, counted, listed, named, who


class RecoveryCutAgreement(Watcher):
    """Each replica's rounds are divided among its epochs, in the eyes of all in the same way.

    An epoch is opened, with the same cut and freezers everywhere, by the r-th freeze that is
    delivered, r = n - q + 1: so many meet every quorum. The old epoch's vertices are inserted in
    rounds up to the cut, the new one's above it. A replica that returns has an enclave of an epoch
    that it never used, makes vertices in that one alone, and freezes what its vertices say.

    Source: ours (spec/README.md, "Recovery").
    """

    name = "recovery cut agreement"
    source = "ours (spec/README.md, Recovery)"
    rule = "up to the cut the old epoch, above it the new one, as r freezes decide in the order"
    needs = (InsertVertex, ADeliver, Resume)
    occasions = (Restart, Freeze, Resume)

    def __init__(self, premises: Premises) -> None:
        """Every replica is in its first epoch."""
        super().__init__(premises)
        self._first: dict[tuple[int, int], Resume] = {}
        """By target and epoch."""
        self._newest: dict[tuple[int, int], InsertVertex] = {}
        """By source and epoch, the vertex of the largest round that anybody inserted."""
        self._openings: dict[int, list[Resume]] = {}
        """By target, what was first said of each of its epochs."""
        self._returned: dict[int, Restart] = {}
        """By replica, the restart with its newest epoch."""
        self.listen(Restart, self._returns)
        self.listen(CreateVertex, self._creates)
        self.listen(Freeze, self._freezes)
        self.listen(InsertVertex, self._inserts)
        self.listen(ADeliver, self._delivers)
        self.listen(Resume, self._resumes)

    def fresh(self) -> FreezeCount:
        """What the replica has delivered of freezes."""
        return FreezeCount(self.n - self.quorum_size + 1)

    def _returns(self, event: Restart) -> Violation | None:
        self._restarted(event)
        before = self._returned.get(event.replica)
        newest = 1 if before is None else before.epoch
        if event.epoch > newest:
            self._returned[event.replica] = event
            return None
        witness = (event,) if before is None else (before, event)
        observed = f"{who(event)} returned in epoch {event.epoch} {at(event)}, not later than"
        return self.violation(witness, f"{observed} its epoch {newest}")

    def _creates(self, event: CreateVertex) -> Violation | None:
        self.views[event.replica].made = event
        returned = self._returned.get(event.replica)
        epoch = 1 if returned is None else returned.epoch
        if event.ui.epoch == epoch:
            return None
        witness = (event,) if returned is None else (returned, event)
        made = f"{who(event)} made {named(event.vertex)} in epoch {event.ui.epoch} {at(event)}"
        return self.violation(witness, f"{made}, where its enclave is of epoch {epoch}")

    def _freezes(self, event: Freeze) -> Violation | None:
        self.judged += 1
        made: CreateVertex | None = self.views[event.replica].made
        says = f"{who(event)} froze epoch {event.epoch} of {replica_name(event.target)} {at(event)}"
        if made is None or (made.ui, made.vertex.round) != (event.ui, event.last):
            return self.violation((event,), f"{says} with no vertex that it has just made")
        if (event.target, event.epoch) not in ((f[0], f[1]) for f in made.vertex.freezes):
            observed = f"{says}, which {named(made.vertex)} does not say"
            return self.violation((made, event), observed)
        return None

    def _inserts(self, event: InsertVertex) -> Violation | None:
        vertex, view = event.vertex, self.views[event.replica]
        stream = (vertex.source, event.ui.epoch)
        newest = self._newest.get(stream)
        if newest is None or newest.vertex.round < vertex.round:
            self._newest[stream] = event
        view.insert(vertex)
        if view.due:
            return self._not_resumed(view, event)
        if event.ui.epoch == 1 and not self._openings:
            return None
        return self._misplaced(view, event)

    def _misplaced(self, view: FreezeCount, event: InsertVertex) -> Violation | None:
        """Whether the vertex is outside the rounds of its epoch."""
        vertex, epoch = event.vertex, event.ui.epoch
        if view.resumed:
            self.judged += 1
        for later in self._openings.get(vertex.source, ()):
            if later.epoch > epoch and vertex.round > later.cut:
                return self._above(later, event)
        if epoch == 1:
            return None
        inserted = f"{who(event)} inserted {named(vertex)} of epoch {epoch} {at(event)}"
        opened = view.resumed.get((vertex.source, epoch))
        if opened is None:
            return self.violation((event,), f"{inserted}, which was not open there")
        if vertex.round > opened.cut:
            return None
        return self.violation((opened, event), f"{inserted}, not above the cut {opened.cut}")

    def _above(self, closed: Resume, event: InsertVertex) -> Violation:
        inserted = f"{who(event)} inserted {named(event.vertex)} of epoch {event.ui.epoch}"
        cut = f"the cut {closed.cut} by which {who(closed)} opened epoch {closed.epoch}"
        return self.violation((closed, event), f"{inserted} {at(event)}, above {cut} {at(closed)}")

    def _delivers(self, event: ADeliver) -> None:
        view: FreezeCount = self.views[event.replica]
        if view.saying:
            view.deliver(event)

    def _resumes(self, event: Resume) -> Violation | None:
        view: FreezeCount = self.views[event.replica]
        view.resumed[event.target, event.epoch] = event
        first = self._first.setdefault((event.target, event.epoch), event)
        found = self._wrong_freezers(view, event)
        if first is not event:
            self.judged += 1
            if (first.cut, first.freezers) != (event.cut, event.freezers):
                return self._other_cut(first, event)
            return found
        self._openings.setdefault(event.target, []).append(event)
        return found or self._check_closed(event)

    def _wrong_freezers(self, view: FreezeCount, event: Resume) -> Violation | None:
        """Whether other freezes open the epoch than those that the replica has delivered."""
        freezers = set(event.freezers) - {event.target}
        too_many = view.shows_freezes and len(freezers) > view.needed
        if len(freezers) < len(event.freezers) or len(freezers) < view.needed or too_many:
            fault = f"by {counted(len(freezers), 'other replica')}, where {view.needed} freeze"
            return self.violation((event,), f"{opening(event)} {at(event)} {fault}")
        if not view.shows_freezes:
            return None
        said = Opened(event.target, event.epoch, event.cut, event.freezers)
        if said in view.due:
            view.due.remove(said)
            return None
        due = [opening(event, each) for each in view.due]
        fault = f"; by what it delivered, {listed(due)}" if due else ", which nothing opened there"
        return self.violation((event,), f"{opening(event)} {at(event)}{fault}")

    def _not_resumed(self, view: FreezeCount, event: InsertVertex) -> Violation:
        due = listed(opening(event, each) for each in view.due)
        inserted = f"{who(event)} went on to insert {named(event.vertex)} {at(event)} where"
        return self.violation((event,), f"{inserted}, by what it delivered, {due}")

    def _other_cut(self, first: Resume, event: Resume) -> Violation:
        observed = f"{opening(first)} {at(first)}; {opening(event)} {at(event)}"
        return self.violation((first, event), observed)

    def _check_closed(self, event: Resume) -> Violation | None:
        """Whether all that was inserted of the target's earlier epochs is up to the cut."""
        for (source, epoch), newest in self._newest.items():
            if source == event.target and epoch < event.epoch and newest.vertex.round > event.cut:
                return self._above(event, newest)
        return None


def opening(event: AnyEvent, opened: Opened | None = None) -> str:
    """``A opened epoch 2 of B above round 5, frozen by A and C``."""
    it = opened or event
    assert isinstance(it, Opened | Resume)
    by = listed(map(replica_name, it.freezers)) if it.freezers else "nobody"
    of = f"epoch {it.epoch} of {replica_name(it.target)}"
    return f"{who(event)} opened {of} above round {it.cut}, frozen by {by}"
