"""The coin is uniform, and an enclave shows it for a proof that holds up and for nothing less."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tee_rider.reference.coin import proof_holds, proof_round
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.coin import DRAWS, CoinProof, SignedVertex, is_fair, leader_of
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.messages import content_bytes
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import (
    FreezeStatement,
    StrongEdge,
    Vertex,
    WeakEdge,
    content_digest,
    make_vertex,
)

PINNED = [4, 3, 2, 2, 0, 1]


def test_leaders_depend_on_seed_and_wave_and_are_pinned() -> None:
    assert [leader_of(b"seed", wave, 5) for wave in range(1, 7)] == PINNED
    assert [leader_of(b"another", wave, 5) for wave in range(1, 7)] != PINNED


@pytest.mark.parametrize("n", [*range(3, 12), 64, 100, 2**32 - 1])
def test_every_leader_has_exactly_as_many_fair_draws(n: int) -> None:
    # Fair draws are those from 0 up to an end that is a multiple of n: each remainder has end / n.
    end = DRAWS - DRAWS % n
    assert end % n == 0
    assert is_fair(0, n) and is_fair(end - 1, n)
    assert end == DRAWS or not (is_fair(end, n) or is_fair(DRAWS - 1, n))


def test_the_first_fair_draw_counts() -> None:
    n = 2**63 + 1  # Of all draws, almost half are not fair.
    first = []
    for wave in range(1, 41):
        draws = [draw(b"seed", wave, i) for i in range(20)]
        fair = [i for i in range(20) if draws[i] < n]
        assert leader_of(b"seed", wave, n) == draws[fair[0]]
        first.append(fair[0])
    assert {0, 1, 2} <= set(first)


def draw(seed: bytes, wave: int, i: int) -> int:
    digest = hmac.digest(seed, b"l4:coini%dei%dee" % (wave, i), "sha256")
    return int.from_bytes(digest[:8], "big")


def test_the_profile_says_which_round_is_to_be_complete() -> None:
    configuration = largest_configuration(3)
    assert [proof_round(Setting(configuration, TEE_RIDER), w) for w in (1, 2)] == [4, 8]
    assert [proof_round(Setting(configuration, HARDENED), w) for w in (1, 2)] == [5, 9]


@dataclass
class Layers:
    """Two rounds of a DAG of three replicas, signed; A and B have made their upper vertices."""

    profile: Profile
    counter: int = 3

    def __post_init__(self) -> None:
        self.setting = Setting(largest_configuration(3), self.profile)
        self.round = proof_round(self.setting, 1)
        below = (StrongEdge(0, "00"), StrongEdge(1, "11"), StrongEdge(2, "22"))
        self.parents = [
            self.sign(make_vertex(self.round - 1, i, below), i, self.counter) for i in range(3)
        ]
        self.vertices = [self.sign(self.vertex(i), i, self.counter + 1) for i in range(2)]

    def vertex(self, source: int, *parents: int) -> Vertex:
        named = [self.parents[i].vertex for i in parents or (0, 1, 2)]
        edges = tuple(StrongEdge(v.source, v.digest) for v in named)
        return make_vertex(self.round, source, edges)

    def sign(self, vertex: Vertex, replica: int, counter: int, epoch: int = 1) -> SignedVertex:
        message = content_bytes(vertex)
        certificate = IdealUsig(0).certificate(message, replica, epoch, counter)
        return SignedVertex(vertex, UniqueIdentifier(replica, epoch, counter, certificate))

    def holds(self) -> bool:
        proof = CoinProof(tuple(self.vertices), tuple(self.parents))
        return proof_holds(self.setting, IdealUsig(2), proof, wave=1)


def resigned(layers: Layers, change: Callable[[Vertex], Vertex]) -> None:
    """B's enclave has signed something else in this place."""
    vertex, ui = layers.vertices[1]
    layers.vertices[1] = layers.sign(change(vertex), ui.replica, ui.counter)


def with_edges(vertex: Vertex, edges: tuple[StrongEdge, ...]) -> Vertex:
    changed = replace(vertex, strong_edges=edges)
    return replace(changed, digest=content_digest(changed))


def one_missing(layers: Layers) -> None:
    layers.vertices.pop()


def one_twice(layers: Layers) -> None:
    layers.vertices[1] = layers.vertices[0]


def two_of_one_source(layers: Layers) -> None:
    layers.vertices[1] = layers.sign(layers.vertex(0, 0, 1), 0, 9)


def one_source_in_two_epochs(layers: Layers) -> None:
    layers.vertices[1] = layers.sign(layers.vertex(0), 0, 2, epoch=2)


def forged(layers: Layers) -> None:
    vertex, ui = layers.vertices[1]
    layers.vertices[1] = SignedVertex(vertex, replace(ui, certificate=b"forged"))


def another_counter(layers: Layers) -> None:
    vertex, ui = layers.vertices[1]
    layers.vertices[1] = SignedVertex(vertex, replace(ui, counter=9))


def counter_zero(layers: Layers) -> None:
    layers.vertices[1] = layers.sign(layers.vertex(1), 1, 0)


def nobody_signs(layers: Layers) -> None:
    layers.vertices[1] = layers.sign(layers.vertex(3), 3, 4)


def anothers_name(layers: Layers) -> None:
    layers.vertices[1] = layers.sign(layers.vertex(1), 2, 4)


def another_round(layers: Layers) -> None:
    resigned(layers, lambda v: make_vertex(v.round + 4, v.source, v.strong_edges))


def wrong_digest(layers: Layers) -> None:
    resigned(layers, lambda v: replace(v, digest="00"))


def too_few_edges(layers: Layers) -> None:
    resigned(layers, lambda v: with_edges(v, v.strong_edges[1:2]))


def unsorted_edges(layers: Layers) -> None:
    resigned(layers, lambda v: with_edges(v, v.strong_edges[::-1]))


def repeated_edge(layers: Layers) -> None:
    resigned(layers, lambda v: with_edges(v, (v.strong_edges[1], v.strong_edges[1])))


def edge_to_another_digest(layers: Layers) -> None:
    resigned(layers, lambda v: with_edges(v, (*v.strong_edges[:2], StrongEdge(2, "22"))))


def young_weak_edge(layers: Layers) -> None:
    resigned(
        layers,
        lambda v: make_vertex(v.round, v.source, v.strong_edges, (WeakEdge(v.round - 1, 0, "0"),)),
    )


def parent_missing(layers: Layers) -> None:
    layers.parents.pop()


def parent_forged(layers: Layers) -> None:
    vertex, ui = layers.parents[2]
    layers.parents[2] = SignedVertex(vertex, replace(ui, certificate=b"forged"))


def parent_of_another_round(layers: Layers) -> None:
    parent = make_vertex(layers.round - 2, 2, layers.parents[2].vertex.strong_edges)
    layers.parents[2] = layers.sign(parent, 2, 3)
    layers.vertices = [layers.sign(layers.vertex(i), i, 4) for i in range(2)]


def parent_without_edges(layers: Layers) -> None:
    layers.parents[2] = layers.sign(make_vertex(layers.round - 1, 2), 2, 3)
    layers.vertices = [layers.sign(layers.vertex(i), i, 4) for i in range(2)]


SPOILERS = [
    one_missing,
    one_twice,
    two_of_one_source,
    one_source_in_two_epochs,
    forged,
    another_counter,
    counter_zero,
    nobody_signs,
    anothers_name,
    another_round,
    wrong_digest,
    too_few_edges,
    unsorted_edges,
    repeated_edge,
    edge_to_another_digest,
    young_weak_edge,
    parent_missing,
    parent_forged,
    parent_of_another_round,
    parent_without_edges,
]


@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
def test_a_quorum_of_valid_vertices_on_signed_parents_is_a_proof(profile: Profile) -> None:
    assert Layers(profile).holds()


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
def test_each_of_these_alone_spoils_it(profile: Profile, spoil: Callable[[Layers], None]) -> None:
    layers = Layers(profile)
    spoil(layers)
    assert not layers.holds()


def test_what_does_not_hold_up_is_left_aside_and_the_rest_is_counted() -> None:
    layers = Layers(TEE_RIDER)
    layers.vertices.append(layers.sign(make_vertex(layers.round, 2), 2, 4))
    layers.parents.append(layers.sign(make_vertex(1, 2), 2, 1))
    assert layers.holds()


@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
def test_an_edge_to_the_own_parent_is_demanded_where_the_profile_does(profile: Profile) -> None:
    layers = Layers(profile)
    layers.vertices[1] = layers.sign(layers.vertex(1, 0, 2), 1, 4)
    assert layers.holds() == (not profile.self_edge_required)


def test_the_first_vertex_of_a_stream_needs_no_edge_to_a_parent_of_its_own() -> None:
    layers = Layers(HARDENED)
    layers.vertices[1] = layers.sign(layers.vertex(1, 0, 2), 1, 2, epoch=2)
    assert layers.holds()
    del layers.parents[1]
    layers.vertices = [layers.sign(layers.vertex(i, 0, 1), i, 4) for i in range(2)]
    assert layers.holds()


def test_a_later_epoch_counts_only_where_replicas_return() -> None:
    for profile in (TEE_RIDER, HARDENED):
        layers = Layers(profile)
        layers.vertices[1] = layers.sign(layers.vertex(1), 1, 2, epoch=2)
        assert layers.holds() == profile.replicas_return


def test_a_freeze_that_nobody_asked_for_makes_a_vertex_invalid() -> None:
    layers = Layers(HARDENED)
    vertex = layers.vertices[1].vertex
    freeze = FreezeStatement(2, 1, 2, "00")
    frozen = make_vertex(vertex.round, 1, vertex.strong_edges, freezes=(freeze,))
    layers.vertices[1] = layers.sign(frozen, 1, 4)
    assert not layers.holds()
