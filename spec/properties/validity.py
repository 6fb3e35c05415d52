"""Validity: what a replica held when it made a vertex is in that vertex's history."""

from tee_rider.spec.dag_view import Address, predecessor_addresses
from tee_rider.spec.events import ADeliver, CreateVertex, InsertVertex
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, listed, named, who
from tee_rider.spec.vertex import Vertex

MOST_NAMED = 3


class Validity(Watcher):
    """A new vertex reaches all older ones that its replica has inserted and not delivered.

    So nothing of a slow correct replica is left out: whoever inserts its vertex, vouches for it
    from then on. A delivered vertex needs no help any more.

    Source: DAG-Rider, set_weak_edges and the lemma on validity; without weak edges it is not
    promised (FINDINGS F9).
    """

    name = "validity"
    source = "DAG-Rider, set_weak_edges: the condition for Validity"
    rule = "a new vertex has in its history all older ones that its replica holds undelivered"
    needs = (CreateVertex, InsertVertex)

    def __init__(self, premises: Premises) -> None:
        """Nothing is held."""
        super().__init__(premises)
        self._promised = premises.weak_edges
        if self._promised:
            self.listen(InsertVertex, self._inserts)
            self.listen(CreateVertex, self._creates)
            self.listen(ADeliver, self._delivers)

    def fresh(self) -> "Uncovered":
        """What the replica has to vouch for."""
        return Uncovered()

    def obstacle(self) -> str:
        """Without weak edges nothing is promised."""
        return "" if self._promised else "the profile has no weak edges, so it is not promised"

    def _inserts(self, event: InsertVertex) -> None:
        self.views[event.replica].insert(event.vertex)

    def _delivers(self, event: ADeliver) -> None:
        self.views[event.replica].deliver((event.vertex.round, event.vertex.source))

    def _creates(self, event: CreateVertex) -> Violation | None:
        vertex = event.vertex
        uncovered: Uncovered = self.views[event.replica]
        due = {address for address in uncovered.vertices if address[0] < vertex.round}
        if not due:
            return None
        self.judged += 1
        left = [
            uncovered.vertices[address] for address in sorted(due - uncovered.create(vertex, due))
        ]
        if not left:
            return None
        missed = [named(missed) for missed in left[:MOST_NAMED]]
        if len(left) > MOST_NAMED:
            missed.append(f"{len(left) - MOST_NAMED} more")
        observed = f"{who(event)} made {named(vertex)} {at(event)}, which does not reach"
        return self.violation((event,), f"{observed} {listed(missed)}, held undelivered")


class Uncovered:
    """What one replica has inserted, has not delivered, and no newest vertex of its own reaches.

    Once an own vertex is inserted that reaches all the rest, later ones need to reach only it: it
    stays here, and what it reaches goes. A path to what stays never leads through what went, so
    that the search stays among what stays.
    """

    def __init__(self) -> None:
        """Nothing is held."""
        self.vertices: dict[Address, Vertex] = {}
        self._latest: Vertex | None = None
        self._reached: set[Address] = set()
        """What the latest own vertex reaches, until it is inserted."""

    def insert(self, vertex: Vertex) -> None:
        """A vertex was inserted; an own one stands for all that it reaches."""
        if self._latest is not None and vertex == self._latest:
            for address in self._reached:
                self.vertices.pop(address, None)
            self._latest, self._reached = None, set()
        self.vertices[vertex.round, vertex.source] = vertex

    def deliver(self, address: Address) -> None:
        """A vertex was delivered, and with it all that it reaches."""
        self.vertices.pop(address, None)

    def create(self, vertex: Vertex, due: set[Address]) -> set[Address]:
        """Those of ``due`` that a new vertex of the replica reaches."""
        reached: set[Address] = set()
        stack = [vertex]
        while stack and len(reached) < len(due):
            for address in predecessor_addresses(stack.pop()):
                if address in due and address not in reached:
                    reached.add(address)
                    stack.append(self.vertices[address])
        self._latest, self._reached = vertex, reached
        return reached
