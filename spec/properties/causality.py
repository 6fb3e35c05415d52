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
        self.listen(InsertVertex, self._inserts)
        self.listen(ADeliver, self._delivers)

    def fresh(self) -> "Held":
        """What the replica holds."""
        return Held()

    def _inserts(self, event: InsertVertex) -> Violation | None:
        vertex = event.vertex
        held: Held = self.views[event.replica]
        held.inserts = True
        held.rows.setdefault(vertex.round, {})[vertex.source] = vertex
        return None if held.unfounded is None else self._not_held(held.unfounded)

    def _delivers(self, event: ADeliver) -> Violation | None:
        held: Held = self.views[event.replica]
        if not held.inserts:
            held.unfounded = held.unfounded or event
            return None
        rows = held.rows
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


class Held:
    """What one replica holds undelivered."""

    def __init__(self) -> None:
        """Nothing."""
        self.rows: Rows = {}
        self.inserts = False
        """Whether it has inserted anything: it may not log insertions."""
        self.unfounded: ADeliver | None = None
        """Its first delivery before any insertion."""


def first_held(rows: Rows, vertex: Vertex) -> Vertex | None:
    """A predecessor of the vertex that is still to be delivered."""
    if vertex.weak_edges or vertex.round - 1 in rows:
        for round_, source in predecessor_addresses(vertex):
            held = rows.get(round_, {}).get(source)
            if held is not None:
                return held
    return None
