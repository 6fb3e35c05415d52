"""Where more vertices than a quorum can enter a round together, the message level tries that."""

from collections.abc import Sequence
from functools import cache
from operator import itemgetter

import pytest

from tee_rider.model_check.exploration.every_end import EveryEnd
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import Action, State
from tee_rider.model_check.exploration.model import Always, Property
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import CommitLeader
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex

CHAINS = {
    "A": "A1 A2ABC A3ABC A4ABD",
    "B": "B1 B2ABC B3ABC B4ABE",
    "C": "C1 C2ABC C3ABC C4ABC",
    "D": "D1 D2ABD D3ABD",
    "E": "E2ABC E3ABE",
}
"""Each replica's vertices, with the sources of their strong edges; D and E sign what they like in
round 4. B4 does not support D1, so B commits D1 only if it gets enough others at once: D4 and E4,
when both have waited for C3."""


class Told(EveryEnd):
    """Correct replicas make these vertices and no others."""

    committed: frozenset[tuple[bool, ...]] = frozenset()
    """Who of A, B and C commits D1, in each end."""

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        return [(action, after) for action, after in super().actions(state) if self.fits(after)]

    def fits(self, state: State) -> bool:
        chains = [self.locals.chains[self.locals.all[state[i]].chain] for i in range(3)]
        faulty = [self.locals.chains[self.faulty.all[state[i]].chain] for i in (3, 4)]
        return all(
            vertex in made or (source in "DE" and vertex.round == 4)
            for source, chain in zip(CHAINS, [*chains, *faulty], strict=True)
            for made in [vertices()[source][: len(chain)]]
            for vertex in chain
        )

    def properties(self) -> Sequence[Property[State]]:
        return [Always("nothing", self.note)]

    def note(self, state: State) -> tuple[()]:
        events = self.judge.logs.events
        for end in self.ends(state):
            locals_ = [self.locals.all[end[i]] for i in range(3)]
            whole = all(
                self.locals.chains[local.chain] == tuple(vertices()[source])
                for local, source in zip(locals_, "ABC", strict=True)
            )
            if whole:
                commits = tuple(
                    any(isinstance(events[k], CommitLeader) for k in local.ordered)
                    for local in locals_
                )
                self.committed |= {commits}
        return ()


@cache
def vertices() -> dict[str, list[Vertex]]:
    """Of each replica, oldest first."""
    named: dict[str, Vertex] = {}
    made: dict[str, list[Vertex]] = {source: [] for source in CHAINS}
    words = sorted((word for chain in CHAINS.values() for word in chain.split()), key=itemgetter(1))
    for word in words:
        source, round_, parents = word[0], int(word[1]), word[2:]
        below = [named[f"{parent}{round_ - 1}"] for parent in parents]
        edges = tuple(StrongEdge(vertex.source, vertex.digest) for vertex in below)
        vertex = make_vertex(round_, "ABCDE".index(source), edges)
        named[vertex.name] = vertex
        made[source].append(vertex)
    return made


def who_commits() -> frozenset[tuple[bool, ...]]:
    setting = Setting(largest_configuration(5), TEE_RIDER)
    model = Told(Scope(setting, 4, faulty=2, leaders=(3,)))
    explore(model)
    return model.committed


@pytest.mark.nightly
def test_a_leader_is_committed_by_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody, only_a, only_b = (False,) * 3, (True, False, False), (False, True, False)
    assert who_commits() == {nobody, only_a, only_b, (True, True, False)}
    monkeypatch.setattr(Scope, "batches", False)
    assert who_commits() == {nobody, only_a}
