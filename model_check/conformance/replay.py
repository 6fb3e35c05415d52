"""One replica's part of a trace, replayed through the reference's DAG and ordering.

What reaches a replica and when it acts is the environment's choice, so ``r_deliver``,
``release_coin`` and ``advance_round`` are *inputs*. All else that it does with its DAG follows from
them: ``create_vertex``, ``insert_vertex``, ``commit_leader``, ``a_deliver``, ``resume``, and the
refusal of what an epoch may not fill are *outputs*, and must come as the reference makes them, in
its order, before the next input. Which requests a new vertex answers, with its block and with its
freezes, is the environment's choice again.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from tee_rider.model_check.conformance import rules
from tee_rider.model_check.conformance.likeness import same
from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.conformance.rules import Rule
from tee_rider.model_check.conformance.shared_vertices import Delivered, SharedVertices
from tee_rider.model_check.conformance.situation import held, reason_against, reason_for
from tee_rider.model_check.conformance.streams import Streams
from tee_rider.reference.profile import Setting
from tee_rider.reference.recovery import freezes_to_say
from tee_rider.reference.replica import (
    ReplicaState,
    coin_released,
    initial_state,
    r_delivered,
    request_coin,
    restart,
)
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Freeze,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
    Restart,
    Resume,
)
from tee_rider.spec.properties.views import Spans, copied, is_lost
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition, UniqueIdentifier

ReplayInput: TypeAlias = RDeliver | ReleaseCoin | AdvanceRound
ReplayOutput: TypeAlias = (
    CreateVertex | InsertVertex | CommitLeader | ADeliver | Freeze | Resume | Reject
)

RULES: dict[type, Rule] = {
    CreateVertex: rules.CREATE,
    InsertVertex: rules.INSERT,
    CommitLeader: rules.COMMIT,
    ADeliver: rules.DELIVER,
    Freeze: rules.FREEZE,
    Resume: rules.RESUME,
    Reject: rules.EPOCH,
}
OF_EPOCHS = (RejectionReason.NOT_AFTER_CUT, RejectionReason.EPOCH_FROZEN)
"""Why a delivered vertex is refused; all other refusals come before it is delivered."""

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


@dataclass(slots=True)
class Progress:
    """Where a replica is in its replay: all that a backup brings back."""

    state: ReplicaState
    streams: Streams
    due: deque[ReplayOutput]
    """What the reference does before its next input."""
    delivered: list[Delivered]
    """What it has delivered since it last forgot what it delivered."""
    own_round: int = 0
    """The round of its newest vertex of this epoch."""

    def copy(self) -> "Progress":
        """What later events do not change."""
        streams, due = copied(self.streams), deque(self.due)
        return Progress(self.state, streams, due, list(self.delivered), self.own_round)


class Replay:
    """Follows one replica; of no use after its first divergence."""

    def __init__(
        self, setting: Setting, replica: int, shared: SharedVertices, lost: Spans | None = None
    ) -> None:
        """The replica has not done anything; ``lost`` is known of the restarts to come."""
        state = initial_state(setting, IdealUsig(replica))
        self._now = Progress(state, Streams(setting), deque(), [])
        self._backups = {0: self._now.copy()}
        self._shared = shared
        self._lost = lost or {}
        self.inputs = 0
        """How many inputs were replayed."""
        self._unfounded: ReplayOutput | None = None
        """The first output before any input: of this replica, inputs may not be recorded."""

    def observe(self, event: AnyEvent) -> Divergence | None:
        """Take the replica's next event in."""
        match event:
            case InsertVertex() | ADeliver() | CommitLeader() | Freeze() | Resume():
                return self._output(event)
            case CreateVertex():
                return self._create(event)
            case RDeliver() | ReleaseCoin() | AdvanceRound():
                return self._input(event)
            case Reject():
                return self._reject(event)
            case Restart():
                self._restart(event)
        return None

    def keep(self, seq: int) -> None:
        """The replica may come back to where it is now."""
        self._backups[seq] = self._now.copy()

    @property
    def outputs_only(self) -> bool:
        """Whether nothing but outputs was seen of the replica, which cannot be replayed."""
        return self._unfounded is not None and not self.inputs

    def _output(self, event: ReplayOutput) -> Divergence | None:
        if not self.inputs:
            self._unfounded = self._unfounded or event
            return None
        due = self._now.due
        if not due or not same(event, due[0]):
            return self._diverges(event)
        due.popleft()
        if isinstance(event, ADeliver):
            for_good = not (self._lost and is_lost(self._lost, event))
            self._now.delivered.append((event.vertex, for_good))
        if not due and self._now.delivered:
            self._forget_delivered()
        return None

    def _input(self, event: ReplayInput) -> Divergence | None:
        self.inputs += 1
        if self._now.due or self._unfounded is not None:
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
        refusal = self._now.streams.refusal(event, known.rejection)
        if refusal is not None:
            return Divergence(event, "does not r_deliver it", *refusal)
        self._now.state, outputs = r_delivered(self._now.state, known.vertex, event.ui)
        self._now.due.extend(cast(tuple[ReplayOutput, ...], outputs))
        return None

    def _advance_round(self, event: AdvanceRound) -> Divergence | None:
        state, own_round = self._now.state, self._now.own_round
        if event.round != state.round + 1:
            reason = f"it is in round {state.round}"
            return Divergence(
                event, f"can only go to round {state.round + 1}", reason, rules.ADVANCE
            )
        if not round_complete(state.setting, state.dag, state.round):
            reason = f"round {state.round} is not complete: {held(state, state.round)}"
            return Divergence(event, f"stays in round {state.round}", reason, rules.ADVANCE)
        if self._owes_first_vertex:
            reason = f"its epoch {state.broadcast.usig.epoch} is open, and has no vertex yet"
            return Divergence(
                event, f"makes a vertex in round {state.round}", reason, rules.FIRST_VERTEX
            )
        needs_own = state.setting.profile.self_edge_required and own_round
        if needs_own and state.dag.get(own_round, state.replica) is None:
            reason = f"its own vertex of round {own_round} is not in its DAG"
            return Divergence(event, f"stays in round {state.round}", reason, rules.OWN_VERTEX)
        state, _ = request_coin(state)
        self._now.state = replace(state, round=event.round)
        if not state.recovering:
            self._now.due.append(self._next_vertex())
        return None

    @property
    def _owes_first_vertex(self) -> bool:
        """Whether its epoch was opened and has no vertex: the round that it is in gets one."""
        state = self._now.state
        return not state.recovering and self._now.own_round == 0 < state.round

    def _next_vertex(self) -> CreateVertex:
        state = self._now.state
        vertex = create_new_vertex(
            state.setting, state.dag, state.ordering.undelivered, state.round, state.replica, ()
        )
        return CreateVertex(vertex=vertex, ui=_ANY_POSITION)

    def _create(self, event: CreateVertex) -> Divergence | None:
        if not self._now.due and self._owes_first_vertex:
            self._now.due.append(self._next_vertex())
        found = self._output(event)
        return found or (self._say_freezes(event) if self.inputs else None)

    def _say_freezes(self, event: CreateVertex) -> Divergence | None:
        vertex, state = event.vertex, self._now.state
        self._now.own_round = vertex.round
        if not vertex.freezes:
            return None
        requests = tuple(
            UniqueIdentifier(f.target, f.successor, 1, bytes.fromhex(f.certificate))
            for f in vertex.freezes
        )
        recovery, freezes = freezes_to_say(replace(state.recovery, requests=requests))
        if freezes != vertex.freezes:
            return Divergence(
                event, "does not say these freezes", reason_against(state, event), rules.FREEZE
            )
        self._now.state = replace(state, recovery=recovery)
        self._now.due.extend(
            Freeze(target=f.target, epoch=f.epoch, last=vertex.round, ui=event.ui) for f in freezes
        )
        return None

    def _reject(self, event: Reject) -> Divergence | None:
        due = self._now.due
        if event.reason in OF_EPOCHS or (due and isinstance(due[0], Reject)):
            return self._output(event)
        if event.ui is not None:
            self._now.streams.use_up(event.origin, event.ui)
        return None

    def _release_coin(self, event: ReleaseCoin) -> Divergence | None:
        state = self._now.state
        if round_complete(state.setting, state.dag, state.round):
            # The reference asks when it advances; another implementation may ask just before.
            state, _ = request_coin(state)
        self._now.state, outputs = coin_released(state, event.wave, event.leader)
        if isinstance(outputs[0], Reject):
            known, requested = len(state.ordering.leaders), state.ordering.requested
            reason = f"it knows the leaders of {known} waves, and has asked for {requested} coins"
            return Divergence(event, "takes no coin of this wave", reason, rules.COIN)
        self._now.due.extend(cast(tuple[ReplayOutput, ...], outputs[1:]))
        return None

    def _restart(self, event: Restart) -> None:
        self._now = self._backups[event.backup_seq].copy()
        enclave = IdealUsig(event.replica, event.epoch)
        self._now.state, _ = restart(self._now.state, enclave)
        self._now.own_round = 0

    def _diverges(self, event: ReplayOutput | ReplayInput) -> Divergence:
        state, due = self._now.state, self._now.due
        if due:
            reason = reason_for(state, due[0])
            return Divergence(event, narrate(due[0]), reason, RULES[type(due[0])])
        reason = reason_against(state, event)
        return Divergence(event, "waits for its next input", reason, RULES[type(event)])

    def _forget_delivered(self) -> None:
        self._now.state = self._shared.forget_delivered(self._now.state, self._now.delivered)
        self._now.delivered.clear()
