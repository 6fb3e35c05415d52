"""Mutants of single guards: of what is a valid vertex."""

from tee_rider.model_check.mutation import homes
from tee_rider.model_check.mutation.guards import guard

GUARDS = (
    guard(
        "source is not signer",
        "vertex_validity.vertex_rejection",
        "vertex.source != signer",
        "False",
        homes.REFUSALS,
        "refusal: source_is_not_signer",
    ),
    guard(
        "second vertex for a round",
        "vertex_validity.vertex_rejection",
        "vertex.round <= last_round",
        "False",
        homes.REFUSALS,
        "refusal: round_not_increasing",
    ),
    guard(
        "digest of another content",
        "vertex_validity.vertex_rejection",
        "vertex.digest != content_digest(vertex)",
        "False",
        homes.REFUSALS,
        "refusal: digest_mismatch",
    ),
    guard(
        "edges in round 1",
        "vertex_validity.vertex_rejection",
        "return RejectionReason.FIRST_ROUND_WITH_EDGES if has_edges else None",
        "return None",
        homes.REFUSALS,
        "refusal: edges in round 1",
    ),
    guard(
        "edge out of range",
        "vertex_validity._edges_rejection",
        (
            "if not all(0 <= source < configuration.n for source in sources) or not "
            "all(\n        round_ >= 1 and 0 <= source < configuration.n for round_, "
            "source in addresses\n    ):"
        ),
        "if False:",
        homes.REFUSALS,
        "no error",
    ),
    guard(
        "an edge twice",
        "vertex_validity._edges_rejection",
        "if sources != sorted(set(sources)) or addresses != sorted(set(addresses)):",
        "if False:",
        homes.REFUSALS,
        "refusal: edges_not_sorted",
    ),
    guard(
        "too few edges",
        "vertex_validity._edges_rejection",
        "len(sources) < profile.edge_quorum(configuration)",
        "False",
        homes.REFUSALS,
        "refusal: too_few_strong_edges",
    ),
    guard(
        "weak edge to the round before",
        "vertex_validity._edges_rejection",
        "any(round_ >= vertex.round - 1 for round_, _ in addresses)",
        "False",
        homes.REFUSALS,
        "refusal: weak_edge_not_older",
    ),
    guard(
        "weak edge where there are none",
        "vertex_validity._edges_rejection",
        "addresses and profile.weak_edges is None",
        "False",
        homes.REFUSALS,
        "refusal: weak edges where there are none",
    ),
    guard(
        "no self-edge",
        "vertex_validity._edges_rejection",
        "profile.self_edge_required and not first and vertex.source not in sources",
        "False",
        homes.REFUSALS,
        "refusal: own_predecessor_missing",
    ),
    guard(
        "self-edge of the first vertex too",
        "vertex_validity._edges_rejection",
        "not first and ",
        "",
        homes.REFUSALS,
        "refusal: a first vertex without self-edge",
    ),
)
"""Each a few words of ``reference`` that are different."""
