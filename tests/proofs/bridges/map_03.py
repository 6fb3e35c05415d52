"""Lemma 03's words for a run: what replicas insert, and which leaders they commit directly."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.events import CommitLeader, InsertVertex
from tee_rider.spec.identifiers import replica_name
from tests.proofs.bridges.bridge import Action, Mismatch
from tests.proofs.bridges.finite import World, order, successors
from tests.proofs.bridges.graph import Graph
from tests.proofs.bridges.reading import decided, inserted, same_dag
from tests.proofs.bridges.runs import Run, Step

FIRST = 1


class DagMap:
    """A *vertex* is what some correct replica of the run ever inserts, or a leader nobody has."""

    def __init__(self, run: Run) -> None:
        """Gather all vertices, and all paths between them."""
        self.run, self.graph = run, Graph(run)
        graph, configuration = self.graph, run.setting.configuration
        self.quorum_size = configuration.quorum_size
        self.replicas = list(map(replica_name, range(configuration.n)))
        self.last = {w: round_in_wave(w, WAVE_LENGTH) for w in graph.waves}
        self.round_of = {name: v.round for v, name in graph.name.items()}
        self.source = {name: replica_name(v.source) for v, name in graph.name.items()}
        for w, leader in graph.leader_of.items():
            self.round_of.setdefault(graph.leader_name(w), round_in_wave(w, 1))
            self.source.setdefault(graph.leader_name(w), replica_name(leader))
        rounds = range(FIRST, max([FIRST, *self.last.values(), *self.round_of.values()]) + 1)
        quorums = list(combinations(self.replicas, self.quorum_size))
        self.rigid: World = {
            "Correct": tuple(map(replica_name, run.correct)),
            "Replica": tuple(self.replicas),
            "Quorum": tuple(map("".join, quorums)),
            "Round": tuple(rounds),
            "Wave": tuple(graph.waves),
            "Vertex": tuple(self.round_of),
            "FIRST": FIRST,
            "member": {(a, "".join(quorum)) for quorum in quorums for a in quorum},
            "lower": order(rounds),
            "follows": successors(rounds),
            "last": {(w,): round_ for w, round_ in self.last.items()},
            "leader": {(w,): graph.leader_name(w) for w in graph.waves},
            "round_of": {(v,): round_ for v, round_ in self.round_of.items()},
            "source": {(v, a) for v, a in self.source.items()},
            "edge": {(v, u) for v, below in graph.strong.items() for u in below},
            "path": {(v, u) for v in self.round_of for u in graph.strong_paths.get(v, {v})},
        }

    def start(self) -> World:
        """DAGs are empty, and nothing is committed."""
        self.dags: dict[int, set[tuple[str, str]]] = {}
        self.committed: set[tuple[str, int]] = set()
        return self._state()

    def actions(self, step: Step) -> list[Action]:
        """What the step inserts and commits directly, by its own words."""
        if step.replica not in self.run.correct:
            return []
        p, actions = replica_name(step.replica), list[Action]()
        for output in step.outputs:
            match output:
                case InsertVertex(vertex=vertex):
                    v, r = self.graph.name[vertex.id], max(FIRST, vertex.round - 1)
                    q = self._quorum(self.source[u] for u in self.graph.strong[v])
                    actions.append({"p": p, "v": v, "r": r, "q": q})
                case CommitLeader(wave=w, leader=leader, direct=True):
                    if self.graph.name.get(leader) != self.graph.leader[w]:
                        raise Mismatch(f"{step.told}: commits {leader.name} for wave {w}")
                    q = self._quorum(self._supporters(step.before, w))
                    actions.append({"p": p, "w": w, "q": q})
        return actions

    def after(self, step: Step) -> World:
        """The DAGs, and each wave that was at some time the last one decided."""
        if step.replica in self.run.correct:
            p, w = replica_name(step.replica), decided(step.after)
            if not same_dag(step.before, step.after):
                held = inserted(step.after)
                self.dags[step.replica] = {(p, self.graph.name[v.id]) for v in held}
            self.committed = self.committed | ({(p, w)} if w else set())
        return self._state()

    def _state(self) -> World:
        return {"dag": set().union(*self.dags.values()), "committed": self.committed}

    def _supporters(self, state: ReplicaState, wave: int) -> Iterator[str]:
        """Sources of the vertices held of a wave's last round that have a path to its leader."""
        leader = self.graph.leader[wave]
        for vertex in inserted(state):
            v = self.graph.name[vertex.id]
            if vertex.round == self.last[wave] and leader in self.graph.strong_paths[v]:
                yield self.source[v]

    def _quorum(self, wanted: Iterable[str]) -> str:
        """A quorum of the wanted replicas; if they are too few, others fill it up."""
        chosen = dict.fromkeys([*sorted(wanted), *self.replicas])
        return "".join(sorted([*chosen][: self.quorum_size]))
