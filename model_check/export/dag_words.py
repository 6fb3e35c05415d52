"""What the picture of a DAG says in words: title, verdicts of waves, and a tip for each vertex."""

from tee_rider.model_check.export.dag_view import DagView, Node, Standing, WaveView
from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId

MOST_REQUESTS = 3
"""How many requests of a block are named."""


def title(view: DagView) -> str:
    """Whose DAG it is."""
    if view.replica is None:
        return "The DAG of the correct replicas together"
    return f"The DAG that replica {replica_name(view.replica)} holds"


def subtitle(view: DagView) -> str:
    """The bounds of the picture, and what is in it."""
    excerpt = view.excerpt
    configuration = excerpt.configuration
    delivered = sum(1 for node in view.nodes if node.positions)
    said = [
        f"n = {configuration.n}, f = {configuration.f}",
        "rounds {} to {}".format(*excerpt.rounds),
        f"{len(view.nodes)} vertices, {delivered} delivered",
        *([excerpt.implementation] if excerpt.implementation else []),
    ]
    return " · ".join(said) + (f" · {excerpt.left_out}" if excerpt.left_out else "")


def verdict(wave: WaveView, wide: bool = True) -> str:
    """How a wave ended, in a line; shorter where there is little room."""
    named = [f"{replica_name(i)}{round_in_wave(wave.number, 1)}" for i in wave.leaders]
    committed = [leader.name for leader in wave.committed]
    if len(committed) > 1 or len(named) > 1:
        return f"replicas disagree: {' and '.join(committed or named)}"
    if committed:
        how = "committed directly" if wave.direct else "committed by walking back"
        return f"leader {committed[0]}, {how}" if wide else f"leader {committed[0]}"
    if named:
        how = "not committed" if wave.held else "which is not here"
        return f"leader {named[0]}, {how}" if wide else f"leader {named[0]}"
    return "leader not known yet" if wide else "open"


def describe_node(view: DagView, node: Node) -> str:
    """Everything that the picture knows of a vertex."""
    said = [node.id.name + (" of a faulty replica" if _faulty(view, node) else "")]
    if node.positions:
        order = " or ".join(map(str, node.positions))
        said.append(f"delivered as number {order}, in wave {node.wave}")
    else:
        said.append("not delivered")
    if node.standing is not Standing.PLAIN:
        committed = node.standing is not Standing.LEADER
        said.append(f"leader, committed {_how(node.standing)}" if committed else "leader")
    if node.strong:
        said.append("strong edges: " + _names(node.strong))
    if node.weak:
        said.append("weak edges: " + " ".join(f"~{edge.name}" for edge in node.weak))
    for request in node.requests[:MOST_REQUESTS]:
        number = f"request {request.number} of client {request.client}"
        said.append(f"{number}: {request.operation}" if request.operation else number)
    if len(node.requests) > MOST_REQUESTS:
        said.append(f"and {len(node.requests) - MOST_REQUESTS} more requests")
    said.append(f"digest: {(node.id.digest or 'none')[:16]}")
    return "; ".join(said)


def _how(standing: Standing) -> str:
    return "directly" if standing is Standing.DIRECT else "by walking back"


def _names(edges: tuple[VertexId, ...]) -> str:
    return " ".join(edge.name for edge in edges)


def _faulty(view: DagView, node: Node) -> bool:
    return node.id.source in view.excerpt.faulty
