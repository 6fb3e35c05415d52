"""The named profiles: which rule each variant of the protocol follows."""

from dataclasses import replace

from tee_rider.reference.coin import proof_holds
from tee_rider.reference.dag import predecessors_present
from tee_rider.reference.epochs import (
    freeze_attested,
    freeze_counts,
    has_seen_freeze,
    knows_opening,
    meets_every_quorum,
)
from tee_rider.reference.ordering import by_round_and_source, walk_back
from tee_rider.reference.profile import Profile
from tee_rider.reference.vertex_creation import set_weak_edges
from tee_rider.spec.configuration import Configuration


def quorum(configuration: Configuration) -> int:
    """A majority of the replicas.

    Source: TEE-Rider, which needs quorums to meet, not to meet in a correct replica.
    """
    return configuration.quorum_size


def one(configuration: Configuration) -> int:
    """One replica, whatever the configuration.

    Source: TEE-Rider, which delivers at once.
    """
    return 1


def next_counter(accepted: int, counter: int) -> bool:
    """Counters are accepted without holes: the next one is one more than the last.

    Source: USIG (Efficient BFT), sequentiality.
    """
    return counter == accepted + 1


def every_signed_message(valid: bool) -> bool:
    """Forward what is correctly signed, valid or not, so that no counter is missing anywhere.

    Source: ours (FINDINGS F2).
    """
    return True


TEE_RIDER = Profile(
    name="TEE_RIDER",
    edge_quorum=quorum,
    commit_quorum=quorum,
    holders_before_delivery=one,
    counter_follows=next_counter,
    forwards=every_signed_message,
    self_edge_required=False,
    weak_edges=set_weak_edges,
    predecessors_present=predecessors_present,
    coin_release="round_complete",
    coin_proof=proof_holds,
    commit_evaluation="once",
    walk_back=walk_back,
    linearise=by_round_and_source,
    replicas_return=False,
    freezes_needed=meets_every_quorum,
    freeze_attested=freeze_attested,
    freeze_counts=freeze_counts,
    has_seen_freeze=has_seen_freeze,
    knows_opening=knows_opening,
)
"""TEE-Rider as published, with F2 repaired: one faulty host could stop it otherwise."""

HARDENED = replace(
    TEE_RIDER,
    name="HARDENED",
    self_edge_required=True,
    coin_release="next_round_quorum",
    commit_evaluation="on_arrival",
    replicas_return=True,
)
"""Every finding repaired: F1, F2, F4 to F7, F9 here; F3 by the total order, F8 in ``service``."""

PROFILES = {profile.name: profile for profile in (TEE_RIDER, HARDENED)}
