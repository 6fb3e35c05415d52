"""Votes that are fixed before the coin shows, counted by the reference: a DAG that starves leaders.

The solver of the game counts votes by itself, and at n = 3, where everything is tried, a quorum of
any round is the same. So what the reference counts is asked here, in one DAG of five.
"""

from dataclasses import dataclass
from typing import Any

from tee_rider.model_check.mutation.explored import DIRECT
from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.reference import ordering
from tee_rider.reference.dag import Dag, insert_vertex
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import StrongEdge, make_vertex

ROWS = (
    {0: "ADE", 1: "BDE", 2: "CDE", 3: "CDE", 4: "ABE"},
    {0: "ABE", 1: "BCD", 2: "ACD"},
    {0: "ABC", 1: "ABC", 2: "ABC"},
)
"""Whom the vertices of rounds 2, 3 and 4 have edges to; D and E say nothing after round 2."""


@dataclass(frozen=True, slots=True)
class FixedVotesGround(Ground):
    """Each leader of wave 1 has a quorum of votes in this DAG, whoever the coin shows."""

    checker = "game"
    sizes = frozenset({5})

    @property
    def bound(self) -> str:
        """One DAG."""
        return "votes counted by the reference in one DAG of HARDENED at n=5"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Count them for every leader."""
        setting = Setting(largest_configuration(5), rules.over(HARDENED))
        dag = _dag(setting)
        needed = setting.profile.commit_quorum(setting.configuration)
        starved = [
            f"{replica_name(i)} has {votes} of {needed} votes"
            for i in range(setting.configuration.n)
            if (votes := len(ordering.supporters(dag, 1, _vertex(dag, 1, i)))) < needed
        ]
        if len(starved) <= setting.configuration.n - setting.configuration.quorum_size:
            return Trial({})
        return Trial({DIRECT: ("wave 1:", *starved)})


def _dag(setting: Setting) -> Dag:
    dag = Dag()
    for i in range(setting.configuration.n):
        dag = insert_vertex(setting.configuration, dag, make_vertex(1, i))
    for round_, row in enumerate(ROWS, start=2):
        for i, parents in row.items():
            below = (_vertex(dag, round_ - 1, "ABCDE".index(parent)) for parent in parents)
            edges = tuple(StrongEdge(vertex.source, vertex.digest) for vertex in below)
            vertex = make_vertex(round_, i, edges)
            assert vertex_rejection(setting, i, round_ - 1, vertex) is None
            dag = insert_vertex(setting.configuration, dag, vertex)
    return dag


def _vertex(dag: Dag, round_: int, source: int) -> Any:
    return dag.get(round_, source)
