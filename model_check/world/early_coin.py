"""Finding F5: a leader seen before the round that should be complete is, for junk signatures."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from tee_rider.model_check.world.coin import signatures_only
from tee_rider.model_check.world.enclaves import enclaves_with_coin
from tee_rider.model_check.world.host import EnclaveCoin, as_signed, local_step
from tee_rider.reference.coin import proof_holds, proof_round
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.replica import ReplicaState, initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import round_complete
from tee_rider.spec.coin import CoinProof, SignedVertex
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import CreateVertex
from tee_rider.spec.interface import Advance, Receive
from tee_rider.spec.messages import content_bytes
from tee_rider.spec.vertex import StrongEdge, Vertex, content_digest, make_vertex

JUNK: dict[str, Callable[[Vertex], Vertex]] = {
    "no edges": lambda vertex: make_vertex(vertex.round, vertex.source),
    "too few edges": lambda vertex: _with_edges(vertex, vertex.strong_edges[:1]),
    "edges to nothing": lambda vertex: _with_edges(
        vertex, tuple(StrongEdge(edge.source, "0" * 64) for edge in vertex.strong_edges)
    ),
    "edges out of range": lambda vertex: _with_edges(
        vertex, (*vertex.strong_edges, StrongEdge(99, "0" * 64))
    ),
    "an edge twice": lambda vertex: _with_edges(
        vertex, (vertex.strong_edges[0], *vertex.strong_edges)
    ),
    "another's name": lambda vertex: _with_edges(replace(vertex, source=0), vertex.strong_edges),
    "a wrong digest": lambda vertex: replace(vertex, digest="0" * 64),
}
"""What a faulty host has signed instead of the vertex that it could make."""


def finding_5(n: int = 3) -> tuple[bool, bool]:
    """Whether the defect shows where only signatures count, and where the proof is looked into.

    Source: FINDINGS F5.
    """
    wrong = replace(TEE_RIDER, coin_proof=signatures_only)
    right = replace(TEE_RIDER, coin_proof=proof_holds)
    return bool(early_coins(wrong, n)), bool(early_coins(right, n))


def early_coins(profile: Profile, n: int) -> tuple[str, ...]:
    """With which junk f faulty hosts see wave 1's leader before the proof's round can be complete.

    All have gone together to the round before it, and as few correct replicas as possible have made
    their vertices of it: q - f, which is A alone if n is odd. The faulty hosts show these to an
    enclave of theirs, with one junk signature of each of them.

    Source: FINDINGS F5.
    """
    setting = Setting(largest_configuration(n), profile)
    n_first = setting.configuration.quorum_size - setting.configuration.f
    round_ = proof_round(setting, 1)
    states = in_step(setting, round_ - 1)
    first = [local_step(state, Advance(), EnclaveCoin())[0] for state in states[:n_first]]
    assert not any(round_complete(setting, state.dag, round_) for state in (*first, *states))
    own = [as_signed(state, state.dag.round_vertices(round_))[0] for state in first]
    parents = as_signed(first[0], first[0].dag.round_vertices(round_ - 1))
    faulty = states[n - setting.configuration.f :]
    seen = []
    for name, spoil in JUNK.items():
        signed = [_signed_junk(state, spoil) for state in faulty]
        proof = CoinProof((*own, *(junk for junk, _ in signed)), parents)
        if signed[0][1].coin(1, proof) is not None:
            seen.append(name)
    return tuple(seen)


def in_step(setting: Setting, rounds: int) -> list[ReplicaState]:
    """All replicas in this round, each of which has heard everything."""
    usigs = [IdealUsig(i) for i in range(setting.configuration.n)]
    states = [initial_state(setting, e) for e in enclaves_with_coin(setting, usigs, seed=0)]
    coin = EnclaveCoin()
    for _ in range(rounds):
        steps = [local_step(state, Advance(), coin) for state in states]
        states = [state for state, _, _ in steps]
        messages = [send.message for _, sends, _ in steps for send in sends]
        for i, message in product(range(len(states)), messages):
            states[i] = local_step(states[i], Receive(message), coin)[0]
    return states


def next_vertex(state: ReplicaState) -> Vertex:
    """What a correct replica would make next in this state."""
    _, _, events = local_step(state, Advance(), EnclaveCoin())
    return next(event.vertex for event in events if isinstance(event, CreateVertex))


def _signed_junk(
    state: ReplicaState, spoil: Callable[[Vertex], Vertex]
) -> tuple[SignedVertex, Enclave]:
    enclave = state.broadcast.usig
    assert isinstance(enclave, Enclave)
    junk = spoil(next_vertex(state))
    enclave, ui = enclave.create_ui(content_bytes(junk))
    return SignedVertex(junk, ui), enclave


def _with_edges(vertex: Vertex, edges: tuple[StrongEdge, ...]) -> Vertex:
    """The same vertex with these edges as they are, under the digest of this content."""
    changed = replace(vertex, strong_edges=edges)
    return replace(changed, digest=content_digest(changed))
