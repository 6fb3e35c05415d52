"""Every DAG of one wave, none left out and none merged: the peers' question to our own code.

The peers walk every order of messages, but what their invariant asks is a matter of the DAG: is a
leader with enough supporters reached by every vertex of the next round? So each DAG of four
complete rounds is judged once, for every leader and every vertex that may come next. A state of the
peers has parts of such a DAG: what it lacks are supporters, or vertices to judge, so nothing is
asked there that is not asked here.

Edges, supporters and paths are the reference's. All replicas are correct, and advance with any
vertices that complete a round. Whether one leader is reached from another is not asked: there is
one wave.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from tee_rider.model_check.console import ExitCode, console, print_json
from tee_rider.reference.dag import Dag, insert_vertex, strong_reach
from tee_rider.reference.ordering import get_wave_vertex_leader, supporters
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration
from tee_rider.spec.identifiers import Mask, replica_name
from tee_rider.spec.vertex import Vertex

N = 3
"""At n = 4 each layer has 256 above it, not 27: too many DAGs to take one by one."""


@dataclass
class Answer:
    """What was judged, until the first thing wrong."""

    dags: int = 0
    """DAGs of four complete rounds."""
    commits: int = 0
    """How often a leader had enough supporters in one of them."""
    asked: int = 0
    """How often a vertex of the next round was asked for a path to such a leader."""
    violation: str | None = None

    @property
    def exit_code(self) -> ExitCode:
        """Where nothing was committed nothing was asked."""
        if self.violation:
            return ExitCode.VIOLATED
        return ExitCode.HOLDS if self.asked else ExitCode.INCONCLUSIVE

    def lines(self) -> list[str]:
        """For a person."""
        return [
            f"n={N}, all correct, every leader: {self.dags:,} DAGs of {WAVE_LENGTH} rounds,"
            f" {self.commits:,} leaders with enough supporters, {self.asked:,} vertices asked",
            f"key lemma VIOLATED: {self.violation}" if self.violation else "key lemma: holds",
        ]

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "states": self.dags,
            "commits": self.commits,
            "asked": self.asked,
            "violation": self.violation,
        }


class EveryDag:
    """Builds DAGs layer by layer, and judges those of four rounds."""

    def __init__(self, profile: Profile) -> None:
        """Nothing is judged yet."""
        self.setting = Setting(largest_configuration(N), profile)
        self.answer = Answer()
        self._made: dict[tuple[object, ...], Vertex] = {}

    def judge(self) -> Answer:
        """Every DAG of one wave, until one is wrong."""
        for dag in self._above(Dag(), 1):
            self._judge(dag)
            if self.answer.violation:
                break
        return self.answer

    def _above(self, dag: Dag, round_: int) -> Iterator[Dag]:
        """Every DAG of one wave that has these rounds."""
        if round_ > WAVE_LENGTH:
            yield dag
            return
        layers = [dag]
        for replica in range(N):
            vertices = self._vertices(dag, round_, replica)
            layers = [
                insert_vertex(self.setting.configuration, layer, vertex)
                for layer in layers
                for vertex in vertices
            ]
        for layer in layers:
            yield from self._above(layer, round_ + 1)

    def _vertices(self, dag: Dag, round_: int, replica: int) -> list[Vertex]:
        """What a replica may make above a DAG."""
        found = []
        for view in self._views(dag, round_ - 1, replica):
            named = view.rows[-1] if view.rows else ()
            key = round_, replica, *(held and held.vertex.digest for held in named)
            if key not in self._made:
                self._made[key] = create_new_vertex(
                    self.setting, view, frozenset(), round_, replica, ()
                )
            found.append(self._made[key])
        return found

    def _views(self, dag: Dag, round_: int, replica: int) -> Iterator[Dag]:
        """What a replica may hold on completing a round: its own vertex, and any others."""
        if round_ == 0:
            yield dag
            return
        others = [source for source in range(N) if source != replica]
        for size in range(N):
            for more in combinations(others, size):
                held = {replica, *more}
                row = tuple(at if i in held else None for i, at in enumerate(dag.rows[-1]))
                view = Dag((*dag.rows[:-1], row))
                if round_complete(self.setting, view, round_):
                    yield view

    def _judge(self, dag: Dag) -> None:
        """The key lemma: all that may come next reaches whoever is committed by all there is."""
        answer, setting = self.answer, self.setting
        needed = setting.profile.commit_quorum(setting.configuration)
        answer.dags += 1
        committed: Mask = 0
        for leader in range(N):
            vertex = get_wave_vertex_leader(dag, (leader,), 1)
            if vertex is not None and len(supporters(dag, 1, vertex)) >= needed:
                committed |= 1 << leader
        answer.commits += committed.bit_count()
        for replica in range(N):
            for view in self._views(dag, WAVE_LENGTH, replica):
                sources = sum(1 << vertex.source for vertex in view.round_vertices(WAVE_LENGTH))
                answer.asked += committed.bit_count()
                if missed := committed & ~strong_reach(dag, sources, WAVE_LENGTH, 1):
                    answer.violation = answer.violation or _told(dag, replica, sources, missed)


def _told(dag: Dag, replica: int, sources: Mask, missed: Mask) -> str:
    """The DAG, its edges by their sources, and what goes wrong above it."""
    rows = [
        f"{vertex.name} on {''.join(replica_name(edge.source) for edge in vertex.strong_edges)}"
        for round_ in range(2, WAVE_LENGTH + 1)
        for vertex in dag.round_vertices(round_)
    ]
    named = [[replica_name(i) for i in range(N) if mask >> i & 1] for mask in (sources, missed)]
    upper = f"{replica_name(replica)}{WAVE_LENGTH + 1} on {''.join(named[0])}"
    return f"{', '.join(rows)}; {named[1][0]}1 has enough supporters, {upper} does not reach it"


def main() -> ExitCode:
    """Judge every DAG by the published rules, or with another quorum."""
    parser = argparse.ArgumentParser(description="The key lemma in every DAG of one wave, n = 3.")
    parser.add_argument("--quorum", type=int, choices=range(1, N + 1), help="2 if not given")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    answer = EveryDag(TEE_RIDER if options.quorum is None else ruled_by(options.quorum)).judge()
    if options.json:
        print_json(answer.as_json())
    else:
        console.print("\n".join(answer.lines()), markup=False)
    return answer.exit_code


def ruled_by(quorum: int) -> Profile:
    """The published rules but for all quorums: a mutant that the peers' models know, too."""
    return replace(TEE_RIDER, edge_quorum=lambda _: quorum, commit_quorum=lambda _: quorum)


if __name__ == "__main__":
    raise SystemExit(main())
