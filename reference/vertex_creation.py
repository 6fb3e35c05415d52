"""When a replica may go to its next round, and the vertex that it makes there."""

from tee_rider.reference.dag import Address, Dag, causal_history
from tee_rider.reference.profile import Setting
from tee_rider.spec.vertex import (
    FreezeStatement,
    Request,
    StrongEdge,
    Vertex,
    WeakEdge,
    make_vertex,
)


def round_complete(setting: Setting, dag: Dag, round_: int) -> bool:
    """A round is complete when a quorum of its vertices is held; before round 1 there is nothing.

    Source: DAG-Rider, the condition for advancing; TEE-Rider, with n >= 2f + 1.
    """
    needed = setting.profile.edge_quorum(setting.configuration)
    return round_ == 0 or len(dag.round_vertices(round_)) >= needed


def create_new_vertex(
    setting: Setting,
    dag: Dag,
    undelivered: frozenset[Address],
    round_: int,
    source: int,
    requests: tuple[Request, ...],
    freezes: tuple[FreezeStatement, ...] = (),
) -> Vertex:
    """The vertex of a round: strong edges to all held of the round before, weak edges to the rest.

    Source: DAG-Rider, create_new_vertex.
    """
    strong = tuple(StrongEdge(v.source, v.digest) for v in dag.round_vertices(round_ - 1))
    weak: tuple[WeakEdge, ...] = ()
    if setting.profile.weak_edges is not None:
        weak = setting.profile.weak_edges(dag, undelivered, round_, strong)
    return make_vertex(round_, source, strong, weak, requests, freezes)


def set_weak_edges(
    dag: Dag, undelivered: frozenset[Address], round_: int, strong_edges: tuple[StrongEdge, ...]
) -> tuple[WeakEdge, ...]:
    """One weak edge to each older vertex that nothing else reaches, newest first.

    Delivered vertices need none: every vertex of the rounds to come reaches the leader whose
    history they are in (lemma 03).

    Source: DAG-Rider, set_weak_edges.
    """
    start = [(round_ - 1, edge.source) for edge in strong_edges]
    covered = {(v.round, v.source) for v in causal_history(dag, start, undelivered)}
    weak: list[WeakEdge] = []
    for address in sorted(undelivered, reverse=True):
        vertex = dag.get(*address)
        if vertex is None or vertex.round >= round_ - 1 or address in covered:
            continue
        weak.append(WeakEdge(vertex.round, vertex.source, vertex.digest))
        covered |= {(v.round, v.source) for v in causal_history(dag, [address], undelivered)}
    return tuple(weak)
