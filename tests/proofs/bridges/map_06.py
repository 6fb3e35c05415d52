"""Lemma 06's words for a run: who fills which address, and what the total order decides."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, islice, pairwise

import z3

from tee_rider.proofs_notes.kit.claim import Formulas
from tee_rider.proofs_notes.lemma_06_ordered_model import ANY, Vertex
from tee_rider.proofs_notes.lemma_06_ordered_recovery import SYSTEM
from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.events import ADeliver, CommitLeader, InsertVertex, RDeliver, Resume
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId
from tests.proofs.bridges.bridge import Action, Mismatch
from tests.proofs.bridges.finite import World, order, successors
from tests.proofs.bridges.graph import Graph
from tests.proofs.bridges.reading import (
    Source,
    decided,
    freezes_counted,
    inserted,
    name_of,
    openings,
)
from tests.proofs.bridges.recoveries import RecoveryStep
from tests.proofs.bridges.runs import Run, Step

FIRST = 1


def of_every_vertex(formulas: Formulas) -> Formulas:
    """What the proof says of ANY, an arbitrary vertex, said of all."""
    one = z3.Const("one", Vertex)
    return {name: z3.ForAll([one], z3.substitute(f, (ANY, one))) for name, f in formulas.items()}


JUDGED = replace(
    SYSTEM, invariants=of_every_vertex(SYSTEM.invariants), safety=of_every_vertex(SYSTEM.safety)
)


class RecoveryMap:
    """A *stream* is one epoch of a replica; the agreed order is that of whoever is furthest."""

    def __init__(self, run: Run) -> None:
        """Gather all vertices that correct replicas ever insert, and all epochs."""
        self.run, self.graph = run, Graph(run)
        self.name = self.graph.name
        self.content = {name: name for name in self.name.values()}
        """Should one content be filled in two epochs, the second is a vertex of its own."""
        self.round_of = {name: vertex.round for vertex, name in self.name.items()}
        self.stream = dict[str, Source]()
        self.said = dict[str, list[Source]]()
        self.backups = dict[int, str]()
        starts = dict[Source, tuple[int, VertexId]]()
        for step in self._steps():
            if step.returns:
                self.backups[id(step)] = f"backup {len(self.backups) + 1}"
            for output in step.outputs:
                match output:
                    case RDeliver(vertex=vertex, ui=ui):
                        start, source = (ui.counter, vertex.id), (vertex.source, ui.epoch)
                        starts[source] = min(start, starts.get(source, start))
                    case InsertVertex(vertex=vertex, ui=ui):
                        v = self._name(vertex.id, (vertex.source, ui.epoch))
                        self.content[v], self.round_of[v] = self.name[vertex.id], vertex.round
                        self.said[v] = [(freeze.target, freeze.epoch) for freeze in vertex.freezes]
        named = {source: self.name.get(vertex, "") for source, (_, vertex) in starts.items()}
        self.first = {(v,) for source, v in named.items() if self.stream.get(v) == source}
        self.rigid: World = {**self._sets(), **self._streams(), **self._vertices()}

    def _steps(self) -> Iterator[RecoveryStep]:
        """The steps of correct replicas."""
        for step in self.run.steps:
            if step.replica in self.run.correct and isinstance(step, RecoveryStep):
                yield step

    def _name(self, vertex: VertexId, source: Source) -> str:
        """The vertex of this stream; an edge to a content is one to the stream that came first."""
        v = self.name[vertex]
        if self.stream.setdefault(v, source) != source:
            v = f"{v} of {name_of(source)}"
        self.stream[v] = source
        return v

    def _sets(self) -> World:
        n, q = self.run.setting.configuration.n, self.run.setting.configuration.quorum_size
        self.replicas, self.sizes = list(map(replica_name, range(n))), (q, n - q + 1)
        quorums, freezers = (list(combinations(self.replicas, size)) for size in self.sizes)
        return {
            "Replica": tuple(self.replicas),
            "Quorum": tuple(map("".join, quorums)),
            "Freezers": tuple(map("".join, freezers)),
            "member": {(a, "".join(quorum)) for quorum in quorums for a in quorum},
            "freezes": {(a, "".join(set_)) for set_ in freezers for a in set_},
        }

    def _streams(self) -> World:
        ever = {source for state in self.run.final.values() for source in openings(state)}
        frozen = {source for said in self.said.values() for source in said}
        streams = sorted(ever | frozen | {*self.stream.values()})
        pairs = [(s, t) for s, t in combinations(streams, 2) if s[0] == t[0]]
        self.rounds = range(FIRST, max([FIRST, *self.round_of.values()]) + 1)
        return {
            "Stream": tuple(map(name_of, streams)),
            "of": {(name_of(s), replica_name(s[0])) for s in streams},
            "earlier": {(name_of(s), name_of(t)) for s, t in pairs},
            "initial": {(name_of(s),) for s in streams if s[1] == 1},
            "Round": tuple(self.rounds),
            "FIRST": FIRST,
            "lower": order(self.rounds),
            "follows": successors(self.rounds),
        }

    def _vertices(self) -> World:
        graph = self.graph
        returns = [step for step in self._steps() if step.returns]
        return {
            "Vertex": tuple(self.round_of),
            "ANY": next(iter(self.round_of)),
            "stream": {(v,): name_of(source) for v, source in self.stream.items()},
            "round_of": {(v,): round_ for v, round_ in self.round_of.items()},
            "first": self.first,
            "edge": {(v, u) for v, w in self.content.items() for u in graph.strong[w]},
            "history": {
                (v, v if u == w else u) for v, w in self.content.items() for u in graph.histories[w]
            },
            "says": {(v, name_of(source)) for v, said in self.said.items() for source in said},
            "Backup": tuple(self.backups.values()),
            "saved": {
                (self.backups[id(step)], self.name[v.id])
                for step in returns
                for v in inserted(step.before)
            },
        }

    def start(self) -> World:
        """DAGs are empty, nothing is ordered, and everybody is in epoch 1."""
        self.sequence: list[Action] = []
        """What the agreed order says so far."""
        self.end_of = {0: 0}
        """By wave, how long the sequence was when its leader was committed."""
        self.dags: dict[int, set[tuple[str, str]]] = {}
        self.filled: set[tuple[str]] = set()
        initial = {s for (s,) in self.rigid["initial"]}
        return {
            **{name: set() for name in ("dag", "filled", "top", "counted", "opener", "closed")},
            "current": {(s,) for s in initial},
            "opened": {(s, round_) for s in initial for round_ in self.rounds},
        }

    def actions(self, step: Step) -> list[Action]:
        """What the step inserts; and what it says of the order, if it is the first to say it."""
        if not isinstance(step, RecoveryStep) or step.replica not in self.run.correct:
            return []
        p, actions = replica_name(step.replica), list[Action]()
        if step.returns:
            actions.append({"p": p, "b": self.backups[id(step)]})
        place = self.end_of[decided(step.before)]
        for action in self._told(step):
            if "v" in action:
                actions.append(action)
            elif place < len(self.sequence):
                if action != self.sequence[place]:
                    raise Mismatch(f"{step.told}: orders {action}, not {self.sequence[place]}")
                place += 1
            else:
                self.sequence.append(action)
                actions += [action] if "delivered" not in action else []
                place += 1
        self.end_of[decided(step.after)] = place
        return actions

    def _told(self, step: RecoveryStep) -> Iterator[Action]:
        """What happens in a step, one after the other; deliveries too, which are no actions."""
        open_, decisions = self._open(step.before), iter(step.decisions)
        leader = ""
        for output in step.outputs:
            match output:
                case InsertVertex(vertex=vertex, ui=ui):
                    yield self._insert(step, vertex.id, (vertex.source, ui.epoch))
                case CommitLeader(leader=vertex_id):
                    leader = self.name[vertex_id]
                    yield {"chosen": leader}
                case ADeliver(vertex=vertex_id):
                    x = self.name[vertex_id]
                    yield {"delivered": x}
                    for decision in islice(decisions, len(self.said[x])):
                        k = name_of((decision.freeze.target, decision.freeze.epoch))
                        j = name_of((decision.said_in.source, decision.freezer_epoch))
                        if decision.counts:
                            yield {"x": x, "k": k, "j": j, "leader": leader}
                case Resume(target=target, epoch=epoch, freezers=freezers):
                    k, m = name_of((target, open_[target])), name_of((target, epoch))
                    f = self._set(map(replica_name, freezers), self.sizes[1])
                    open_[target] = epoch
                    yield {"k": k, "m": m, "leader": leader, "F": f}

    def _insert(self, step: RecoveryStep, vertex: VertexId, source: Source) -> Action:
        v, below = self._name(vertex, source), sorted(self.graph.strong[self.name[vertex]])
        own = [u for u in below if self.stream[u][0] == source[0]]
        opener = openings(step.after).get(source)
        return {
            "p": replica_name(step.replica),
            "v": v,
            "Q": self._set((replica_name(self.stream[u][0]) for u in below), self.sizes[0]),
            "u": next(iter(own), v),
            "leader": self.name[opener] if opener else v,
        }

    def after(self, step: Step) -> World:
        """The DAG; and, of who has ordered most, what it says of epochs."""
        if not isinstance(step, RecoveryStep) or step.replica not in self.run.correct:
            return {}
        seen = dict[str, set[tuple[str | int, ...]]]()
        if step.returns or step.after.dag is not step.before.dag:
            p, held = replica_name(step.replica), {self.name[v.id] for v in inserted(step.after)}
            self.dags[step.replica] = {(p, v) for v in held}
            self.filled = self.filled | {(v,) for v in held}
            seen = {"dag": set().union(*self.dags.values()), "filled": {*self.filled}}
        if decided(step.before) < decided(step.after) == max(self.end_of):
            seen |= self._order(step.after)
        return seen

    def _order(self, state: ReplicaState) -> dict[str, set[tuple[str | int, ...]]]:
        """The state of all epochs; its freezes that count, by who said them, are as was heard."""
        counts = [(x, action["k"]) for action in self.sequence if (x := action.get("x"))]
        heard = [(self.stream[str(x)][0], k) for x, k in counts]
        if heard != [(source, name_of(k)) for source, k in freezes_counted(state)]:
            raise Mismatch(f"other freezes count: {freezes_counted(state)}, not {heard}")
        cuts = {s: leader.round if leader else 0 for s, leader in openings(state).items()}
        closing = [(s, cuts[t]) for s, t in pairwise(sorted(cuts)) if s[0] == t[0]]
        leaders = [action["chosen"] for action in self.sequence if "chosen" in action]
        return {
            "top": {(leaders[-1],)},
            "counted": {*counts},
            "current": {(name_of(s),) for s in self._open(state).items()},
            "opener": {(name_of(s), self.name[v]) for s, v in openings(state).items() if v},
            "opened": {(name_of(s), r) for s, cut in cuts.items() for r in self.rounds if r > cut},
            "closed": {(name_of(s), r) for s, cut in closing for r in self.rounds if r > cut},
        }

    def _open(self, state: ReplicaState) -> dict[int, int]:
        """The epoch of each replica that is open, the last one that was opened."""
        return dict(sorted(openings(state)))

    def _set(self, wanted: Iterable[str], size: int) -> str:
        """So many of the wanted replicas; if they are too few, others fill it up."""
        chosen = dict.fromkeys([*sorted(wanted), *self.replicas])
        return "".join(sorted([*chosen][:size]))
