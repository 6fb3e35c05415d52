"""What a faulty host may sign instead of the vertex that a correct replica would make."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TypeAlias

from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.messages import Content, Echo, Junk
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import (
    FreezeStatement,
    Request,
    StrongEdge,
    Vertex,
    WeakEdge,
    content_digest,
    make_vertex,
)

NOTHING = "0" * 64
"""A digest that no content has, as far as anybody knows."""

Misdeed: TypeAlias = Callable[[Random, ReplicaState, Vertex], Content]
"""From the host's state and the vertex that would be right in its next round."""


def fewer_edges(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """Any strong edges, as long as they are enough."""
    quorum = state.setting.profile.edge_quorum(state.setting.configuration)
    edges = sorted(vertex.strong_edges, key=lambda edge: random.random())
    kept = edges[: random.randrange(quorum, max(quorum, len(edges)) + 1)]
    return _with_edges(vertex, strong=tuple(kept))


def without_own_predecessor(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """No edge to its source's previous vertex, if there are enough others."""
    quorum = state.setting.profile.edge_quorum(state.setting.configuration)
    others = tuple(edge for edge in vertex.strong_edges if edge.source != vertex.source)
    return _with_edges(vertex, strong=others) if len(others) >= quorum else vertex


def without_weak_edges(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """The slow are left out."""
    return _with_edges(vertex, weak=())


def needless_weak_edges(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """Weak edges to anything old, reached already or not."""
    if state.setting.profile.weak_edges is None or vertex.round < 3:
        return vertex
    rounds = (random.randrange(1, vertex.round - 1) for _ in range(3))
    old = {held for round_ in sorted(rounds) for held in state.dag.round_vertices(round_)}
    weak = {*vertex.weak_edges, *(WeakEdge(v.round, v.source, v.digest) for v in old)}
    return _with_edges(vertex, weak=tuple(weak))


def edge_to_nothing(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """An edge that names a vertex which does not exist, so that nobody can ever insert this one."""
    if not vertex.strong_edges:
        return vertex
    first, *others = vertex.strong_edges
    return _with_edges(vertex, strong=(StrongEdge(first.source, NOTHING), *others))


def around_freezes(random: Random, state: ReplicaState, vertex: Vertex) -> Vertex:
    """Only edges to what has seen no freeze of its own epoch, so that it may still count."""
    quorum = state.setting.profile.edge_quorum(state.setting.configuration)
    frozen = (vertex.source, state.broadcast.usig.epoch)
    unfrozen = [
        StrongEdge(parent.source, parent.digest)
        for parent in state.dag.round_vertices(vertex.round - 1)
        if (held := state.dag.held(parent.round, parent.source)) and frozen not in held.frozen
    ]
    if len(unfrozen) < quorum:
        return vertex
    own_first = sorted(unfrozen, key=lambda e: (e.source != vertex.source, random.random()))
    return _with_edges(vertex, strong=tuple(sorted(own_first[:quorum])), weak=())


VALID: tuple[Misdeed, ...] = (
    fewer_edges,
    without_own_predecessor,
    without_weak_edges,
    needless_weak_edges,
    edge_to_nothing,
)
"""Bad habits that break no rule."""

VALID_OF_WHO_RETURNS: tuple[Misdeed, ...] = (*VALID, around_freezes, around_freezes)
"""The same where replicas return."""


def junk(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """No message of the protocol: bytes, or an echo of a replica that there is not."""
    if random.random() < 0.5:
        return Junk(b"%d" % random.randrange(1000))
    return Echo(state.setting.configuration.n, 1, 1)


def other_source(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """A vertex in another replica's name."""
    source = (vertex.source + 1) % state.setting.configuration.n
    return _renamed(replace(vertex, source=source))


def wrong_digest(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """A vertex under the name of another content."""
    return replace(vertex, digest=NOTHING)


def second_vertex(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """Another vertex for the round that its stream filled last; its slot is used up for nothing."""
    last_round = state.broadcast.stream(state.replica, 1).last_round
    request = Request(state.replica, random.randrange(1000), "again")
    return _renamed(replace(vertex, round=max(1, last_round), requests=(request,)))


def edges_in_round_1(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """Edges where there is nothing before."""
    edges = tuple(StrongEdge(i, NOTHING) for i in range(state.setting.configuration.n))
    return make_vertex(1, vertex.source, edges, (), vertex.requests)


def too_few_edges(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """One strong edge less than needed."""
    quorum = state.setting.profile.edge_quorum(state.setting.configuration)
    return _with_edges(vertex, strong=vertex.strong_edges[: quorum - 1])


def unsorted_edges(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """Edges in the wrong order, or one address twice."""
    first, *others = vertex.strong_edges
    edges = (*others, first) if random.random() < 0.5 else (first, first, *others)
    return _renamed(replace(vertex, strong_edges=edges))


def edge_out_of_range(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """An edge to a replica or round that there is not."""
    n = state.setting.configuration.n
    if random.random() < 0.5:
        return _with_edges(vertex, strong=(*vertex.strong_edges, StrongEdge(n, NOTHING)))
    return _with_edges(vertex, weak=(WeakEdge(0, 0, NOTHING), *vertex.weak_edges))


def young_weak_edge(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """A weak edge to the round before, where only strong ones belong."""
    source, digest = vertex.strong_edges[0]
    return _with_edges(vertex, weak=(WeakEdge(vertex.round - 1, source, digest),))


def unused_weak_edge(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """A weak edge where the profile has none."""
    return _with_edges(vertex, weak=(WeakEdge(1, vertex.source, NOTHING),))


INVALID: dict[RejectionReason, Misdeed] = {
    RejectionReason.NOT_UNDERSTOOD: junk,
    RejectionReason.SOURCE_IS_NOT_SIGNER: other_source,
    RejectionReason.DIGEST_MISMATCH: wrong_digest,
    RejectionReason.ROUND_NOT_INCREASING: second_vertex,
    RejectionReason.FIRST_ROUND_WITH_EDGES: edges_in_round_1,
    RejectionReason.TOO_FEW_STRONG_EDGES: too_few_edges,
    RejectionReason.EDGES_NOT_SORTED: unsorted_edges,
    RejectionReason.EDGE_OUT_OF_RANGE: edge_out_of_range,
    RejectionReason.WEAK_EDGE_NOT_OLDER: young_weak_edge,
    RejectionReason.WEAK_EDGES_NOT_USED: unused_weak_edge,
    RejectionReason.OWN_PREDECESSOR_MISSING: without_own_predecessor,
}
"""One way to break each rule about what is signed, whoever may return."""


def forged_freeze(random: Random, state: ReplicaState, vertex: Vertex) -> Content:
    """A freeze for which nobody asked, of anybody's epoch."""
    target, epoch = random.randrange(state.setting.configuration.n), random.randrange(1, 4)
    freeze = FreezeStatement(target, epoch, epoch + 1, NOTHING)
    return make_vertex(
        vertex.round,
        vertex.source,
        vertex.strong_edges,
        vertex.weak_edges,
        vertex.requests,
        (freeze,),
    )


INVALID_OF_WHO_RETURNS = {**INVALID, RejectionReason.FREEZE_NOT_ATTESTED: forged_freeze}
"""The same where replicas return."""


def possible_breaches(state: ReplicaState, vertex: Vertex) -> tuple[RejectionReason, ...]:
    """Which rules the host can break now; ``vertex`` would be right in its next round."""
    profile, sources = state.setting.profile, [edge.source for edge in vertex.strong_edges]
    last_round = state.broadcast.stream(state.replica, 1).last_round
    others = len(sources) - (vertex.source in sources)
    possible = {
        RejectionReason.NOT_UNDERSTOOD: True,
        RejectionReason.SOURCE_IS_NOT_SIGNER: True,
        RejectionReason.DIGEST_MISMATCH: True,
        RejectionReason.ROUND_NOT_INCREASING: last_round > 0,
        RejectionReason.FIRST_ROUND_WITH_EDGES: vertex.round == 1,
        RejectionReason.TOO_FEW_STRONG_EDGES: len(sources) > 0,
        RejectionReason.EDGES_NOT_SORTED: len(sources) > 1,
        RejectionReason.EDGE_OUT_OF_RANGE: len(sources) > 0,
        RejectionReason.WEAK_EDGE_NOT_OLDER: len(sources) > 0 and profile.weak_edges is not None,
        RejectionReason.WEAK_EDGES_NOT_USED: vertex.round > 2 and profile.weak_edges is None,
        RejectionReason.OWN_PREDECESSOR_MISSING: profile.self_edge_required
        and others >= profile.edge_quorum(state.setting.configuration),
        RejectionReason.FREEZE_NOT_ATTESTED: profile.replicas_return,
    }
    return tuple(reason for reason, can in possible.items() if can)


def _with_edges(
    vertex: Vertex,
    strong: tuple[StrongEdge, ...] | None = None,
    weak: tuple[WeakEdge, ...] | None = None,
) -> Vertex:
    strong = vertex.strong_edges if strong is None else strong
    weak = vertex.weak_edges if weak is None else weak
    return make_vertex(vertex.round, vertex.source, strong, weak, vertex.requests, vertex.freezes)


def _renamed(vertex: Vertex) -> Vertex:
    """The same vertex with the digest of its content; its edges stay as they are."""
    return replace(vertex, digest=content_digest(vertex))
