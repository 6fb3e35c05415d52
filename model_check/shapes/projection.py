"""From an execution, message by message, to the shapes that it goes through.

The execution is played again, layer by layer: each correct replica gets for its next vertex what
that vertex has edges to, and must create this very vertex, and commit what it committed then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tee_rider.model_check.shapes.choices import Choices
from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import (
    EMPTY,
    NOWHERE,
    Choice,
    Shape,
    reach_of,
)
from tee_rider.spec.configuration import wave_of
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    ReleaseCoin,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex


class ProjectionError(AssertionError):
    """The execution is none of the shape level; the message says where they part."""


@dataclass
class Execution:
    """What correct replicas did: the vertices that exist to them, the coin, and their commits."""

    n: int
    correct: int
    vertices: dict[tuple[int, int], Vertex] = field(default_factory=dict)
    """By round and source; those of faulty replicas that some correct replica inserted."""
    leaders: dict[int, int] = field(default_factory=dict)
    """By wave."""
    commits: dict[int, list[CommitLeader]] = field(default_factory=dict)
    """By replica."""
    delivered: dict[int, list[ADeliver]] = field(default_factory=dict)
    """By replica."""
    rounds: dict[int, int] = field(default_factory=dict)
    """Which round each correct replica entered last."""

    def observe(self, event: AnyEvent) -> None:
        """Take in what a correct replica did."""
        match event:
            case CreateVertex(vertex=vertex):
                self.vertices[vertex.round, vertex.source] = vertex
                self.rounds[event.replica] = vertex.round
            case InsertVertex(vertex=vertex):
                self.vertices.setdefault((vertex.round, vertex.source), vertex)
            case ReleaseCoin(wave=wave, leader=leader):
                self.leaders[wave] = leader
            case CommitLeader():
                self.commits.setdefault(event.replica, []).append(event)
            case ADeliver():
                self.delivered.setdefault(event.replica, []).append(event)

    @property
    def last_round(self) -> int:
        """The last round that all correct replicas entered."""
        return min(self.rounds.get(replica, 0) for replica in range(self.correct))


def project(execution: Execution, scope: ShapeScope) -> Sequence[Shape]:
    """The shape after each round of the scope that all correct replicas entered.

    Raises:
        ProjectionError: a replica creates or commits something else at the shape level.
    """
    choices = Choices(scope)
    last_round = min(execution.last_round, scope.last_round or execution.last_round)
    shapes = [_layer(execution, scope, EMPTY, _first_row(execution, choices))]
    while shapes[-1].round < last_round:
        shape = shapes[-1]
        row = [
            _correct(execution, choices, shape, i)
            if i in scope.correct
            else _faulty(execution, scope, shape, i)
            for i in range(scope.n)
        ]
        shapes.append(_layer(execution, scope, shape, row))
    return shapes


def _first_row(execution: Execution, choices: Choices) -> Sequence[Choice]:
    row: list[Choice] = []
    for replica, choice in enumerate(choices.first()):
        vertex = execution.vertices.get((1, replica), choice.vertex)
        if choice.local is not None:
            local, _ = choices.steps.first(replica, vertex.requests)
            choice = Choice(vertex, NOWHERE, local)
        row.append(choice._replace(vertex=vertex))
    return row


def _correct(execution: Execution, choices: Choices, shape: Shape, replica: int) -> Choice:
    """Give the replica what its next vertex has edges to, and let it advance."""
    expected = execution.vertices[shape.round + 1, replica]
    local, steps = shape.locals[replica], choices.steps
    for name in sorted(expected.predecessors):
        if not local.holds(name.round, name.source):
            local = steps.deliver(local, shape.rows[name.round - 1][name.source], shape.rows)
    local, vertex = steps.advance(local, shape.leaders, expected.requests)
    if vertex != expected:
        raise ProjectionError(f"{expected.name} is another vertex: {vertex} for {expected}")
    _compare_logs(execution, replica, local)
    return Choice(vertex, reach_of(shape, vertex), local)


def _compare_logs(execution: Execution, replica: int, local: Local) -> None:
    commits = [(commit.wave, commit.leader.name) for commit in local.commits]
    committed = [(event.wave, event.leader.name) for event in execution.commits.get(replica, [])]
    if commits != committed[: len(commits)]:
        raise ProjectionError(f"{replica_name(replica)} commits {commits}, but then {committed}")
    vertices = [delivery.vertex for delivery in local.delivered]
    delivered = [event.vertex for event in execution.delivered.get(replica, [])]
    if vertices != delivered[: len(vertices)]:
        raise ProjectionError(f"{replica_name(replica)} delivers {vertices}, but then {delivered}")


def _faulty(execution: Execution, scope: ShapeScope, shape: Shape, replica: int) -> Choice:
    """Its vertex; if it has none that anybody holds, any valid one, which nobody points to."""
    round_, row = shape.round + 1, shape.rows[-1]
    vertex = execution.vertices.get((round_, replica))
    if vertex is None:
        strong = tuple(StrongEdge(other.source, other.digest) for other in row)
        vertex = make_vertex(round_, replica, strong)
    return Choice(vertex, reach_of(shape, vertex))


def _layer(execution: Execution, scope: ShapeScope, shape: Shape, row: Sequence[Choice]) -> Shape:
    begins = scope.begins_wave(shape.round + 1)
    leader = execution.leaders.get(wave_of(shape.round + 1), 0) if begins else None
    return shape.extended(row, leader)
