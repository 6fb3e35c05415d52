"""One replica: the broadcast below, the DAG in the middle, the total order above.

``step(state, input) -> (state, outputs)`` is pure: no clock, no network, no randomness. A refused
input changes nothing beyond the slot that it used up, and its only output is a ``Reject``.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tee_rider.reference import reliable_broadcast
from tee_rider.reference.dag import Dag, insert_vertex
from tee_rider.reference.ordering import Ordering, wave_ready
from tee_rider.reference.profile import Setting
from tee_rider.reference.recovery import Recovery, epoch_rejection, follow_order, freezes_to_say
from tee_rider.reference.reliable_broadcast import Broadcast, RecoveryRequested, Stream
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec import events
from tee_rider.spec.configuration import ends_wave, wave_of
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Input, Output, Receive
from tee_rider.spec.messages import RecoveryRequest
from tee_rider.spec.opening import Opening
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request, Vertex


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """All that one replica knows."""

    setting: Setting = field(compare=False, repr=False)
    broadcast: Broadcast
    recovery: Recovery
    dag: Dag = field(default_factory=Dag)
    waiting: tuple[tuple[Vertex, StreamPosition], ...] = ()
    """Delivered by the broadcast, but predecessors are missing; by round and source."""
    round: int = 0
    """The round of the replica's newest vertex; 0 before its first."""
    ordering: Ordering = field(default_factory=Ordering)

    @property
    def replica(self) -> int:
        """Whose state this is."""
        return self.broadcast.usig.replica

    @property
    def recovering(self) -> bool:
        """Whether its epoch is not open: until then it reads, and goes along without vertices."""
        return self.recovery.openings[self.replica][-1].epoch != self.broadcast.usig.epoch


Step: TypeAlias = tuple[ReplicaState, tuple[Output, ...]]


def initial_state(setting: Setting, usig: Usig) -> ReplicaState:
    """A replica that has not done anything.

    Source: TEE-Rider, initialisation.
    """
    n = setting.configuration.n
    return ReplicaState(setting, Broadcast(usig, ((Stream(),),) * n), Recovery(((Opening(),),) * n))


def restart(backup: ReplicaState, usig: Usig) -> Step:
    """Return from a backup of any age with a new enclave, in an epoch never used before.

    Source: ours (spec/README.md, "Recovery").
    """
    recovery = replace(backup.recovery, said=frozenset())
    broadcast = replace(backup.broadcast, usig=usig)
    broadcast, outputs = reliable_broadcast.r_bcast(backup.setting, broadcast, RecoveryRequest())
    return _handle(replace(backup, broadcast=broadcast, recovery=recovery), outputs)


def step(state: ReplicaState, input_: Input) -> Step:
    """What a replica does with one input.

    Source: TEE-Rider, its main loop; each case names its part.
    """
    match input_:
        case Receive(message):
            broadcast, outputs = reliable_broadcast.receive(state.setting, state.broadcast, message)
            if broadcast is state.broadcast and not outputs:
                return state, ()
            return _handle(replace(state, broadcast=broadcast), outputs)
        case Advance(requests):
            return advance(state, requests)
        case CoinReleased(wave, leader):
            return coin_released(state, wave, leader)


def may_advance(state: ReplicaState) -> bool:
    """Whether the round is complete, and the own vertex held that the next one must build on.

    Source: DAG-Rider, the condition for advancing; the own vertex: rule ``self_edge_required``.
    """
    own_round = state.broadcast.own_stream.last_round
    needed = state.setting.profile.self_edge_required and own_round > 0
    own_held = not needed or state.dag.get(own_round, state.replica) is not None
    return own_held and round_complete(state.setting, state.dag, state.round - _enters(state))


def _enters(state: ReplicaState) -> bool:
    return not state.recovering and state.broadcast.own_stream.last_round == 0 < state.round


def advance(state: ReplicaState, requests: tuple[Request, ...]) -> Step:
    """Complete the current round, enter the next one, and broadcast a vertex there.

    A replica whose epoch is not open yet makes no vertex. Once it is, the first one stands in the
    round that the replica is in already: others may need it there.

    Source: DAG-Rider, the main loop of the DAG's construction.
    """
    entered = _enters(state)
    if not may_advance(state):
        return state, (_refuse(state, RejectionReason.ROUND_INCOMPLETE),)
    state, requested = request_coin(replace(state, round=state.round - entered))
    state = replace(state, round=state.round + 1)
    if state.recovering:
        return state, (*requested, events.AdvanceRound(round=state.round))
    recovery, freezes = freezes_to_say(state.recovery)
    round_, undelivered = state.round, state.ordering.undelivered
    vertex = create_new_vertex(
        state.setting, state.dag, undelivered, round_, state.replica, requests, freezes
    )
    broadcast, sent = reliable_broadcast.r_bcast(state.setting, state.broadcast, vertex)
    position = StreamPosition(broadcast.usig.epoch, broadcast.own_stream.accepted)
    created = (
        *(() if entered else (events.AdvanceRound(round=state.round),)),
        events.CreateVertex(vertex=vertex, ui=position),
        *(events.Freeze(target=f.target, epoch=f.epoch, last=round_, ui=position) for f in freezes),
    )
    state, handled = _handle(replace(state, broadcast=broadcast, recovery=recovery), sent)
    return state, (*requested, *created, *handled)


def request_coin(state: ReplicaState) -> Step:
    """Ask for the coin whose round is now complete, if there is one.

    Source: DAG-Rider, choose_leader; when to ask: the profile's rule ``coin_release``.
    """
    late = state.setting.profile.coin_release == "next_round_quorum"
    last_round = state.round - late
    wave = wave_of(last_round)
    if not ends_wave(last_round) or wave <= state.ordering.requested:
        return state, ()
    ordering = replace(state.ordering, requested=wave)
    return replace(state, ordering=ordering), (CoinRequested(wave),)


def coin_released(state: ReplicaState, wave: int, leader: int) -> Step:
    """Learn the leader of a wave, and commit it if it is supported.

    Source: DAG-Rider, wave_ready.
    """
    ordering = state.ordering
    expected = wave == len(ordering.leaders) + 1 <= ordering.requested
    if not (expected and 0 <= leader < state.setting.configuration.n):
        return state, (_refuse(state, RejectionReason.COIN_NOT_REQUESTED),)
    ordering = replace(ordering, leaders=(*ordering.leaders, leader))
    state = replace(state, ordering=ordering)
    state, committed = _commit(state, wave)
    state, inserted = _insert_waiting(state)
    return state, (events.ReleaseCoin(wave=wave, leader=leader), *committed, *inserted)


def _commit(state: ReplicaState, wave: int) -> Step:
    ordering, ordered = wave_ready(state.setting, state.dag, state.ordering, wave)
    recovery, outputs = follow_order(state.setting, state.recovery, state.dag, ordered)
    return replace(state, ordering=ordering, recovery=recovery), outputs


def r_delivered(state: ReplicaState, vertex: Vertex, position: StreamPosition) -> Step:
    """Insert a vertex that the broadcast delivered, and whatever waited for it, oldest first.

    Source: DAG-Rider, the buffer of the DAG's construction.
    """
    waiting = sorted(
        (*state.waiting, (vertex, position)), key=lambda entry: (entry[0].round, entry[0].source)
    )
    return _insert_waiting(replace(state, waiting=tuple(waiting)))


def _insert_waiting(state: ReplicaState) -> Step:
    openings_before, waiting = state.recovery.openings, state.waiting
    outputs: list[Output] = []
    still_waiting: list[tuple[Vertex, StreamPosition]] = []
    for vertex, ui in waiting:
        opening = state.recovery.opening(vertex.source, ui.epoch)
        if opening is None or not state.setting.profile.predecessors_present(state.dag, vertex):
            still_waiting.append((vertex, ui))
        elif reason := epoch_rejection(state.setting, state.dag, vertex, opening):
            outputs.append(events.Reject(reason=reason, origin=vertex.source, ui=ui))
        else:
            state, inserted = _insert(state, vertex, ui)
            outputs += inserted
    state = replace(state, waiting=tuple(still_waiting))
    if state.recovery.openings == openings_before:
        return state, tuple(outputs)
    # An epoch was opened on the way: what waited for that may enter now.
    state, more = _insert_waiting(state)
    return state, (*outputs, *more)


def _insert(state: ReplicaState, vertex: Vertex, ui: StreamPosition) -> Step:
    dag = insert_vertex(state.setting.configuration, state.dag, vertex)
    ordering = state.ordering
    ordering = replace(ordering, undelivered=ordering.undelivered | {(vertex.round, vertex.source)})
    state = replace(state, dag=dag, ordering=ordering)
    wave, committed = wave_of(vertex.round), tuple[Output, ...]()
    late = ends_wave(vertex.round) and wave <= len(ordering.leaders)
    if late and state.setting.profile.commit_evaluation == "on_arrival":
        state, committed = _commit(state, wave)
    return state, (events.InsertVertex(vertex=vertex, ui=ui), *committed)


def _handle(state: ReplicaState, outputs: tuple[reliable_broadcast.Output, ...]) -> Step:
    handled: list[Output] = []
    for output in outputs:
        if isinstance(output, RecoveryRequested):
            requests = (*state.recovery.requests, output.ui)
            state = replace(state, recovery=replace(state.recovery, requests=requests))
            continue
        handled.append(output)
        if isinstance(output, events.RDeliver):
            state, more = r_delivered(state, output.vertex, output.ui)
            handled += more
    return state, tuple(handled)


def _refuse(state: ReplicaState, reason: RejectionReason) -> events.Reject:
    return events.Reject(reason=reason, origin=state.replica, ui=None)
