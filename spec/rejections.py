"""Why an input is refused: one reason per rule, the same names in every implementation."""

from enum import StrEnum


class RejectionReason(StrEnum):
    """One member per rule that an input can break; a trace's ``reject`` event carries the name.

    Reasons about a *signed message* come in two kinds. NOT_SIGNED and EPOCH_NOT_ACCEPTED: the
    message is nobody's word here; it is dropped and not forwarded. All others: its origin said it,
    so it is forwarded and its counter is used up, and only its content is ignored.
    Source: TEE-Rider, broadcast on the USIG; the second kind: FINDINGS F2.
    """

    NOT_SIGNED = "not_signed"
    """The unique identifier does not verify for this message."""
    EPOCH_NOT_ACCEPTED = "epoch_not_accepted"
    """The unique identifier is of an epoch that is not, or no longer, accepted from its replica."""
    NOT_UNDERSTOOD = "not_understood"
    """The content is no message of the protocol."""
    SOURCE_IS_NOT_SIGNER = "source_is_not_signer"
    """The vertex names another replica as its source."""
    DIGEST_MISMATCH = "digest_mismatch"
    """The digest is not that of the vertex's content."""
    ROUND_NOT_INCREASING = "round_not_increasing"
    """The same stream has already filled this round or a later one."""
    FIRST_ROUND_WITH_EDGES = "first_round_with_edges"
    """A vertex of round 1 has nothing that it could point to."""
    TOO_FEW_STRONG_EDGES = "too_few_strong_edges"
    """Fewer than a quorum of strong edges."""
    EDGES_NOT_SORTED = "edges_not_sorted"
    """Edges are not strictly increasing: out of order, or one address twice."""
    EDGE_OUT_OF_RANGE = "edge_out_of_range"
    """An edge names a replica or round that does not exist."""
    WEAK_EDGE_NOT_OLDER = "weak_edge_not_older"
    """A weak edge must skip at least one round."""
    WEAK_EDGES_NOT_USED = "weak_edges_not_used"
    """The profile has no weak edges."""
    OWN_PREDECESSOR_MISSING = "own_predecessor_missing"
    """The profile demands a strong edge to the source's own previous vertex."""
    FREEZE_NOT_ATTESTED = "freeze_not_attested"
    """The vertex freezes an epoch for a later one that its replica's enclave never asked for."""
    EPOCH_FROZEN = "epoch_frozen"
    """A freeze of the vertex's own epoch is in its history: it may be beyond the cut."""
    NOT_AFTER_CUT = "not_after_cut"
    """A later epoch fills rounds above the cut, in knowledge of the leader that decided the cut."""
    ROUND_INCOMPLETE = "round_incomplete"
    """Advancing needs a quorum of vertices in the current round."""
    COIN_NOT_REQUESTED = "coin_not_requested"
    """A coin comes once per wave, in order, and only after it was asked for."""
