"""Total order: correct replicas deliver in one order, without gaps."""

from tee_rider.spec.events import ADeliver
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.places import Places
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, ordinal, who


class TotalOrder(Watcher):
    """Of two correct replicas' sequences of delivered addresses, one is a prefix of the other.

    A replica that returns goes on from its backup's place: it delivers once more what it had
    delivered since, in the same order.

    What the vertices of an address say is the matter of agreement.

    Source: DAG-Rider, Total order of the Byzantine atomic broadcast: nobody delivers a vertex
    without first delivering what another delivers before it.
    """

    name = "total order"
    source = "DAG-Rider, Byzantine atomic broadcast: Total order"
    rule = "of two correct replicas, one delivers what the other does, place by place"
    needs = (ADeliver,)

    def __init__(self, premises: Premises) -> None:
        """Nothing has been delivered."""
        super().__init__(premises)
        self._places = Places[ADeliver](len(self.correct))
        self.listen(ADeliver, self._delivers)

    def fresh(self) -> int:
        """How many vertices the replica has delivered."""
        return 0

    def _delivers(self, event: ADeliver) -> Violation | None:
        number: int = self.views[event.replica] + 1
        self.views[event.replica] = number
        for_good = not (self.losses and self.lost(event))
        first = self._places.come(number, event, for_good)
        if first is event:
            return None
        self.judged += 1
        here, there = event.vertex, first.vertex
        if here.source == there.source and here.round == there.round:
            return None
        return self._other_vertex(number, first, event)

    def _other_vertex(self, number: int, first: ADeliver, event: ADeliver) -> Violation:
        return self.violation(
            (first, event),
            f"{who(first)} delivered {named(first.vertex)} as its {ordinal(number)} vertex"
            f" {at(first)}; {who(event)} delivered {named(event.vertex)} as its {ordinal(number)}"
            f" {at(event)}",
        )
