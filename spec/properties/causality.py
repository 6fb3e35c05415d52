"""Causality: a vertex is delivered after everything that its edges name."""

from tee_rider.spec.dag_view import predecessor_addresses
from tee_rider.spec.events import ADeliver, InsertVertex
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, named, who
from tee_rider.spec.vertex import Vertex


class Causality(Watcher):
    """A replica delivers what it has inserted, and only after the predecessors.

    Source: DAG-Rider, order_vertices: a leader's causal history, in an order that respects it.
    """

    name = "causality"
    source = "DAG-Rider, order_vertices: causal histories"
    rule = "a replica delivers a vertex that it has inserted, after all that the vertex names"
    needs = (InsertVertex, ADeliver)

    def __init__(self, premises: Premises) -> None:
        """Nothing is held."""
        super().__init__(premises)
        self._held: dict[int, Rows] = {}
        self._unfounded: dict[int, ADeliver] = {}
        """Each replica's first delivery before any insertion: it may not log insertions."""
        self.listen(InsertVertex, self._inserts)
        self.listen(ADeliver, self._delivers)

    def _inserts(self, event: InsertVertex) -> Violation | None:
        vertex = event.vertex
        rows = self._held.setdefault(event.replica, {})
        rows.setdefault(vertex.round, {})[vertex.source] = vertex
        early = self._unfounded.get(event.replica)
        return None if early is None else self._not_held(early)

    def _delivers(self, event: ADeliver) -> Violation | None:
        rows = self._held.get(event.replica)
        if rows is None:
            self._unfounded.setdefault(event.replica, event)
            return None
        self.judged += 1
        name = event.vertex
        row = rows.get(name.round, {})
        vertex = row.pop(name.source, None)
        if vertex is None:
            return self._not_held(event)
        if not row:
            del rows[name.round]
        if vertex.digest != name.digest and None not in (vertex.digest, name.digest):
            observed = f"{who(event)} delivered {named(name)} {at(event)} but inserted"
            return self.violation((event,), f"{observed} {named(vertex)}")
        late = first_held(rows, vertex)
        if late is None:
            return None
        observed = f"{who(event)} delivered {named(name)} {at(event)} before {named(late)}, which"
        return self.violation((event,), f"{observed} it names")

    def _not_held(self, event: ADeliver) -> Violation:
        observed = f"{who(event)} delivered {named(event.vertex)} {at(event)}, which was not among"
        return self.violation((event,), f"{observed} what it had inserted and not yet delivered")


Rows = dict[int, dict[int, Vertex]]
"""What a replica has inserted and not delivered, by round and source."""


def first_held(rows: Rows, vertex: Vertex) -> Vertex | None:
    """A predecessor of the vertex that is still to be delivered."""
    if vertex.weak_edges or vertex.round - 1 in rows:
        for round_, source in predecessor_addresses(vertex):
            held = rows.get(round_, {}).get(source)
            if held is not None:
                return held
    return None
