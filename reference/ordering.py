"""The total order: waves, their leaders, the commit rule, the walk back, and the delivery.

Source: DAG-Rider, its ordering layer; TEE-Rider, the same with quorums of n // 2 + 1.
"""

from dataclasses import dataclass, replace

from tee_rider.reference.dag import Address, Dag, causal_history, strong_path
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.events import ADeliver, CommitLeader
from tee_rider.spec.vertex import Vertex


@dataclass(frozen=True, slots=True)
class Ordering:
    """How far the total order has come at one replica."""

    leaders: tuple[int, ...] = ()
    """``leaders[w - 1]`` is the replica that the coin of wave w showed."""
    requested: int = 0
    """The last wave whose coin was asked for."""
    decided: int = 0
    """The last wave whose leader is committed."""
    undelivered: frozenset[Address] = frozenset()
    """Where the vertices stand that are held and not delivered."""


def get_wave_vertex_leader(dag: Dag, leaders: tuple[int, ...], wave: int) -> Vertex | None:
    """The leader of a wave: the vertex of its first round by the replica that its coin showed.

    Source: DAG-Rider, get_wave_vertex_leader.
    """
    return dag.get(round_in_wave(wave, 1), leaders[wave - 1])


def supporters(dag: Dag, wave: int, leader: Vertex) -> tuple[Vertex, ...]:
    """The vertices held of a wave's last round that have a strong path to its leader.

    Source: DAG-Rider, the commit rule of wave_ready.
    """
    last_round = dag.round_vertices(round_in_wave(wave, WAVE_LENGTH))
    return tuple(vertex for vertex in last_round if strong_path(dag, vertex, leader))


def wave_ready(
    setting: Setting, dag: Dag, ordering: Ordering, wave: int
) -> tuple[Ordering, tuple[CommitLeader | ADeliver, ...]]:
    """Commit the leader of a wave if a quorum supports it, and every earlier leader it vouches for.

    Source: DAG-Rider, wave_ready; TEE-Rider, its commit rule.
    """
    leader = get_wave_vertex_leader(dag, ordering.leaders, wave)
    if wave <= ordering.decided or leader is None:
        return ordering, ()
    if len(supporters(dag, wave, leader)) < setting.profile.commit_quorum(setting.configuration):
        return ordering, ()
    chain = setting.profile.walk_back(dag, ordering.leaders, ordering.decided, wave)
    ordering = replace(ordering, decided=wave)
    outputs: list[CommitLeader | ADeliver] = []
    for committed_wave, committed in chain:
        direct = committed_wave == wave
        outputs.append(CommitLeader(wave=committed_wave, leader=committed.id, direct=direct))
        ordering, delivered = order_vertices(setting, dag, ordering, committed)
        outputs += [ADeliver(vertex=vertex.id, wave=committed_wave) for vertex in delivered]
    return ordering, tuple(outputs)


def walk_back(
    dag: Dag, leaders: tuple[int, ...], decided: int, wave: int
) -> tuple[tuple[int, Vertex], ...]:
    """Oldest first, each undecided leader with a strong path from the one taken after it.

    Source: DAG-Rider, the loop of wave_ready.
    """
    leader = get_wave_vertex_leader(dag, leaders, wave)
    if leader is None:
        return ()
    chain = [(wave, leader)]
    for earlier_wave in range(wave - 1, decided, -1):
        earlier = get_wave_vertex_leader(dag, leaders, earlier_wave)
        if earlier is not None and strong_path(dag, chain[-1][1], earlier):
            chain.append((earlier_wave, earlier))
    return tuple(reversed(chain))


def order_vertices(
    setting: Setting, dag: Dag, ordering: Ordering, leader: Vertex
) -> tuple[Ordering, tuple[Vertex, ...]]:
    """Deliver the undelivered causal history of a leader in the profile's order.

    Source: DAG-Rider, order_vertices.
    """
    address = (leader.round, leader.source)
    history = causal_history(dag, [address], ordering.undelivered)
    left = ordering.undelivered - {(vertex.round, vertex.source) for vertex in history}
    return replace(ordering, undelivered=left), setting.profile.linearise(history)


def by_round_and_source(history: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """Older rounds first, then by source: a fixed order, and edges lead to older rounds only.

    Source: DAG-Rider leaves the order open as long as it is fixed; this one is ours.
    """
    return tuple(sorted(history, key=lambda vertex: (vertex.round, vertex.source)))
