"""Which epoch of a replica fills which rounds: the rules that keep two epochs apart."""

from dataclasses import dataclass

from tee_rider.reference.dag import Dag, causal_history, predecessor_addresses, strong_reach
from tee_rider.reference.messages import RecoveryRequest, content_bytes
from tee_rider.reference.usig import Usig
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId


@dataclass(frozen=True, slots=True)
class Opening:
    """Since when an epoch of one replica counts."""

    epoch: int = 1
    cut: int = 0
    """The epoch's vertices stand in rounds above; all in rounds up to it are of older epochs."""
    leader: VertexId | None = None
    """The wave leader whose delivery decided it; None for the epoch of the setup."""


def freezes_that_meet_every_quorum(configuration: Configuration) -> int:
    """r = n - q + 1 freezes: whatever q sources a vertex builds on, one of them froze.

    Source: ours (spec/README.md, "Recovery").
    """
    return configuration.n - configuration.quorum_size + 1


def latest_freeze(dag: Dag, target: int, freeze_rounds: tuple[int, ...]) -> int:
    """The cut is the last round in which one of the freezes that decide it was said.

    Source: ours (spec/README.md, "Recovery").
    """
    return max(freeze_rounds)


def freeze_attested(configuration: Configuration, usig: Usig, freeze: FreezeStatement) -> bool:
    """A replica's epoch is frozen only for a later one, and only if its own enclave asked for it.

    Source: ours (spec/README.md, "Recovery").
    """
    if not (0 <= freeze.target < configuration.n and 1 <= freeze.epoch < freeze.successor):
        return False
    certificate = bytes.fromhex(freeze.certificate)
    ui = UniqueIdentifier(freeze.target, freeze.successor, 1, certificate)
    return usig.verify_ui(content_bytes(RecoveryRequest()), ui)


def freeze_counts(
    freeze: FreezeStatement,
    freezer: VertexId,
    target_opening: Opening,
    freezer_opening: Opening,
    counted: tuple[int, ...],
) -> bool:
    """A freeze counts once per replica, against and from the epochs that are open by then.

    ``counted`` are the replicas whose freeze of the same epoch has counted already.

    Source: ours (spec/README.md, "Recovery").
    """
    return (
        freeze.epoch == target_opening.epoch
        and freezer.round > freezer_opening.cut
        and freezer.source not in (freeze.target, *counted)
    )


def has_seen(dag: Dag, vertex: Vertex, freeze: VertexId) -> bool:
    """Whether the vertex that says the freeze is in the history of one that is about to enter.

    Source: ours (spec/README.md, "Recovery").
    """
    rounds = range(freeze.round, vertex.round)
    within = frozenset((v.round, v.source) for r in rounds for v in dag.round_vertices(r))
    return freeze in (v.id for v in causal_history(dag, predecessor_addresses(vertex), within))


def starts_after(dag: Dag, vertex: Vertex, opening: Opening) -> bool:
    """A later epoch fills rounds above the cut, knowing the leader that decided the cut.

    Source: ours (spec/README.md, "Recovery").
    """
    leader = opening.leader
    if leader is None:
        return True
    strong = sum(1 << edge.source for edge in vertex.strong_edges)
    knows = strong_reach(dag, strong, vertex.round - 1, leader.round) >> leader.source & 1
    return vertex.round > max(opening.cut, leader.round) and bool(knows)
