"""Reliable broadcast on the USIG: every replica reads every origin's streams, each in its order.

A message is *accepted* when its identifier verifies and all smaller counters of its origin are
accepted; it is then forwarded, and its slot is used up whatever it says. A vertex is *delivered*
(``r_deliver``) when it is accepted and d replicas are known to hold it.

Source: TEE-Rider, broadcast on the USIG (r_bcast, r_deliver); n > f suffices.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import RDeliver, Reject
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.interface import Send
from tee_rider.spec.messages import Content, Echo, RecoveryRequest, SignedMessage, content_bytes
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition, UniqueIdentifier
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Vertex


@dataclass(frozen=True, slots=True)
class RecoveryRequested:
    """A new epoch was heard of; ``ui`` is that of its first message."""

    ui: UniqueIdentifier


Output: TypeAlias = Send | Reject | RDeliver | RecoveryRequested


@dataclass(frozen=True, slots=True)
class Stream:
    """What is known of one origin's stream in one epoch."""

    epoch: int = 1
    accepted: int = 0
    """Counters 1 to ``accepted`` are accepted."""
    last_round: int = 0
    """The round of the last valid vertex accepted; the next one's is larger."""
    early: tuple[SignedMessage, ...] = ()
    """Verified, but smaller counters are missing; by counter."""
    undelivered: tuple[tuple[int, Vertex], ...] = ()
    """Accepted vertices with their counters that too few replicas are known to hold."""
    holders: tuple[tuple[int, Mask], ...] = ()
    """Who said to hold which counter, of those not delivered yet; by counter."""
    log: tuple[SignedMessage, ...] = field(default=(), compare=False, repr=False)
    """The accepted messages, for replicas that return; epoch and ``accepted`` determine them."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One replica's side of the reliable broadcast: its enclave, and the streams that it reads."""

    usig: Usig
    streams: tuple[tuple[Stream, ...], ...]
    """``streams[i]`` are those of replica i: its first epoch's, and each later one heard of."""

    def stream(self, origin: int, epoch: int) -> Stream:
        """An origin's stream in one epoch, empty if it was never heard of."""
        for stream in self.streams[origin]:
            if stream.epoch == epoch:
                return stream
        return Stream(epoch)

    @property
    def own_stream(self) -> Stream:
        """The stream that the enclave signs."""
        return self.stream(self.usig.replica, self.usig.epoch)


Step: TypeAlias = tuple[Broadcast, tuple[Output, ...]]


def r_bcast(setting: Setting, state: Broadcast, content: Content) -> Step:
    """Sign the content with the next counter, send it to all, and accept it oneself.

    Source: TEE-Rider, r_bcast.
    """
    usig, ui = state.usig.create_ui(content_bytes(content))
    message = SignedMessage(content, ui)
    send = Send(message, _all_but(setting, ui.replica))
    reason = _rejection(setting, state, message)
    state, outputs = _accept(setting, replace(state, usig=usig), message, reason)
    return state, (send, *outputs)


def receive(setting: Setting, state: Broadcast, message: SignedMessage) -> Step:
    """Accept a message from the network, unless it is known, and whatever waited for it.

    Source: TEE-Rider, the receiving side of r_bcast.
    """
    ui = message.ui
    if not 0 <= ui.replica < setting.configuration.n:
        return state, ()
    stream = state.stream(ui.replica, ui.epoch)
    if ui.counter <= stream.accepted or any(m.ui.counter == ui.counter for m in stream.early):
        return state, ()
    if ui.counter < 1 or not state.usig.verify_ui(content_bytes(message.content), ui):
        return state, (_reject(RejectionReason.NOT_SIGNED, ui.replica),)
    if ui.epoch != 1 and not setting.profile.replicas_return:
        return state, (_reject(RejectionReason.EPOCH_NOT_ACCEPTED, ui.replica),)
    early = tuple(sorted((*stream.early, message), key=lambda waiting: waiting.ui.counter))
    stream, outputs = replace(stream, early=early), tuple[Output, ...]()
    state = _with_stream(state, ui.replica, stream)
    follows = setting.profile.counter_follows
    while stream.early and follows(stream.accepted, stream.early[0].ui.counter):
        state, more = _accept_early(setting, state, stream.early[0])
        stream, outputs = state.stream(ui.replica, ui.epoch), outputs + more
    return state, outputs


def _accept_early(setting: Setting, state: Broadcast, message: SignedMessage) -> Step:
    origin = message.ui.replica
    stream = state.stream(origin, message.ui.epoch)
    state = _with_stream(state, origin, replace(stream, early=stream.early[1:]))
    others = _all_but(setting, state.usig.replica)
    if state.streams[origin][-1].epoch == message.ui.epoch:
        others &= ~(1 << origin)  # It knows what it says, unless it lost that and returned.
    reason = _rejection(setting, state, message)
    state, outputs = _accept(setting, state, message, reason)
    if setting.profile.forwards(reason is None):
        outputs = (Send(message, others), *outputs)
    return state, outputs


def _rejection(
    setting: Setting, state: Broadcast, message: SignedMessage
) -> RejectionReason | None:
    ui = message.ui
    match message.content:
        case Vertex() as vertex:
            profile, configuration = setting.profile, setting.configuration
            for freeze in vertex.freezes:
                attested = profile.freeze_attested(configuration, state.usig, freeze)
                if not (profile.replicas_return and attested):
                    return RejectionReason.FREEZE_NOT_ATTESTED
            last_round = state.stream(ui.replica, ui.epoch).last_round
            return vertex_rejection(setting, ui.replica, last_round, vertex)
        case RecoveryRequest() if ui.epoch > 1 and ui.counter == 1:
            return None
        case Echo(origin, _, counter) if 0 <= origin < setting.configuration.n and counter >= 1:
            return None
        case _:
            return RejectionReason.NOT_UNDERSTOOD


def _accept(
    setting: Setting, state: Broadcast, message: SignedMessage, reason: RejectionReason | None
) -> Step:
    # The slot is used up, whatever the message says.
    ui, content = message.ui, message.content
    stream = state.stream(ui.replica, ui.epoch)
    accepted = max(stream.accepted, ui.counter)
    stream = replace(stream, accepted=accepted, log=(*stream.log, message))
    if reason is None and isinstance(content, Vertex):
        undelivered = (*stream.undelivered, (ui.counter, content))
        stream = replace(stream, last_round=content.round, undelivered=undelivered)
    before, state = state, _with_stream(state, ui.replica, stream)
    own = ui.replica == state.usig.replica
    if reason is not None:
        return state, (_reject(reason, ui.replica, ui.position),)
    if isinstance(content, Echo):
        return _note_holder(setting, state, content, ui.replica)
    if isinstance(content, RecoveryRequest):
        # Who returns hands out what it may have failed to send, and is handed what it has lost.
        to = _all_but(setting, ui.replica) if own else 1 << ui.replica
        return state, (*_everything_held(before, to), RecoveryRequested(ui))
    if not own and setting.profile.holders_before_delivery(setting.configuration) > 1:
        return r_bcast(setting, state, Echo(ui.replica, ui.epoch, ui.counter))
    return _deliver(setting, state, ui.replica, ui.epoch)


def _note_holder(setting: Setting, state: Broadcast, echo: Echo, holder: int) -> Step:
    stream = state.stream(echo.origin, echo.epoch)
    next_delivery = stream.undelivered[0][0] if stream.undelivered else stream.accepted + 1
    if echo.counter < next_delivery:
        return state, ()
    holders = dict(stream.holders)
    holders[echo.counter] = holders.get(echo.counter, 0) | 1 << holder
    stream = replace(stream, holders=tuple(sorted(holders.items())))
    return _deliver(setting, _with_stream(state, echo.origin, stream), echo.origin, echo.epoch)


def _deliver(setting: Setting, state: Broadcast, origin: int, epoch: int) -> Step:
    stream = state.stream(origin, epoch)
    needed = setting.profile.holders_before_delivery(setting.configuration)
    holders = dict(stream.holders)
    delivered: list[Output] = []
    for counter, vertex in stream.undelivered:
        if (holders.get(counter, 0) | 1 << origin).bit_count() < needed:
            break
        delivered.append(RDeliver(vertex=vertex, ui=StreamPosition(stream.epoch, counter)))
    if not delivered:
        return state, ()
    undelivered = stream.undelivered[len(delivered) :]
    oldest = undelivered[0][0] if undelivered else stream.accepted + 1
    left = tuple(entry for entry in stream.holders if entry[0] >= oldest)
    stream = replace(stream, undelivered=undelivered, holders=left)
    return _with_stream(state, origin, stream), tuple(delivered)


def _all_but(setting: Setting, replica: int) -> Mask:
    return (1 << setting.configuration.n) - 1 & ~(1 << replica)


def _everything_held(state: Broadcast, to: Mask) -> tuple[Send, ...]:
    every = (stream for streams in state.streams for stream in streams)
    return tuple(Send(message, to) for stream in every for message in stream.log)


def _with_stream(state: Broadcast, origin: int, stream: Stream) -> Broadcast:
    others = (other for other in state.streams[origin] if other.epoch != stream.epoch)
    of_origin = tuple(sorted((*others, stream), key=lambda each: each.epoch))
    streams = (*state.streams[:origin], of_origin, *state.streams[origin + 1 :])
    return Broadcast(state.usig, streams)


def _reject(reason: RejectionReason, origin: int, ui: StreamPosition | None = None) -> Reject:
    return Reject(reason=reason, origin=origin, ui=ui)
