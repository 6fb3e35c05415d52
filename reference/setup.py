"""Setup: before round 1, all n replicas agree on whose enclave is whose, and on the coin's seed.

Links are synchronous here: a step is the end of a phase, with at most one message of each peer.

Source: ours (spec/README.md, "Setup"), after the attested key exchange of NxBFT.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.reference.enclave import Enclave
from tee_rider.spec import setup_messages as spoken
from tee_rider.spec.setup_messages import Attestation, Complaint, Phase, SetupMessage

Messages: TypeAlias = Mapping[int, SetupMessage]


@dataclass(frozen=True, slots=True)
class Setup:
    """One replica on its way to round 1."""

    enclave: Enclave
    phase: Phase = Phase.HELLO
    attested: tuple[Attestation, ...] = ()
    """What it got from whom, its own included."""
    complaints: tuple[Complaint, ...] = ()
    """Why setup has failed for it, if it has."""

    @property
    def peers(self) -> tuple[int, ...]:
        """Everybody else."""
        n, own = self.enclave.setting.configuration.n, self.enclave.replica
        return tuple(i for i in range(n) if i != own)


def begin_setup(enclave: Enclave) -> tuple[Setup, Messages]:
    """HELLO: this is my enclave."""
    state = Setup(enclave)
    return state, dict.fromkeys(state.peers, spoken.Hello(enclave.attestation))


def setup_step(state: Setup, heard: Messages) -> tuple[Setup, Messages]:
    """At the end of a phase, go on if all n - 1 others have said what is right, else stop.

    ECHO: what I got from whom, so that no enclave is shown to some only. REPLY: my share, for each
    attested enclave. READY: I hold the seed, so whoever has heard that of all knows that all do.
    """
    enclave, peers = state.enclave, state.peers
    if state.phase in (Phase.DONE, Phase.FAILED):
        return state, {}
    if wrong := [peer for peer in peers if not _is_right(state, peer, heard.get(peer))]:
        complaints = tuple(Complaint(state.phase, peer, heard.get(peer)) for peer in wrong)
        state = replace(state, phase=Phase.FAILED, complaints=complaints)
        return state, dict.fromkeys(peers, spoken.Stop())
    if state.phase is Phase.HELLO:
        got = {i: said.attestation for i, said in heard.items() if isinstance(said, spoken.Hello)}
        attested = tuple(got.get(i, enclave.attestation) for i in range(len(peers) + 1))
        state = replace(state, phase=Phase.ECHO, attested=attested)
        return state, dict.fromkeys(peers, spoken.HelloEcho(attested))
    if state.phase is Phase.ECHO:
        replies = {i: spoken.Reply(enclave.seal_share(state.attested[i])) for i in peers}
        return replace(state, phase=Phase.REPLY), replies
    if state.phase is Phase.REPLY:
        sealed = {i: said.share for i, said in heard.items() if isinstance(said, spoken.Reply)}
        joined = enclave.join(state.attested, sealed)
        state = replace(state, enclave=joined, phase=Phase.READY)
        return state, dict.fromkeys(peers, spoken.Ready())
    return replace(state, phase=Phase.DONE), {}


def _is_right(state: Setup, peer: int, said: SetupMessage | None) -> bool:
    match state.phase, said:
        case Phase.HELLO, spoken.Hello(attestation):
            return state.enclave.attests(peer, attestation)
        case Phase.ECHO, spoken.HelloEcho(attested):
            return attested == state.attested
        case Phase.REPLY, spoken.Reply(share):
            return state.enclave.opens(state.attested[peer], share)
    return state.phase is Phase.READY and said == spoken.Ready()
