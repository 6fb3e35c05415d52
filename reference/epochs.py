"""Which epoch of a replica fills which rounds: the rules that keep two epochs apart.

Source: ours (spec/README.md, "Recovery").
"""

from tee_rider.reference.dag import Dag, frozen_before, strong_reach
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.messages import RecoveryRequest, content_bytes
from tee_rider.spec.opening import Opening
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId


def meets_every_quorum(configuration: Configuration) -> int:
    """r = n - q + 1 freezes: whatever q sources a vertex builds on, one of them froze."""
    return configuration.n - configuration.quorum_size + 1


def freeze_attested(configuration: Configuration, usig: Usig, freeze: FreezeStatement) -> bool:
    """An epoch is frozen only for a later one of the same replica, whose enclave asked for it."""
    if not (0 <= freeze.target < configuration.n and 1 <= freeze.epoch < freeze.successor):
        return False
    certificate = bytes.fromhex(freeze.certificate)
    ui = UniqueIdentifier(freeze.target, freeze.successor, 1, certificate)
    return usig.verify_ui(content_bytes(RecoveryRequest()), ui)


def freeze_counts(
    freeze: FreezeStatement, target: Opening, said_in: VertexId, freezer: Opening
) -> bool:
    """A freeze counts if the target's epoch and the freezer's are open when it is delivered."""
    own = said_in.source == freeze.target
    return freeze.epoch == target.epoch and said_in.round > freezer.cut and not own


def has_seen_freeze(dag: Dag, vertex: Vertex, epoch: int) -> bool:
    """A vertex with a freeze of its own epoch in its history is refused."""
    return (vertex.source, epoch) in frozen_before(dag, vertex)


def knows_opening(dag: Dag, vertex: Vertex, opening: Opening) -> bool:
    """A vertex has a strong path to the leader that opened its epoch, so it is above the cut."""
    leader = opening.leader
    if leader is None:
        return True
    strong = sum(1 << edge.source for edge in vertex.strong_edges)
    reached = strong_reach(dag, strong, vertex.round - 1, leader.round)
    return vertex.round > leader.round and bool(reached >> leader.source & 1)
