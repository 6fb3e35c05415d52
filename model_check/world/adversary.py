"""What a faulty host can do at all: follow the protocol, and have its enclave sign anything."""

from dataclasses import replace

from tee_rider.model_check.world.host import Coin, local_step, toss
from tee_rider.model_check.world.subject import REFERENCE, settle
from tee_rider.reference.profile import Setting
from tee_rider.reference.recovery import freezes_to_say
from tee_rider.reference.replica import ReplicaState, request_coin, restart
from tee_rider.reference.replica import initial_state as initial_replica_state
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.interface import CoinReleased, CoinRequested, Receive, Send
from tee_rider.spec.messages import Content, SignedMessage, content_bytes
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import FreezeStatement, Request, Vertex


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

    def come_back(self, backup: ReplicaState, enclave: Usig) -> list[Send]:
        """Go on from any state of its own with another enclave, and ask for the epoch of that one.

        What the old enclave signed stays signed, and whoever keeps it may go on with it.
        """
        state, outputs = restart(backup, enclave)
        self.state, sends, _ = settle(REFERENCE, state, outputs, self.coin)
        for send in sends:
            self._note_signature(send.message)
        return [Send(send.message, send.to) for send in sends]

    def enter_next_round(
        self, requests: tuple[Request, ...] = (), with_freezes: bool = False
    ) -> Vertex:
        """Go on as a correct replica would, but sign nothing; returns the vertex it would make.

        It says the freezes that a correct replica would say only if it is told to.
        """
        state, requested = request_coin(self.state)
        state = replace(state, round=state.round + 1)
        freezes: tuple[FreezeStatement, ...] = ()
        if with_freezes:
            recovery, freezes = freezes_to_say(state.recovery)
            state = replace(state, recovery=recovery)
        vertex = create_new_vertex(
            state.setting,
            state.dag,
            state.ordering.undelivered,
            state.round,
            state.replica,
            requests,
            freezes,
        )
        for output in requested:
            assert isinstance(output, CoinRequested)
            shown = CoinReleased(output.wave, toss(self.coin, state, output.wave))
            state, _, _ = local_step(state, shown, self.coin)
        self.state = state
        return vertex

    def restart_enclave(self) -> None:
        """A new life of the enclave, though nobody has agreed to it."""
        enclave = self.new_enclave()
        self.state = replace(self.state, broadcast=replace(self.state.broadcast, usig=enclave))

    def new_enclave(self) -> Usig:
        """The enclave's next life."""
        return self.state.broadcast.usig.restart()

    def _note_signature(self, message: SignedMessage) -> None:
        """One counter, one content: the harness itself is wrong otherwise."""
        if message.ui.replica == self.replica:
            first = self.signed.setdefault(message.ui.position, message.content)
            assert first == message.content, f"{message.ui.name} is bound to two contents"
