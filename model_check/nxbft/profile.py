"""The rules of NxBFT that have a place in ``Profile``; the others are the files beside this one."""

from dataclasses import replace

from tee_rider.model_check.world.coin import signatures_only
from tee_rider.reference.dag import Dag
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.vertex import Vertex


def nothing_signed(valid: bool) -> bool:
    """Forward nothing: whoever misses a vertex asks for it.

    Source: NxBFT's pseudo-code, process_vertex_request.
    """
    return False


def predecessors_by_address(dag: Dag, vertex: Vertex) -> bool:
    """A vertex may enter the DAG when something stands wherever an edge leads.

    Source: NxBFT's pseudo-code, buffer_walk: an edge names a source, and no digest.
    """
    return all(dag.get(name.round, name.source) is not None for name in vertex.predecessors)


NXBFT = replace(
    TEE_RIDER,
    name="NXBFT",
    forwards=nothing_signed,
    self_edge_required=True,
    weak_edges=None,
    predecessors_present=predecessors_by_address,
    coin_proof=signatures_only,
    replicas_return=True,
)
"""Self-edges come from the order of things: a replica holds its own vertex before it goes on."""
