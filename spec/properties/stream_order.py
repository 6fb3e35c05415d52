"""Stream order: every replica reads a source's vertices in one order, without holes."""

from tee_rider.spec.events import RDeliver
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.places import Places
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, ordinal, slot, who


class StreamOrder(Watcher):
    """The k-th vertex that correct replicas r_deliver from one stream is the same counter's.

    Each epoch of a source is a stream of its own; how two of them are mixed is no matter.

    A replica that skips a counter which carries a vertex for another replica would show here.
    Counters without a vertex (refused content, echoes) are skipped by all alike. At each replica
    counters and rounds of one stream increase.

    Source: TEE-Rider, broadcast on the USIG: delivery in counter order; USIG, sequentiality.
    """

    name = "stream order"
    source = "TEE-Rider, broadcast on the USIG; USIG, sequentiality"
    rule = "all r_deliver a source's vertices in the order of its counters, and skip none"
    needs = (RDeliver,)

    def __init__(self, premises: Premises) -> None:
        """Nothing has been delivered."""
        super().__init__(premises)
        self._places = Places[RDeliver](len(self.correct))
        self.listen(RDeliver, self._delivers)

    def fresh(self) -> "Readings":
        """How far the replica has read each stream."""
        return {}

    def _delivers(self, event: RDeliver) -> Violation | None:
        readings: Readings = self.views[event.replica]
        stream = (event.vertex.source, event.ui.epoch)
        before, latest = readings.get(stream, (0, None))
        number = before + 1
        readings[stream] = (number, event)
        self.judged += 1
        if latest is not None and not follows(latest, event):
            return self._out_of_order(latest, event)
        for_good = not (self.losses and self.lost(event))
        first = self._places.come((stream, number), event, for_good)
        if first.ui != event.ui:
            return self._other_counter(number, first, event)
        return None

    def _out_of_order(self, latest: RDeliver, event: RDeliver) -> Violation:
        return self.violation(
            (latest, event),
            f"{who(event)} r_delivered {named(latest.vertex)} at {counter_of(latest)} {at(latest)},"
            f" and after it {named(event.vertex)} at {counter_of(event)} {at(event)}",
        )

    def _other_counter(self, number: int, first: RDeliver, event: RDeliver) -> Violation:
        source = replica_name(event.vertex.source)
        return self.violation(
            (first, event),
            f"{who(first)} r_delivered {named(first.vertex)} at {counter_of(first)} as {source}'s"
            f" {ordinal(number)} vertex {at(first)}; {who(event)} r_delivered"
            f" {named(event.vertex)} at {counter_of(event)} as its {ordinal(number)} {at(event)}",
        )


Readings = dict[tuple[int, int], tuple[int, RDeliver]]
"""By source and epoch: how many vertices were read, and the latest."""


def follows(earlier: RDeliver, later: RDeliver) -> bool:
    """Whether both the counter and the round increase."""
    return later.ui.counter > earlier.ui.counter and later.vertex.round > earlier.vertex.round


def counter_of(event: RDeliver) -> str:
    """``B#7``: the place in its source's stream."""
    return slot(event.vertex.source, event.ui)
