"""What a picture of the DAG says: which vertices, in which state, and how each wave ended."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from tee_rider.model_check.export.excerpt import Excerpt
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave, wave_of
from tee_rider.spec.events import ADeliver, CommitLeader, InsertVertex, ReleaseCoin
from tee_rider.spec.vertex import Request, Vertex, VertexId


class Standing(StrEnum):
    """What a vertex is to its wave."""

    PLAIN = "plain"
    LEADER = "leader"
    """The coin names it; it is not committed."""
    DIRECT = "direct"
    """Committed by a quorum of supporters."""
    WALKED_BACK = "walked back"
    """Committed because a later leader vouches for it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A vertex as the picture shows it."""

    id: VertexId
    strong: tuple[VertexId, ...] = ()
    weak: tuple[VertexId, ...] = ()
    requests: tuple[Request, ...] = ()
    positions: tuple[int, ...] = ()
    """Where it stands in the delivered order: empty if undelivered, two if replicas disagree."""
    wave: int | None = None
    """The wave whose leader it was delivered with."""
    standing: Standing = Standing.PLAIN
    supports: bool = False
    """It ends its wave and has a strong path to the wave's leader."""


@dataclass(frozen=True, slots=True)
class WaveView:
    """How a wave ended at the replicas that the picture is about."""

    number: int
    leaders: tuple[int, ...] = ()
    """The replicas that its coin showed: none if not released, two if replicas disagree."""
    held: bool = False
    """Whether the DAG holds a vertex that its coin showed, or may hold it outside the picture."""
    committed: tuple[VertexId, ...] = ()
    """Its committed leader: two if replicas disagree."""
    direct: bool = False
    """Whether some replica had a quorum of supporters, and did not walk back to it."""


@dataclass(frozen=True, slots=True)
class DagView:
    """A DAG as one replica holds it, or as the correct replicas hold it together."""

    excerpt: Excerpt
    replica: int | None
    nodes: tuple[Node, ...]
    """By round, source and digest."""
    waves: tuple[WaveView, ...]
    walks: tuple[tuple[VertexId, ...], ...]
    """Strong paths, each from a leader back to the earlier one that it vouches for."""


@dataclass(slots=True)
class _Seen:
    """What the events of the chosen replicas say, gathered."""

    contents: dict[VertexId, Vertex | None] = field(default_factory=dict)
    positions: dict[VertexId, set[int]] = field(default_factory=dict)
    delivered_in: dict[VertexId, int] = field(default_factory=dict)
    waves: dict[int, WaveView] = field(default_factory=dict)
    last_commit: dict[int, VertexId] = field(default_factory=dict)
    next_leader: dict[VertexId, VertexId] = field(default_factory=dict)
    """From each committed leader, the one committed after it."""

    def wave(self, number: int) -> WaveView:
        return self.waves.get(number, WaveView(number))


def dag_view(excerpt: Excerpt, replica: int | None = None) -> DagView:
    """The DAG at the end of a trace: of one replica, or the union over the correct ones.

    A vertex without an insertion, as in a trace of deliveries alone, is shown without edges.
    """
    seen = _gather(excerpt, excerpt.correct if replica is None else frozenset({replica}))
    nodes = {name: _node(name, seen) for name in sorted(seen.contents, key=sort_key)}
    first, last = (wave_of(round_) for round_ in excerpt.rounds)
    waves = tuple(_held(seen.wave(number), nodes, excerpt) for number in range(first, last + 1))
    walks: list[tuple[VertexId, ...]] = []
    for wave in waves:
        _mark_leader(nodes, wave)
        for leader in wave.committed:
            if not wave.direct and leader in seen.next_leader:
                walks.append(_strong_path(nodes, seen.next_leader[leader], leader))
    return DagView(excerpt, replica, tuple(nodes.values()), waves, tuple(filter(None, walks)))


def sort_key(name: VertexId) -> tuple[int, int, str]:
    """By round, source and digest, also where an implementation has no digests."""
    return (name.round, name.source, name.digest or "")


def _gather(excerpt: Excerpt, replicas: frozenset[int]) -> _Seen:
    seen = _Seen()
    first, last = excerpt.rounds
    for shown in excerpt.events:
        event = shown.event
        if event.replica not in replicas:
            continue
        match event:
            case InsertVertex(vertex=vertex):
                seen.contents[vertex.id] = seen.contents.get(vertex.id) or vertex
            case ReleaseCoin(wave=wave, leader=leader):
                old = seen.wave(wave)
                seen.waves[wave] = replace(old, leaders=tuple(sorted({*old.leaders, leader})))
            case CommitLeader():
                if first <= event.leader.round <= last:
                    seen.contents.setdefault(event.leader, None)
                _note_commit(seen, event)
            case ADeliver(vertex=name):
                seen.contents.setdefault(name, None)
                seen.positions.setdefault(name, set()).add(shown.position)
                seen.delivered_in.setdefault(name, event.wave)
    return seen


def _note_commit(seen: _Seen, event: CommitLeader) -> None:
    wave, leader = seen.wave(event.wave), event.leader
    committed = tuple(sorted({*wave.committed, leader}, key=sort_key))
    seen.waves[event.wave] = replace(wave, committed=committed, direct=wave.direct or event.direct)
    # Leaders are committed oldest first: the next commit is the one that vouches for this one.
    if event.replica in seen.last_commit:
        seen.next_leader.setdefault(seen.last_commit[event.replica], leader)
    seen.last_commit[event.replica] = leader


def _node(name: VertexId, seen: _Seen) -> Node:
    vertex = seen.contents[name]
    predecessors = vertex.predecessors if vertex else ()
    strong = len(vertex.strong_edges) if vertex else 0
    return Node(
        name,
        strong=predecessors[:strong],
        weak=predecessors[strong:],
        requests=vertex.requests if vertex else (),
        positions=tuple(sorted(seen.positions.get(name, ()))),
        wave=seen.delivered_in.get(name),
    )


def _held(wave: WaveView, nodes: dict[VertexId, Node], excerpt: Excerpt) -> WaveView:
    first_round = round_in_wave(wave.number, 1)
    named = {(first_round, leader) for leader in wave.leaders}
    held = any((name.round, name.source) in named for name in nodes)
    return replace(wave, held=held or first_round < excerpt.rounds[0])


def _mark_leader(nodes: dict[VertexId, Node], wave: WaveView) -> None:
    first_round = round_in_wave(wave.number, 1)
    for name, node in nodes.items():
        if name in wave.committed:
            standing = Standing.DIRECT if wave.direct else Standing.WALKED_BACK
        elif name.round == first_round and name.source in wave.leaders:
            standing = Standing.LEADER
        else:
            continue
        nodes[name] = replace(node, standing=standing)
        _mark_supporters(nodes, name, round_in_wave(wave.number, WAVE_LENGTH))


def _mark_supporters(nodes: dict[VertexId, Node], leader: VertexId, last_round: int) -> None:
    reaching = {leader}
    for name in sorted(nodes, key=sort_key):
        if leader.round < name.round <= last_round and reaching & set(nodes[name].strong):
            reaching.add(name)
            if name.round == last_round:
                nodes[name] = replace(nodes[name], supports=True)


def _strong_path(
    nodes: dict[VertexId, Node], upper: VertexId, lower: VertexId
) -> tuple[VertexId, ...]:
    """The path whose vertices come first by source; empty if none is drawn."""
    reaching: dict[VertexId, VertexId] = {}
    for name in nodes:
        for edge in nodes[name].strong:
            if name not in reaching and (edge == lower or edge in reaching):
                reaching[name] = edge
    path = [upper]
    while path[-1] in reaching:
        path.append(reaching[path[-1]])
    return tuple(path) if path[-1] == lower else ()
