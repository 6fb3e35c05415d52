"""Lemma 04's words for a run: leaders, chains, and the walk back in the steps of its loop."""

from tee_rider.spec.events import CommitLeader
from tee_rider.spec.identifiers import replica_name
from tests.proofs.bridges.bridge import Action
from tests.proofs.bridges.finite import World, order, successors
from tests.proofs.bridges.graph import Graph
from tests.proofs.bridges.reading import decided
from tests.proofs.bridges.runs import Run, Step

ZERO = 0


class WalkMap:
    """Waves, and the paths between their leaders through what correct replicas ever insert.

    The reference walks back within one step, so the loop's own variables (top, at, tip, taken) have
    nothing to be compared with: the formulas alone keep them. What the walk commits is compared.
    """

    def __init__(self, run: Run) -> None:
        """Gather all leaders."""
        self.run, self.graph = run, Graph(run)
        graph, quorum_size = self.graph, run.setting.configuration.quorum_size
        self.reaches = {(w, x) for w in graph.waves for x in range(1, w) if self._reaches(w, x)}
        waves = (ZERO, *graph.waves)
        chains = {w: self._chain(w) for w in waves}
        self.rigid: World = {
            "Correct": tuple(map(replica_name, run.correct)),
            "Wave": waves,
            "ZERO": ZERO,
            "before": order(waves),
            "follows": successors(waves),
            "reaches": self.reaches,
            "chain": {(w, x) for w, chain in chains.items() for x in chain},
            "skipped": {(w, x) for w, y in self.reaches for x in range(y)},
            "held": {(w,) for w in graph.waves if graph.leader[w]},
            "supported": {(w,) for w in graph.waves if len(graph.supporters(w)) >= quorum_size},
        }

    def start(self) -> World:
        """Nothing is decided, and nobody walks."""
        names = list(map(replica_name, self.run.correct))
        self.decided = {(p,): ZERO for p in names}
        self.committed: set[tuple[str, int]] = set()
        before_any_walk = {(p,): ZERO for p in names}
        loop = {"top": before_any_walk, "at": before_any_walk, "tip": before_any_walk}
        return {**loop, "taken": set(), **self._state()}

    def actions(self, step: Step) -> list[Action]:
        """For each direct commit one turn of the loop for every wave between, and the end."""
        if step.replica not in self.run.correct:
            return []
        p, actions, last = replica_name(step.replica), list[Action](), decided(step.before)
        for output in step.outputs:
            if isinstance(output, CommitLeader) and output.direct:
                actions.append({"p": p, "w": output.wave})
                actions += [{"p": p, "x": x} for x in range(output.wave - 1, last, -1)]
                actions.append({"p": p})
                last = output.wave
        return actions

    def after(self, step: Step) -> World:
        """What is decided, and by its own words committed."""
        if step.replica in self.run.correct:
            p = replica_name(step.replica)
            waves = [output.wave for output in step.outputs if isinstance(output, CommitLeader)]
            self.decided = {**self.decided, (p,): decided(step.after)}
            self.committed = self.committed | {(p, w) for w in waves}
        return self._state()

    def _state(self) -> World:
        return {"decided": self.decided, "committed": self.committed, "walking": set()}

    def _reaches(self, wave: int, earlier: int) -> bool:
        upper, lower = self.graph.leader[wave], self.graph.leader[earlier]
        return upper is not None and lower in self.graph.strong_paths[upper]

    def _chain(self, wave: int) -> set[int]:
        """The wave, and the chain of the latest one that its leader reaches."""
        below = [x for w, x in self.reaches if w == wave]
        return {wave} | (self._chain(max(below)) if below else set())
