"""One replica's part of a trace, replayed through the reference's DAG and ordering.

What reaches a replica and when it acts is the environment's choice, so ``r_deliver``,
``release_coin`` and ``advance_round`` are *inputs*. All else that it does with its DAG follows from
them: ``create_vertex``, ``insert_vertex``, ``commit_leader`` and ``a_deliver`` are *outputs*, and
must come as the reference makes them, in its order, before the next input.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from tee_rider.model_check.conformance import rules
from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.conformance.rules import Rule
from tee_rider.model_check.conformance.shared_vertices import SharedVertices
from tee_rider.model_check.conformance.situation import held, reason_against, reason_for
from tee_rider.model_check.conformance.streams import Streams
from tee_rider.reference.profile import Setting
from tee_rider.reference.replica import (
    coin_released,
    initial_state,
    r_delivered,
    request_coin,
)
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Vertex, VertexId

ReplayInput: TypeAlias = RDeliver | ReleaseCoin | AdvanceRound
ReplayOutput: TypeAlias = CreateVertex | InsertVertex | CommitLeader | ADeliver

RULES: dict[type, Rule] = {
    CreateVertex: rules.CREATE,
    InsertVertex: rules.INSERT,
    CommitLeader: rules.COMMIT,
    ADeliver: rules.DELIVER,
}

_ANY_POSITION = StreamPosition(1, 1)
"""Counters of created vertices are judged where they are delivered."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first event of a replica that the reference does not make at this place."""

    found: AnyEvent
    reference: str
    """What the reference does there, a clause whose subject is the reference."""
    reason: str
    """Why, from what the replica holds at this time."""
    rule: Rule


class Replay:
    """Follows one replica; of no use after its first divergence."""

    def __init__(self, setting: Setting, replica: int, shared: SharedVertices) -> None:
        """The replica has not done anything."""
        self._state = initial_state(setting, IdealUsig(replica))
        self._shared = shared
        self._streams = Streams(setting)
        self._due: deque[ReplayOutput] = deque()
        self._delivered: list[VertexId] = []
        self.inputs = 0
        """How many inputs were replayed."""
        self._unfounded: ReplayOutput | None = None
        """The first output before any input: of this replica, inputs may not be recorded."""

    def observe(self, event: AnyEvent) -> Divergence | None:
        """Take the replica's next event in."""
        match event:
            case InsertVertex() | ADeliver() | CommitLeader() | CreateVertex():
                return self._output(event)
            case RDeliver() | ReleaseCoin() | AdvanceRound():
                return self._input(event)
            case Reject(ui=StreamPosition() as ui):
                self._streams.use_up(event.origin, ui)
        return None

    @property
    def outputs_only(self) -> bool:
        """Whether nothing but outputs was seen of the replica, which cannot be replayed."""
        return self._unfounded is not None and not self.inputs

    def _output(self, event: ReplayOutput) -> Divergence | None:
        if not self.inputs:
            self._unfounded = self._unfounded or event
            return None
        if not self._due or not _same(event, self._due[0]):
            return self._diverges(event)
        self._due.popleft()
        if isinstance(event, ADeliver):
            self._delivered.append(event.vertex)
            if not self._due:
                self._forget_delivered()
        return None

    def _input(self, event: ReplayInput) -> Divergence | None:
        self.inputs += 1
        if self._due or self._unfounded is not None:
            return self._diverges(self._unfounded or event)
        match event:
            case RDeliver():
                return self._r_deliver(event)
            case AdvanceRound():
                return self._advance_round(event)
            case ReleaseCoin():
                return self._release_coin(event)

    def _r_deliver(self, event: RDeliver) -> Divergence | None:
        known = self._shared.know(event.vertex)
        refusal = self._streams.refusal(event, known.rejection)
        if refusal is not None:
            return Divergence(event, "does not r_deliver it", *refusal)
        self._state, outputs = r_delivered(self._state, known.vertex, event.ui)
        self._due.extend(cast(tuple[ReplayOutput, ...], outputs))
        return None

    def _advance_round(self, event: AdvanceRound) -> Divergence | None:
        state = self._state
        if event.round != state.round + 1:
            reason = f"it is in round {state.round}"
            return Divergence(
                event, f"can only go to round {state.round + 1}", reason, rules.ADVANCE
            )
        if not round_complete(state.setting, state.dag, state.round):
            reason = f"round {state.round} is not complete: {held(state, state.round)}"
            return Divergence(event, f"stays in round {state.round}", reason, rules.ADVANCE)
        state, _ = request_coin(state)
        undelivered = state.ordering.undelivered
        vertex = create_new_vertex(
            state.setting, state.dag, undelivered, event.round, event.replica, ()
        )
        self._state = replace(state, round=event.round)
        self._due.append(CreateVertex(vertex=vertex, ui=_ANY_POSITION))
        return None

    def _release_coin(self, event: ReleaseCoin) -> Divergence | None:
        state = self._state
        if round_complete(state.setting, state.dag, state.round):
            # The reference asks when it advances; another implementation may ask just before.
            state, _ = request_coin(state)
        self._state, outputs = coin_released(state, event.wave, event.leader)
        if isinstance(outputs[0], Reject):
            known, requested = len(state.ordering.leaders), state.ordering.requested
            reason = f"it knows the leaders of {known} waves, and has asked for {requested} coins"
            return Divergence(event, "takes no coin of this wave", reason, rules.COIN)
        self._due.extend(cast(tuple[ReplayOutput, ...], outputs[1:]))
        return None

    def _diverges(self, event: ReplayOutput | ReplayInput) -> Divergence:
        if self._due:
            due = self._due[0]
            return Divergence(event, narrate(due), reason_for(self._state, due), RULES[type(due)])
        reason = reason_against(self._state, event)
        return Divergence(event, "waits for its next input", reason, RULES[type(event)])

    def _forget_delivered(self) -> None:
        replica, dag = self._state.replica, self._state.dag
        dag = self._shared.forget_delivered(replica, dag, self._delivered)
        self._state = replace(self._state, dag=dag)
        self._delivered.clear()


def _same(found: ReplayOutput, due: ReplayOutput) -> bool:
    """Whether a trace's output is the reference's."""
    if isinstance(found, ADeliver):
        return isinstance(due, ADeliver) and (found.vertex, found.wave) == (due.vertex, due.wave)
    if isinstance(found, InsertVertex):
        return isinstance(due, InsertVertex) and (found.vertex, found.ui) == (due.vertex, due.ui)
    if isinstance(found, CommitLeader):
        return isinstance(due, CommitLeader) and (found.wave, found.leader, found.direct) == (
            due.wave,
            due.leader,
            due.direct,
        )
    return isinstance(due, CreateVertex) and _content(found.vertex) == _content(due.vertex)


def _content(vertex: Vertex) -> Hashable:
    """What the reference decides of a new vertex; digest and requests are the replica's own."""
    return vertex.round, vertex.source, vertex.strong_edges, vertex.weak_edges
