"""How vertices come to a replica of NxBFT: in the order of their counters, or pulled."""

from dataclasses import replace

from tee_rider.model_check.nxbft.messages import Send, VertexRequest
from tee_rider.model_check.nxbft.state import Output, Peer, State, Step
from tee_rider.reference.dag import Address, insert_vertex
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import InsertVertex, RDeliver, Reject
from tee_rider.spec.messages import SignedMessage, content_bytes
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import Vertex


def process_vertex(state: State, message: SignedMessage) -> Step:
    """Take a signed message in: verify it under the key of its round, and keep to the counters.

    While a replica asks for a new key, nothing that it signed is taken in. A smaller counter than
    the next one is dropped without a look at the key.

    Source: NxBFT's pseudo-code, process_vertex.
    """
    ui = message.ui
    if not 0 <= ui.replica < len(state.peers):
        return state, ()
    peer = state.peers[ui.replica]
    known = ui.counter <= peer.accepted or any(m.ui.counter == ui.counter for m in peer.early)
    if peer.returning or known:
        return state, ()
    if not verified(state, message):
        genuine = state.usig.verify_ui(content_bytes(message.content), ui)
        reason = RejectionReason.EPOCH_NOT_ACCEPTED if genuine else RejectionReason.NOT_SIGNED
        return state, (Reject(reason=reason, origin=ui.replica, ui=None),)
    early = tuple(sorted((*peer.early, message), key=lambda m: m.ui.counter))
    state = state.with_peer(ui.replica, lambda p: replace(p, early=early))
    return (state, ()) if state.recovering else _read_on(state, ui.replica)


def verified(state: State, message: SignedMessage) -> bool:
    """Whether the key that its origin has in the vertex's round signed the message.

    Source: NxBFT's pseudo-code, verify in the enclave.
    """
    ui, content = message.ui, message.content
    keys = state.peers[ui.replica].keys
    epoch = keys.of_round(content.round) if isinstance(content, Vertex) else keys.epoch
    return ui.epoch == epoch and state.usig.verify_ui(content_bytes(content), ui)


def _read_on(state: State, origin: int) -> Step:
    """Handle what has the next counter; pull what is missing before the first that has not."""
    outputs: list[Output] = []
    while early := state.peers[origin].early:
        first = early[0]
        if first.ui.counter != state.peers[origin].accepted + 1:
            if isinstance(first.content, Vertex):
                state, pulls = pull(state, (first.content.round - 1, origin))
                outputs += pulls
            break

        def take(peer: Peer) -> Peer:
            return replace(peer, early=peer.early[1:], accepted=peer.accepted + 1)

        state, handled = handle_vertex(state.with_peer(origin, take), first)
        outputs += handled
    return state, tuple(outputs)


def handle_vertex(state: State, message: SignedMessage) -> Step:
    """Buffer a valid vertex. An invalid one has used its counter up, and is kept by nobody (F2).

    The second vertex of an address is dropped like an invalid one.

    Source: NxBFT's pseudo-code, handle_vertex.
    """
    vertex, ui = message.content, message.ui
    reason: RejectionReason | None = RejectionReason.NOT_UNDERSTOOD
    if isinstance(vertex, Vertex):
        known = state.dag.get(vertex.round, ui.replica) is not None or any(
            address_of(m) == (vertex.round, ui.replica) for m in state.buffer
        )
        reason = vertex_rejection(state.setting, ui.replica, 0, vertex)
        if known and reason is None:
            return state, ()
    if reason is not None or not isinstance(vertex, Vertex):
        return state, (Reject(reason=str(reason), origin=ui.replica, ui=ui.position),)
    round_ = vertex.round
    state = state.with_peer(
        ui.replica, lambda peer: replace(peer, max_round=max(peer.max_round, round_))
    )
    return buffer_walk(with_buffered(state, (message,)))


def with_buffered(state: State, messages: tuple[SignedMessage, ...]) -> State:
    """The state with these vertices waiting; they need not be asked for any more."""
    buffer = tuple(sorted((*state.buffer, *messages), key=address_of))
    pulled = state.pulled - {address_of(message) for message in messages}
    return replace(state, buffer=buffer, pulled=pulled)


def buffer_walk(state: State) -> Step:
    """Insert, oldest round first, what has all predecessors; pull the predecessors of the rest.

    Rounds that this replica has not reached wait. What others asked for is sent once it is there.

    Source: NxBFT's pseudo-code, buffer_walk.
    """
    outputs: list[Output] = []
    for message in state.buffer:
        vertex = message.content
        assert isinstance(vertex, Vertex)
        if vertex.round > state.round:
            break
        if not state.setting.profile.predecessors_present(state.dag, vertex):
            for name in vertex.predecessors:
                if state.dag.get(name.round, name.source) is None:
                    state, pulls = pull(state, (name.round, name.source))
                    outputs += pulls
            continue
        address, position = address_of(message), message.ui.position
        ordering = state.ordering
        state = replace(
            state,
            dag=insert_vertex(state.setting.configuration, state.dag, vertex),
            held=tuple(sorted((*state.held, message), key=address_of)),
            buffer=tuple(waiting for waiting in state.buffer if waiting != message),
            ordering=replace(ordering, undelivered=ordering.undelivered | {address}),
        )
        outputs.append(RDeliver(vertex=vertex, ui=position))
        outputs.append(InsertVertex(vertex=vertex, ui=position))
        wanting = sum(1 << replica for wanted, replica in state.wanted if wanted == address)
        if wanting:
            left = frozenset(entry for entry in state.wanted if entry[0] != address)
            state = replace(state, wanted=left)
            outputs.append(Send(message, wanting))
    return state, tuple(outputs)


def pull(state: State, address: Address) -> Step:
    """Ask everybody for the vertex at an address, once.

    Source: NxBFT's pseudo-code, buffer_walk and process_vertex.
    """
    if address in state.pulled:
        return state, ()
    request = VertexRequest(state.replica, *address)
    return replace(state, pulled=state.pulled | {address}), (state.to_others(request),)


def process_vertex_request(state: State, request: VertexRequest) -> Step:
    """Send the vertex if it is in the DAG, else remember who wants it: only what is kept is served.

    Source: NxBFT's pseudo-code, process_vertex_request.
    """
    address = (request.round, request.source)
    for message in state.held:
        if address_of(message) == address:
            return state, (Send(message, 1 << request.sender),)
    return replace(state, wanted=state.wanted | {(address, request.sender)}), ()


def address_of(message: SignedMessage) -> Address:
    """Round and source of the vertex that a message carries."""
    assert isinstance(message.content, Vertex)
    return message.content.round, message.content.source
