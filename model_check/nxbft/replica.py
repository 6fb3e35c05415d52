"""One replica of NxBFT, behind the same functions as ``reference.replica``.

``step(state, input) -> (state, outputs)`` is pure. When to advance is an input here too: NxBFT goes
on as soon as it may, but may wait for requests before it makes its vertex.
"""

from dataclasses import replace

from tee_rider.model_check.nxbft.dissemination import (
    buffer_walk,
    process_vertex,
    process_vertex_request,
)
from tee_rider.model_check.nxbft.messages import (
    Commit,
    Message,
    Proposal,
    ReturnRequest,
    VertexRequest,
)
from tee_rider.model_check.nxbft.returning import (
    process_commit,
    process_proposal,
    process_request,
)
from tee_rider.model_check.nxbft.state import Output, Peer, State, Step
from tee_rider.reference.ordering import wave_ready
from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_creation import round_complete
from tee_rider.spec.configuration import ends_wave, wave_of
from tee_rider.spec.events import AdvanceRound, CreateVertex, Reject, ReleaseCoin
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Receive
from tee_rider.spec.messages import SignedMessage, content_bytes
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request, StrongEdge, make_vertex


def initial_state(setting: Setting, usig: Usig) -> State:
    """A replica that has not done anything.

    Source: NxBFT, after its setup.
    """
    return State(setting, usig, (Peer(),) * setting.configuration.n)


def restart(backup: State, usig: Usig) -> Step:
    """Return from a backup of any age with a new enclave, and ask everybody for its key.

    What was only received, and what was heard of others' requests, is not in a backup.

    Source: NxBFT's pseudo-code, recovery_by_admin.
    """
    state = replace(
        backup,
        usig=usig,
        recovering=True,
        pulled=frozenset(),
        wanted=frozenset(),
        returns=(),
        peers=tuple(replace(peer, early=(), returning=False) for peer in backup.peers),
    )
    request = ReturnRequest(state.replica, usig.epoch)
    state, outputs = process_request(state, state.replica, usig.epoch)
    return state, (state.to_others(request), *outputs)


def step(state: State, input_: Receive | Advance | CoinReleased) -> Step:
    """What a replica does with one input.

    Source: NxBFT's pseudo-code; each case names its part.
    """
    match input_:
        case Receive(message):
            return receive(state, message)
        case Advance(requests):
            return advance(state, requests)
        case CoinReleased(wave, leader):
            return coin_released(state, wave, leader)


def receive(state: State, message: Message) -> Step:
    """A message arrived over the authenticated link of its sender.

    Source: NxBFT's code, process_peer_message.
    """
    match message:
        case SignedMessage():
            return process_vertex(state, message)
        case VertexRequest():
            return process_vertex_request(state, message)
        case ReturnRequest(sender, epoch):
            return process_request(state, sender, epoch)
        case Proposal():
            return process_proposal(state, message)
        case Commit():
            return process_commit(state, message)


def may_advance(state: State) -> bool:
    """Whether the round is complete, the own vertex of it included.

    Source: NxBFT's pseudo-code, buffer_walk.
    """
    own_held = state.round == 0 or state.dag.get(state.round, state.replica) is not None
    complete = round_complete(state.setting, state.dag, state.round)
    return own_held and complete and not state.recovering


def advance(state: State, requests: tuple[Request, ...]) -> Step:
    """Complete the current round, enter the next one, and broadcast a vertex there.

    A replica with a new key makes none in the rounds that its old key filled.

    Source: NxBFT's pseudo-code, buffer_walk and create_vertex.
    """
    if not may_advance(state):
        return state, (_refuse(state, RejectionReason.ROUND_INCOMPLETE),)
    state, requested = request_coin(state)
    state = replace(state, round=state.round + 1)
    entered = (*requested, AdvanceRound(round=state.round))
    if state.round < state.restart_round:
        state, more = buffer_walk(state)
        return state, (*entered, *more)
    before = state.dag.round_vertices(state.round - 1)
    edges = tuple(StrongEdge(vertex.source, None) for vertex in before)
    vertex = make_vertex(state.round, state.replica, edges, (), requests)
    usig, ui = state.usig.create_ui(content_bytes(vertex))
    message = SignedMessage(vertex, ui)
    created = CreateVertex(vertex=vertex, ui=ui.position)
    state, handled = process_vertex(replace(state, usig=usig), message)
    return state, (*entered, created, state.to_others(message), *handled)


def request_coin(state: State) -> tuple[State, tuple[Output, ...]]:
    """Ask for the coin of the wave whose last round is complete.

    Source: NxBFT's pseudo-code, wave_ready.
    """
    wave = wave_of(state.round) if ends_wave(state.round) else 0
    if wave <= state.ordering.requested:
        return state, ()
    return replace(state, ordering=replace(state.ordering, requested=wave)), (CoinRequested(wave),)


def coin_released(state: State, wave: int, leader: int) -> Step:
    """Learn the leader of a wave, and commit it if it is supported now; there is no second look.

    Source: NxBFT's pseudo-code, wave_ready; that supporters are counted: its code.
    """
    ordering = state.ordering
    known_replica = 0 <= leader < state.setting.configuration.n
    if not (wave == len(ordering.leaders) + 1 <= ordering.requested and known_replica):
        return state, (_refuse(state, RejectionReason.COIN_NOT_REQUESTED),)
    ordering = replace(ordering, leaders=(*ordering.leaders, leader))
    ordering, ordered = wave_ready(state.setting, state.dag, ordering, wave)
    return replace(state, ordering=ordering), (ReleaseCoin(wave=wave, leader=leader), *ordered)


def _refuse(state: State, reason: RejectionReason) -> Reject:
    return Reject(reason=reason, origin=state.replica, ui=None)
