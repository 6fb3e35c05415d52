from dataclasses import replace

import pytest

from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import StrongEdge, Vertex, WeakEdge, content_digest, make_vertex

SETTING = Setting(largest_configuration(3), TEE_RIDER)
STRICT = replace(SETTING, profile=replace(TEE_RIDER, self_edge_required=True))
NO_WEAK = replace(SETTING, profile=replace(TEE_RIDER, weak_edges=None))
A, B, C, NOBODY = (StrongEdge(source, "ab") for source in (0, 1, 2, 3))
GOOD = make_vertex(4, 2, (A, B), (WeakEdge(1, 2, "cd"),))


def named(vertex: Vertex) -> Vertex:
    """The same content, with its right digest but without sorting."""
    return replace(vertex, digest=content_digest(vertex))


BACKWARDS = named(replace(GOOD, strong_edges=(B, A)))
TWICE = named(replace(GOOD, strong_edges=(A, A)))
BAD = {
    RejectionReason.SOURCE_IS_NOT_SIGNER: (SETTING, make_vertex(1, 1), 0),
    RejectionReason.ROUND_NOT_INCREASING: (SETTING, GOOD, 4),
    RejectionReason.DIGEST_MISMATCH: (SETTING, replace(GOOD, digest="ab"), 0),
    RejectionReason.FIRST_ROUND_WITH_EDGES: (SETTING, make_vertex(1, 2, (A, B)), 0),
    RejectionReason.TOO_FEW_STRONG_EDGES: (SETTING, make_vertex(2, 2, (A,)), 0),
    RejectionReason.EDGE_OUT_OF_RANGE: (SETTING, make_vertex(2, 2, (A, NOBODY)), 0),
    RejectionReason.EDGES_NOT_SORTED: (SETTING, BACKWARDS, 0),
    RejectionReason.WEAK_EDGE_NOT_OLDER: (
        SETTING,
        make_vertex(4, 2, (A, B), (WeakEdge(3, 2, "cd"),)),
        0,
    ),
    RejectionReason.WEAK_EDGES_NOT_USED: (NO_WEAK, GOOD, 0),
    RejectionReason.OWN_PREDECESSOR_MISSING: (STRICT, GOOD, 3),
}


@pytest.mark.parametrize("reason", BAD, ids=str)
def test_every_rule_has_a_vertex_that_it_alone_rejects(reason: RejectionReason) -> None:
    setting, vertex, last_round = BAD[reason]
    assert vertex_rejection(setting, 2, last_round, vertex) == reason


@pytest.mark.parametrize("setting", [SETTING, STRICT, NO_WEAK])
def test_a_good_vertex_is_valid(setting: Setting) -> None:
    weak = (WeakEdge(1, 2, "cd"),) if setting.profile.weak_edges else ()
    assert vertex_rejection(setting, 2, 3, make_vertex(4, 2, (A, C), weak)) is None


def test_one_source_twice_is_not_two_sources() -> None:
    assert vertex_rejection(SETTING, 2, 0, TWICE) == RejectionReason.EDGES_NOT_SORTED


@pytest.mark.parametrize("weak", [WeakEdge(0, 1, "cd"), WeakEdge(2, 5, "cd")])
def test_weak_edges_must_name_an_address(weak: WeakEdge) -> None:
    vertex = make_vertex(4, 2, (A, B), (weak,))
    assert vertex_rejection(SETTING, 2, 0, vertex) == RejectionReason.EDGE_OUT_OF_RANGE
