"""What a faulty host can do at all: follow the protocol, and have its enclave sign anything."""

from dataclasses import replace

from tee_rider.model_check.world.host import Coin, local_step
from tee_rider.reference.profile import Setting
from tee_rider.reference.reliable_broadcast import Send
from tee_rider.reference.replica import CoinReleased, CoinRequested, Receive, request_coin
from tee_rider.reference.replica import initial_state as initial_replica_state
from tee_rider.reference.usig import Usig
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.messages import Content, SignedMessage, content_bytes
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Request, Vertex


class FaultyHost:
    """A host around an intact enclave. What it sends of all this, and to whom, is its own choice.

    Source: TEE-Rider, system model: a faulty host cannot forge a unique identifier, nor bind one
    counter to two messages.
    """

    def __init__(self, setting: Setting, enclave: Usig, coin: Coin) -> None:
        """A host that has not done anything."""
        self.state = initial_replica_state(setting, enclave)
        self.coin = coin
        self.signed: dict[StreamPosition, Content] = {}

    @property
    def replica(self) -> int:
        """In whose place the host stands."""
        return self.state.replica

    @property
    def others(self) -> Mask:
        """Everybody else."""
        return (1 << self.state.setting.configuration.n) - 1 & ~(1 << self.replica)

    @property
    def round_complete(self) -> bool:
        """Whether a correct replica in this place could go to its next round."""
        return round_complete(self.state.setting, self.state.dag, self.state.round)

    def follow(self, message: SignedMessage) -> list[Send]:
        """Take a message in with the real step; what a correct replica would send because of it."""
        self.state, sends, _ = local_step(self.state, Receive(message), self.coin)
        for send in sends:
            self._note_signature(send.message)
        return list(sends)

    def sign(self, content: Content) -> list[Send]:
        """The enclave binds its next counter to the content, and the host takes it in itself."""
        enclave, ui = self.state.broadcast.usig.create_ui(content_bytes(content))
        message = SignedMessage(content, ui)
        self._note_signature(message)
        self.state = replace(self.state, broadcast=replace(self.state.broadcast, usig=enclave))
        consequences = [send for send in self.follow(message) if send.message != message]
        return [Send(message, self.others), *consequences]

    def enter_next_round(self, requests: tuple[Request, ...] = ()) -> Vertex:
        """Go on as a correct replica would, but sign nothing; returns the vertex it would make."""
        state, requested = request_coin(self.state)
        state = replace(state, round=state.round + 1)
        vertex = create_new_vertex(
            state.setting,
            state.dag,
            state.ordering.undelivered,
            state.round,
            state.replica,
            requests,
        )
        for output in requested:
            assert isinstance(output, CoinRequested)
            shown = CoinReleased(output.wave, self.coin(state.replica, output.wave))
            state, _, _ = local_step(state, shown, self.coin)
        self.state = state
        return vertex

    def restart_enclave(self) -> None:
        """A new life of the enclave, though nobody has agreed to it."""
        enclave = self.state.broadcast.usig.restart()
        self.state = replace(self.state, broadcast=replace(self.state.broadcast, usig=enclave))

    def _note_signature(self, message: SignedMessage) -> None:
        """One counter, one content: the harness itself is wrong otherwise."""
        if message.ui.replica == self.replica:
            first = self.signed.setdefault(message.ui.position, message.content)
            assert first == message.content, f"{message.ui.name} is bound to two contents"
