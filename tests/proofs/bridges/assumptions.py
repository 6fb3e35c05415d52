"""What lemma 04's first part assumes of DAGs and leaders, judged in the last states of a run.

The loop of the walk back speaks of waves alone. That its words mean what lemma 03 proves of
vertices, and that paths are the same in every DAG, are claims; here are their hypotheses.
"""

import z3

from tee_rider.proofs_notes.lemma_04_chains import KEY_LEMMA_OF_WAVES, LOCAL_IS_GLOBAL, dag, t, v, w
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.identifiers import replica_name
from tests.proofs.bridges.bridge import Mismatch, false, translated
from tests.proofs.bridges.finite import Row, World, order
from tests.proofs.bridges.graph import Edges, paths
from tests.proofs.bridges.map_04 import WalkMap
from tests.proofs.bridges.reading import inserted

OF_A_DAG = {
    name: z3.ForAll([v, t], z3.Implies(dag(v), formula))
    for name, formula in {
        **LOCAL_IS_GLOBAL.hypotheses,
        LOCAL_IS_GLOBAL.name: LOCAL_IS_GLOBAL.conclusion,
    }.items()
}
OF_LEADERS = {
    name: z3.ForAll([w], formula) for name, formula in KEY_LEMMA_OF_WAVES.hypotheses.items()
}
A_DAG, LEADERS = translated(OF_A_DAG), translated(OF_LEADERS)


def judge_assumptions(map_: WalkMap) -> int:
    """Judge every correct replica's last DAG, by strong edges and by all edges; returns how many.

    Raises:
        Mismatch: something is not as assumed.
    """
    graph, judged = map_.graph, 0
    for replica, state in map_.run.final.items():
        held = {graph.name[vertex.id] for vertex in inserted(state)}
        for edges in (graph.strong, graph.edges):
            judged += 1
            if broken := false(A_DAG, _one_dag(map_, edges, held)):
                raise Mismatch(f"the DAG of {replica_name(replica)}: {', '.join(broken)}")
    if broken := false(LEADERS, _leaders(map_)):
        raise Mismatch(f"the leaders: {', '.join(broken)}")
    return judged


def _one_dag(map_: WalkMap, edges: Edges, held: set[str]) -> World:
    inside = {vertex: below & held for vertex, below in edges.items() if vertex in held}
    rounds = {(name,): vertex.round for vertex, name in map_.graph.name.items()}
    return {
        "Vertex": tuple(edges),
        "round_of": rounds,
        "lower": order(set(rounds.values())),
        "edge": _rows(edges),
        "path": _rows(paths(edges)),
        "local": _rows(paths(inside)),
        "dag": {(vertex,) for vertex in held},
    }


def _leaders(map_: WalkMap) -> World:
    graph = map_.graph
    first = {(wave,): round_in_wave(wave, 1) for wave in graph.waves}
    last = {(wave,): round_in_wave(wave, WAVE_LENGTH) for wave in graph.waves}
    leader = {(wave,): graph.leader_name(wave) for wave in graph.waves}
    rounds = {(name,): vertex.round for vertex, name in graph.name.items()}
    rounds |= {(leader[wave],): round_ for wave, round_ in first.items()}
    return {
        **{name: map_.rigid[name] for name in ("before", "supported", "held", "reaches")},
        "Wave": tuple(graph.waves),
        "Vertex": tuple(name for (name,) in rounds),
        "Round": tuple(sorted({*rounds.values(), *last.values()})),
        "lower": order({*rounds.values(), *last.values()}),
        "first": first,
        "last": last,
        "leader": leader,
        "round_of": rounds,
        "path": _rows(graph.strong_paths) | {(name, name) for name in leader.values()},
        "dag": {(name,) for name in graph.strong},
    }


def _rows(edges: Edges) -> set[Row]:
    return {(vertex, lower) for vertex, below in edges.items() for lower in below}
