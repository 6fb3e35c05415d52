"""What a host does around one replica: it feeds inputs, answers the coin, and sorts the outputs."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tee_rider.reference.coin import proof_round
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.replica import ReplicaState, step
from tee_rider.spec.coin import CoinProof, SignedVertex
from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.interface import CoinReleased, CoinRequested, Input, Send
from tee_rider.spec.vertex import StrongEdge, Vertex

Coin: TypeAlias = Callable[[int, int], int]
"""(replica, wave) to the leader that this replica is shown; the same for all, but for mutants."""


class CoinRefusedError(AssertionError):
    """An enclave took a proof for none: no correct host asks too early, or with a wrong one."""


class EnclaveCoin:
    """The coin that each replica's own enclave shows, for a proof from its own streams.

    Source: TEE-Rider, the common coin from the enclaves; the proof: ours (FINDINGS F5).
    """

    def __call__(self, replica: int, wave: int) -> int:
        """Who asks without a state has nothing to prove it with."""
        raise CoinRefusedError(f"{replica_name(replica)} has no proof for the coin of wave {wave}")

    def show(self, state: ReplicaState, wave: int) -> int:
        """The leader of the wave.

        Raises:
            CoinRefusedError: the enclave takes the proof for none.
        """
        enclave = state.broadcast.usig
        assert isinstance(enclave, Enclave), "only an enclave from setup has a coin"
        leader = enclave.coin(wave, gather_proof(state, wave))
        return self(state.replica, wave) if leader is None else leader


def gather_proof(state: ReplicaState, wave: int) -> CoinProof:
    """A quorum of the vertices that complete the round, and their strong parents, as signed.

    Source: ours (FINDINGS F5).
    """
    setting, dag, round_ = state.setting, state.dag, proof_round(state.setting, wave)
    vertices = dag.round_vertices(round_)[: setting.profile.edge_quorum(setting.configuration)]
    named = {edge for vertex in vertices for edge in vertex.strong_edges}
    below = dag.round_vertices(round_ - 1)
    parents = [v for v in below if StrongEdge(v.source, v.digest) in named]
    return CoinProof(as_signed(state, vertices), as_signed(state, parents))


def as_signed(state: ReplicaState, vertices: Iterable[Vertex]) -> tuple[SignedVertex, ...]:
    """Vertices that a replica holds, as they came; from the streams' ends, as most are young."""
    return tuple(
        next(
            SignedVertex(vertex, message.ui)
            for stream in reversed(state.broadcast.streams[vertex.source])
            for message in reversed(stream.log)
            if message.content == vertex
        )
        for vertex in vertices
    )


def toss(coin: Coin, state: Any, wave: int) -> int:
    """The leader that a replica in this state is shown: some coins want to see the state."""
    return coin.show(state, wave) if isinstance(coin, EnclaveCoin) else coin(state.replica, wave)


def local_step(
    state: ReplicaState, input_: Input, coin: Coin
) -> tuple[ReplicaState, tuple[Send, ...], tuple[Event, ...]]:
    """One input and all that follows from it at its replica, the coin answered at once.

    A pure function. Returns the next state, what is to be sent, and what can be observed; in the
    events, ``seq`` and ``replica`` are still 0.

    Source: ours (DESIGN, "State machines").
    """
    sends: list[Send] = []
    events: list[Event] = []
    inputs = [input_]
    while inputs:
        state, outputs = step(state, inputs.pop(0))
        for output in outputs:
            if isinstance(output, Send):
                sends.append(output)
            elif isinstance(output, CoinRequested):
                inputs.append(CoinReleased(output.wave, toss(coin, state, output.wave)))
            else:
                events.append(output)
    return state, tuple(sends), tuple(events)
