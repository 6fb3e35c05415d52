"""Which vertices are valid: a function of the signed stream alone, so the same for everybody."""

from tee_rider.reference.profile import Setting
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import Vertex, content_digest


def vertex_rejection(
    setting: Setting, signer: int, last_round: int, vertex: Vertex
) -> RejectionReason | None:
    """Why a vertex is not valid at its place in its signer's stream; None when it is.

    ``last_round`` is the round of the stream's last valid vertex before it, 0 if there is none.

    Source: TEE-Rider and DAG-Rider, the conditions on a vertex when it is r_delivered; strictly
    increasing rounds: ours (spec/README.md, "Vertex").
    """
    if vertex.source != signer:
        return RejectionReason.SOURCE_IS_NOT_SIGNER
    if vertex.round <= last_round:
        return RejectionReason.ROUND_NOT_INCREASING
    if vertex.digest != content_digest(vertex):
        return RejectionReason.DIGEST_MISMATCH
    if vertex.round > 1:
        return _edges_rejection(setting, vertex, first=last_round == 0)
    has_edges = vertex.strong_edges or vertex.weak_edges
    return RejectionReason.FIRST_ROUND_WITH_EDGES if has_edges else None


def _edges_rejection(setting: Setting, vertex: Vertex, first: bool) -> RejectionReason | None:
    configuration, profile = setting.configuration, setting.profile
    sources = [edge.source for edge in vertex.strong_edges]
    addresses = [(edge.round, edge.source) for edge in vertex.weak_edges]
    if not all(0 <= source < configuration.n for source in sources) or not all(
        round_ >= 1 and 0 <= source < configuration.n for round_, source in addresses
    ):
        return RejectionReason.EDGE_OUT_OF_RANGE
    if sources != sorted(set(sources)) or addresses != sorted(set(addresses)):
        return RejectionReason.EDGES_NOT_SORTED
    if len(sources) < profile.edge_quorum(configuration):
        return RejectionReason.TOO_FEW_STRONG_EDGES
    if addresses and profile.weak_edges is None:
        return RejectionReason.WEAK_EDGES_NOT_USED
    if any(round_ >= vertex.round - 1 for round_, _ in addresses):
        return RejectionReason.WEAK_EDGE_NOT_OLDER
    if profile.self_edge_required and not first and vertex.source not in sources:
        return RejectionReason.OWN_PREDECESSOR_MISSING
    return None
