"""Lemma 09's words for a run: one vertex, the target, followed through all histories."""

from itertools import combinations

from tee_rider.spec.events import CommitLeader, CreateVertex, InsertVertex
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex, VertexId
from tests.proofs.bridges.bridge import Action
from tests.proofs.bridges.finite import Row, World, order, successors
from tests.proofs.bridges.graph import Graph, strong_predecessors
from tests.proofs.bridges.reading import inserted
from tests.proofs.bridges.runs import Run, Step

FIRST = 1
Address = tuple[int, str]
"""(round, creator): lemma 02 says that there is one vertex."""


class TargetMap:
    """A faulty creator's weak edges do not count: the lemma lets it have strong edges alone.

    So *reaches* is less than what histories hold, and what is proved of it holds of histories.
    """

    def __init__(self, run: Run, graph: Graph, target: Vertex) -> None:
        """Follow this vertex."""
        self.run, self.target = run, address_of(target)
        self.correct = {replica_name(i) for i in run.correct}
        vertices = {v.id: v for v in graph.vertices.values()}
        vertices |= {o.vertex.id: o.vertex for s in run.steps for o in created_by(run, s)}
        self.vertices = dict(sorted(vertices.items()))
        rounds = range(FIRST, max([v.round for v in vertices.values()]) + 2)
        configuration = run.setting.configuration
        names = list(map(replica_name, range(configuration.n)))
        sizes = range(configuration.quorum_size, configuration.n + 1)
        quorums = [quorum for size in sizes for quorum in combinations(names, size)]
        self.settled = self._settled(rounds[-1])
        self.rigid: World = {
            "Replica": tuple(names),
            "Quorum": tuple(map("".join, quorums)),
            "Round": tuple(rounds),
            "FIRST": FIRST,
            "TARGET": self.target[0],
            "AUTHOR": self.target[1],
            "SETTLED": self.settled,
            "member": {(a, "".join(quorum)) for quorum in quorums for a in quorum},
            "correct": {(a,) for a in self.correct},
            "lower": order(rounds),
            "follows": successors(rounds),
        }
        self.reach = self._reach()

    def start(self) -> World:
        """Nothing is created, held or committed."""
        self.created: set[Address] = set()
        self.holders: set[Row] = set()
        self.committed: set[Address] = set()
        return self._state()

    def actions(self, step: Step) -> list[Action]:
        """What a correct replica creates, inserts for the first of all, and commits."""
        actions: list[Action] = []
        if step.replica not in self.run.correct:
            return actions
        for output in step.outputs:
            if isinstance(output, CreateVertex | InsertVertex):
                actions += self._created(output.vertex)
            if isinstance(output, InsertVertex) and address_of(output.vertex) == self.target:
                self.holders = self.holders | {(replica_name(step.replica),)}
                actions.append({"holder": replica_name(step.replica)})
            if isinstance(output, CommitLeader):
                round_, leader = address_of(output.leader)
                if (round_, leader) not in self.committed:
                    self.committed = self.committed | {(round_, leader)}
                    actions.append({"leader": leader, "r": round_})
        return actions

    def after(self, step: Step) -> World:
        """What is created and committed; who has the target in its DAG, by the DAGs themselves."""
        if step.replica in self.run.correct:
            name = replica_name(step.replica)
            held = any(address_of(v) == self.target for v in inserted(step.after))
            self.holders = (self.holders - {(name,)}) | ({(name,)} if held else set())
        return self._state()

    def _state(self) -> World:
        return {
            "created": self.created,
            "reaches": self.created & self.reach,
            "holds": self.holders,
            "committed": self.committed,
        }

    def _created(self, vertex: Vertex) -> list[Action]:
        """A vertex exists if its correct creator says so, or if a correct replica inserts it."""
        r, p = address_of(vertex)
        if (r, p) in self.created:
            return []
        self.created = self.created | {(r, p)}
        if r == FIRST:
            return [{"p": p, "r": r}]
        quorum = "".join(sorted(replica_name(edge.source) for edge in vertex.strong_edges))
        return [{"p": p, "r": r, "s": r - 1, "Q": quorum}]

    def _reach(self) -> set[Address]:
        """Which vertices have the target in their histories; oldest vertices come first."""
        found: set[VertexId] = set()
        for id_, vertex in self.vertices.items():
            correct = replica_name(vertex.source) in self.correct
            below = vertex.predecessors if correct else strong_predecessors(vertex)
            if address_of(vertex) == self.target or found.intersection(below):
                found.add(id_)
        return {address_of(self.vertices[id_]) for id_ in found}

    def _settled(self, last: int) -> int:
        """The round from which on no correct replica creates without holding the target."""
        settled = self.target[0] + 1
        holding: set[int] = set()
        for step in self.run.steps:
            for output in step.outputs if step.replica in self.run.correct else ():
                if isinstance(output, InsertVertex) and address_of(output.vertex) == self.target:
                    holding.add(step.replica)
                if isinstance(output, CreateVertex) and step.replica not in holding:
                    settled = max(settled, output.vertex.round + 1)
        return min(settled, last)


def address_of(vertex: Vertex | VertexId) -> Address:
    """Its round and its creator."""
    return vertex.round, replica_name(vertex.source)


def created_by(run: Run, step: Step) -> list[CreateVertex]:
    """What a correct replica creates in a step."""
    correct = step.replica in run.correct
    return [o for o in step.outputs if correct and isinstance(o, CreateVertex)]


def targets(graph: Graph) -> list[Vertex]:
    """The vertices of the first rounds: late ones and punctual ones."""
    return [v for v in graph.vertices.values() if v.round <= 2]
