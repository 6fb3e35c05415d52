"""Every vertex that a correct replica of a run ever inserts, by name: edges, paths and leaders."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Generic, TypeVar

from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.events import InsertVertex
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex, VertexId
from tests.proofs.bridges.reading import inserted, leaders
from tests.proofs.bridges.runs import Run

Edges = Mapping[str, frozenset[str]]
Thing = TypeVar("Thing")


class Names(Generic[Thing]):
    """Each thing gets a name of its own: a second one that would be called A4 is called A4'."""

    def __init__(self) -> None:
        """Nothing has a name."""
        self.of: dict[Thing, str] = {}
        self.all: dict[str, None] = {}

    def give(self, thing: Thing, name: str) -> str:
        """The name of a thing; a new one if it has none."""
        if thing not in self.of:
            while name in self.all:
                name += "'"
            self.of[thing] = name
            self.all[name] = None
        return self.of[thing]


class Graph:
    """The vertices of a run, oldest round first; edges lead to vertices of the run only."""

    def __init__(self, run: Run) -> None:
        """Gather them from all correct replicas."""
        self.run = run
        vertices = {vertex.id: vertex for vertex in _ever_inserted(run)}
        self.vertices = dict(sorted(vertices.items()))
        names = Names[VertexId]()
        self.name = {v: names.give(v, vertex.name) for v, vertex in self.vertices.items()}
        self.strong = self._edges({v.id: strong_predecessors(v) for v in self.vertices.values()})
        self.strong_paths = paths(self.strong)
        """From each vertex to all that strong edges reach."""
        self.edges = self._edges({v.id: v.predecessors for v in self.vertices.values()})
        shown = max((leaders(state) for state in run.final.values()), key=len, default=())
        self.waves = range(1, len(shown) + 1)
        self.leader_of = dict(zip(self.waves, shown, strict=True))
        self.leader = {w: self._leader(w) for w in self.waves}
        """The vertex that leads a wave; None if no correct replica ever inserts it."""

    @cached_property
    def histories(self) -> Edges:
        """From each vertex to all that any edges reach."""
        return paths(self.edges)

    def supporters(self, wave: int) -> set[int]:
        """Sources of vertices of a wave's last round with a path to its leader, wherever held."""
        last, leader = round_in_wave(wave, WAVE_LENGTH), self.leader[wave]
        return {
            v.source
            for v, name in self.name.items()
            if v.round == last and leader in self.strong_paths[name]
        }

    def leader_name(self, wave: int) -> str:
        """Its name; a leader that nobody ever inserts is called C5?, say."""
        address = replica_name(self.leader_of[wave]) + str(round_in_wave(wave, 1))
        return self.leader[wave] or f"{address}?"

    def _edges(self, predecessors: Mapping[VertexId, Iterable[VertexId]]) -> Edges:
        known = self.name
        return {
            known[v]: frozenset(known[u] for u in below if u in known)
            for v, below in predecessors.items()
        }

    def _leader(self, wave: int) -> str | None:
        address = round_in_wave(wave, 1), self.leader_of[wave]
        return next((self.name[v] for v in self.vertices if (v.round, v.source) == address), None)


def strong_predecessors(vertex: Vertex) -> list[VertexId]:
    """What its strong edges name."""
    return [VertexId(vertex.round - 1, *edge) for edge in vertex.strong_edges]


def paths(edges: Edges) -> Edges:
    """From each vertex to all that it reaches, itself included; oldest vertices come first."""
    reached: dict[str, frozenset[str]] = {}
    for vertex, below in edges.items():
        reached[vertex] = frozenset({vertex}).union(*(reached[u] for u in below))
    return reached


def _ever_inserted(run: Run) -> Iterable[Vertex]:
    for state in run.final.values():
        yield from inserted(state)
    for step in run.steps:
        if step.replica in run.correct:
            yield from (o.vertex for o in step.outputs if isinstance(o, InsertVertex))
