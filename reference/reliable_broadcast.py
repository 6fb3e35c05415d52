"""Reliable broadcast on the USIG: every replica reads every origin's streams, each in its order.

An origin has one stream for each epoch of its enclave; most have one.

A message is *accepted* when its identifier verifies and all smaller counters of its origin are
accepted; it is then forwarded, and its slot is used up whatever it says. A vertex is *delivered*
(``r_deliver``) when it is accepted and d replicas are known to hold it.

Source: TEE-Rider, broadcast on the USIG (r_bcast, r_deliver); n > f suffices.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import Usig
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import RDeliver, Reject
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.messages import (
    Content,
    Echo,
    RecoveryRequest,
    SignedMessage,
    content_bytes,
)
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition, UniqueIdentifier
from tee_rider.spec.vertex import Vertex


@dataclass(frozen=True, slots=True)
class Send:
    """Send the message to each replica of the set ``to``."""

    message: SignedMessage
    to: Mask


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

    def newest_epoch(self, origin: int) -> int:
        """The newest epoch heard of."""
        return self.streams[origin][-1].epoch

    @property
    def own_stream(self) -> Stream:
        """The stream that the enclave signs."""
        return self.stream(self.usig.replica, self.usig.epoch)


def r_bcast(
    setting: Setting, state: Broadcast, content: Content
) -> tuple[Broadcast, tuple[Output, ...]]:
    """Sign the content with the next counter, send it to all, and accept it oneself.

    Source: TEE-Rider, r_bcast.
    """
    usig, ui = state.usig.create_ui(content_bytes(content))
    message = SignedMessage(content, ui)
    everyone = (1 << setting.configuration.n) - 1
    send = Send(message, everyone & ~(1 << ui.replica))
    reason = _rejection(setting, state, message)
    state, outputs = _accept(setting, replace(state, usig=usig), message, reason)
    return state, (send, *outputs)


def receive(
    setting: Setting, state: Broadcast, message: SignedMessage
) -> tuple[Broadcast, tuple[Output, ...]]:
    """Accept a message from the network, and whatever it was that waited for it.

    A message that is already accepted, or waits already, changes nothing.

    Source: TEE-Rider, the receiving side of r_bcast.
    """
    ui = message.ui
    if not 0 <= ui.replica < setting.configuration.n:
        return state, ()
    stream = state.stream(ui.replica, ui.epoch)
    if _known(stream, ui.counter):
        return state, ()
    if ui.counter < 1 or not state.usig.verify_ui(content_bytes(message.content), ui):
        return state, (_reject(RejectionReason.NOT_SIGNED, ui.replica),)
    if ui.epoch != 1 and not setting.profile.replicas_return:
        return state, (_reject(RejectionReason.EPOCH_NOT_ACCEPTED, ui.replica),)
    early = tuple(sorted((*stream.early, message), key=lambda waiting: waiting.ui.counter))
    state = _with_stream(state, ui.replica, replace(stream, early=early))
    outputs: tuple[Output, ...] = ()
    while ready := _next_ready(setting, state.stream(ui.replica, ui.epoch)):
        state, more = _accept_early(setting, state, ready)
        outputs += more
    return state, outputs


def _known(stream: Stream, counter: int) -> bool:
    return counter <= stream.accepted or any(m.ui.counter == counter for m in stream.early)


def _next_ready(setting: Setting, stream: Stream) -> SignedMessage | None:
    first = stream.early[0] if stream.early else None
    if first and setting.profile.counter_follows(stream.accepted, first.ui.counter):
        return first
    return None


def _accept_early(
    setting: Setting, state: Broadcast, message: SignedMessage
) -> tuple[Broadcast, tuple[Output, ...]]:
    origin = message.ui.replica
    stream = state.stream(origin, message.ui.epoch)
    state = _with_stream(state, origin, replace(stream, early=stream.early[1:]))
    others = (1 << setting.configuration.n) - 1 & ~(1 << state.usig.replica)
    if state.newest_epoch(origin) == message.ui.epoch:
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
) -> tuple[Broadcast, tuple[Output, ...]]:
    """Use up the message's slot, whatever it says, and do what it says if it is valid."""
    ui, content = message.ui, message.content
    stream = state.stream(ui.replica, ui.epoch)
    accepted = max(stream.accepted, ui.counter)
    stream = replace(stream, accepted=accepted, log=(*stream.log, message))
    if reason is not None:
        return (
            _with_stream(state, ui.replica, stream),
            (_reject(reason, ui.replica, ui.position),),
        )
    if isinstance(content, Echo):
        state = _with_stream(state, ui.replica, stream)
        return _note_holder(setting, state, content, ui.replica)
    if isinstance(content, RecoveryRequest):
        # Who returns hands out what it may have failed to send, and is handed what it has lost.
        back = ui.replica == state.usig.replica
        to = (1 << setting.configuration.n) - 1 & ~(1 << ui.replica) if back else 1 << ui.replica
        held = _everything_held(state, to)
        return _with_stream(state, ui.replica, stream), (*held, RecoveryRequested(ui))
    assert isinstance(content, Vertex)
    undelivered = (*stream.undelivered, (ui.counter, content))
    stream = replace(stream, last_round=content.round, undelivered=undelivered)
    state = _with_stream(state, ui.replica, stream)
    if setting.profile.holders_before_delivery(setting.configuration) > 1 and (
        ui.replica != state.usig.replica
    ):
        return r_bcast(setting, state, Echo(ui.replica, ui.epoch, ui.counter))
    return _deliver(setting, state, ui.replica, ui.epoch)


def _note_holder(
    setting: Setting, state: Broadcast, echo: Echo, holder: int
) -> tuple[Broadcast, tuple[Output, ...]]:
    stream = state.stream(echo.origin, echo.epoch)
    next_delivery = stream.undelivered[0][0] if stream.undelivered else stream.accepted + 1
    if echo.counter < next_delivery:
        return state, ()
    holders = dict(stream.holders)
    holders[echo.counter] = holders.get(echo.counter, 0) | 1 << holder
    stream = replace(stream, holders=tuple(sorted(holders.items())))
    return _deliver(setting, _with_stream(state, echo.origin, stream), echo.origin, echo.epoch)


def _deliver(
    setting: Setting, state: Broadcast, origin: int, epoch: int
) -> tuple[Broadcast, tuple[Output, ...]]:
    """Hand over, in stream order, the vertices that enough replicas hold; the origin is one."""
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


def _everything_held(state: Broadcast, to: Mask) -> tuple[Send, ...]:
    every = (stream for streams in state.streams for stream in streams)
    return tuple(Send(message, to) for stream in every for message in stream.log)


def _with_stream(state: Broadcast, origin: int, stream: Stream) -> Broadcast:
    others = (other for other in state.streams[origin] if other.epoch != stream.epoch)
    of_origin = tuple(sorted((*others, stream), key=lambda each: each.epoch))
    streams = (*state.streams[:origin], of_origin, *state.streams[origin + 1 :])
    return replace(state, streams=streams)


def _reject(reason: RejectionReason, origin: int, ui: StreamPosition | None = None) -> Reject:
    return Reject(reason=reason, origin=origin, ui=ui)
