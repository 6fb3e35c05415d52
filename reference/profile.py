"""The places where papers differ or leave a choice, gathered as rules.

A profile names one rule for each. The named profiles are in ``profiles``; the rules themselves
stand in the file of their concept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tee_rider.reference.dag import Address, Dag
from tee_rider.spec.coin import CoinProof
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.opening import Opening
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import FreezeStatement, StrongEdge, Vertex, VertexId, WeakEdge

WeakEdgesRule: TypeAlias = Callable[
    [Dag, frozenset[Address], int, tuple[StrongEdge, ...]], tuple[WeakEdge, ...]
]
"""From the DAG, the undelivered addresses, the new vertex's round and its strong edges."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One rule for each choice; a rule that is a function is documented where it is defined."""

    name: str
    edge_quorum: Callable[[Configuration], int]
    """How many vertices complete a round, and how many strong edges a vertex needs at least."""
    commit_quorum: Callable[[Configuration], int]
    """How many supporters commit a leader directly."""
    holders_before_delivery: Callable[[Configuration], int]
    """d: how many replicas are known to hold a vertex before it is delivered; 1 or a quorum."""
    counter_follows: Callable[[int, int], bool]
    forwards: Callable[[bool], bool]
    self_edge_required: bool
    """Whether a vertex must have a strong edge to its source's vertex of the previous round."""
    weak_edges: WeakEdgesRule | None
    """Which weak edges a new vertex gets; None: the profile has no weak edges."""
    predecessors_present: Callable[[Dag, Vertex], bool]
    coin_release: Literal["round_complete", "next_round_quorum"]
    """Whether the coin of wave w is asked for on completing round 4w, or the round after it."""
    coin_proof: "Callable[[Setting, Usig, CoinProof, int], bool]"
    commit_evaluation: Literal["once", "on_arrival"]
    """Whether the commit rule is evaluated when the coin shows, or again with each supporter."""
    walk_back: Callable[[Dag, tuple[int, ...], int, int], tuple[tuple[int, Vertex], ...]]
    linearise: Callable[[tuple[Vertex, ...]], tuple[Vertex, ...]]
    replicas_return: bool
    """Whether a replica may come back as a new epoch; the rules below are about that alone."""
    freezes_needed: Callable[[Configuration], int]
    """r: how many replicas' freezes close an epoch."""
    freeze_attested: Callable[[Configuration, Usig, FreezeStatement], bool]
    freeze_counts: Callable[[FreezeStatement, Opening, VertexId, Opening], bool]
    """Which delivered freezes count, given the open epochs of the target and of who says it."""
    has_seen_freeze: Callable[[Dag, Vertex, int], bool]
    knows_opening: Callable[[Dag, Vertex, Opening], bool]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same for a whole run: how many replicas there are, and by which rules."""

    configuration: Configuration
    profile: Profile
