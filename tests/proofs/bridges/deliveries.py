"""Lemma 04's words for deliveries. Its third part has claims and no steps: states are judged.

`delivers` and `precedes` are defined by formulas: these must say what the reference delivered, with
which leader, and in which order. And what the claims assume of it must be true.
"""

from itertools import combinations

import z3

from tee_rider.proofs_notes import lemma_04_total_order as total
from tee_rider.proofs_notes.lemma_04_chains import Vertex, Wave, up_to
from tee_rider.proofs_notes.lemma_04_walk_back import Correct, committed, decided
from tee_rider.spec.events import ADeliver, CommitLeader
from tee_rider.spec.identifiers import replica_name
from tests.proofs.bridges.bridge import Mismatch, false, translated
from tests.proofs.bridges.finite import World, order
from tests.proofs.bridges.map_04 import ZERO, WalkMap
from tests.proofs.bridges.runs import Step

# What was done: p delivered v with the leader of w; p delivered u before v.
delivered = z3.Function("delivered", Correct, Wave, Vertex, z3.BoolSort())
sooner = z3.Function("sooner", Correct, Vertex, Vertex, z3.BoolSort())
a, b, u, v, x, y = total.a, total.b, total.u, total.v, total.x, total.y
NOT_FURTHER = up_to(decided(a), decided(b))
BATCH_ORDER = "the order in a batch is a function of the batch"
IN_BOTH_BATCHES = z3.And(total.inside(a, x, u, v), committed(b, x))
OF_BATCHES = {
    "delivers(p, w, v) says what was delivered": z3.ForAll(
        [a, x, v], delivered(a, x, v) == total.delivers(a, x, v)
    ),
    "precedes(p, w, x) says in which order": z3.ForAll(
        [a, x, u, y, v],
        z3.Implies(
            z3.And(delivered(a, x, u), delivered(a, y, v), u != v),
            sooner(a, u, v) == total.precedes(a, x, y),
        ),
    ),
    "the order in a batch is an order": z3.ForAll(
        [a, x, u, v],
        z3.Implies(
            z3.And(delivered(a, x, u), delivered(a, x, v)),
            total.inside(a, x, u, v) == z3.And(u != v, z3.Not(total.inside(a, x, v, u))),
        ),
    ),
    BATCH_ORDER: z3.ForAll(
        [a, b, x, u, v],
        z3.Implies(IN_BOTH_BATCHES, total.SAME_ORDER.hypotheses[BATCH_ORDER]),
    ),
    **{
        name: z3.ForAll([a, b], z3.Implies(NOT_FURTHER, formula))
        for name, formula in total.PREFIX.items()
    },
    total.SAME_BATCHES.name: z3.ForAll(
        [a, b, x, v], z3.Implies(NOT_FURTHER, total.SAME_BATCHES.conclusion)
    ),
}
"""What lemma 04 says and assumes of deliveries, about the states in which a run is."""
TRANSLATED = translated(OF_BATCHES)


class Deliveries:
    """What each correct replica has delivered so far."""

    def __init__(self, map_: WalkMap) -> None:
        """Nothing yet."""
        self.graph = map_.graph
        names = list(map(replica_name, map_.run.correct))
        self.delivered: dict[str, list[tuple[int, str]]] = {p: [] for p in names}
        self.committed: set[tuple[str, int]] = set()

    def note(self, step: Step) -> bool:
        """What a step hands on; whether it is anything."""
        p, before = replica_name(step.replica), len(self.committed)
        for output in step.outputs if p in self.delivered else ():
            if isinstance(output, CommitLeader):
                self.committed.add((p, output.wave))
            elif isinstance(output, ADeliver):
                self.delivered[p].append((output.wave, self.graph.name[output.vertex]))
        return len(self.committed) > before

    def judge(self, place: str) -> None:
        """All that lemma 04 says of deliveries, now.

        Raises:
            Mismatch: something is not so.
        """
        if broken := false(TRANSLATED, self.world()):
            raise Mismatch(f"{place}: {', '.join(broken)}")

    def world(self) -> World:
        """The vocabulary of the lemma's third part."""
        waves = (ZERO, *self.graph.waves)
        rows = {(p, w, v) for p, made in self.delivered.items() for w, v in made}
        pairs = [(p, *two) for p, made in self.delivered.items() for two in combinations(made, 2)]
        last = {p: max([ZERO, *(w for q, w in self.committed if q == p)]) for p in self.delivered}
        leaders = ((w, self.graph.leader[w]) for w in self.graph.waves)
        return {
            "Correct": tuple(self.delivered),
            "Wave": waves,
            "Vertex": tuple(self.graph.histories),
            "before": order(waves),
            "history": {(w, v) for w, top in leaders if top for v in self.graph.histories[top]},
            "decided": {(p,): w for p, w in last.items()},
            "committed": self.committed,
            "delivered": rows,
            "sooner": {(p, u, v) for p, (_, u), (_, v) in pairs},
            "inside": {(p, w, u, v) for p, (w, u), (x, v) in pairs if w == x},
        }
