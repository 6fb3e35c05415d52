"""When the coin is shown: whoever asks an enclave for it must prove that it is time."""

from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.coin import CoinProof, SignedVertex
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.messages import content_bytes
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import StrongEdge


def proof_round(setting: Setting, wave: int) -> int:
    """Which round has a quorum before the coin is shown: by ``coin_release``, 4w or 4w + 1."""
    late = setting.profile.coin_release == "next_round_quorum"
    return round_in_wave(wave, WAVE_LENGTH) + late


def proof_holds(setting: Setting, usig: Usig, proof: CoinProof, wave: int) -> bool:
    """A quorum of sources has signed valid vertices of the round on signed parents.

    One source is correct, so the round below is complete at a correct replica: if that is 4w, its
    q vertices are fixed before anybody sees the leader. The others may be faulty. An invalid vertex
    would bind them to nothing, with the leader in view; a valid one, or one before it, is all that
    their stream has in its round. Of q signed parents one is correct too. Nobody asks for more: by
    parents that nobody can insert, a faulty source spoils its own vertex alone.

    Source: ours (FINDINGS F1 and F5).
    """
    round_ = proof_round(setting, wave)
    below = [signed for signed in proof.parents if _is_valid(setting, usig, signed, round_ - 1, 0)]
    edges = {StrongEdge(parent.source, parent.digest) for parent, _ in below}
    streams = {(ui.replica, ui.epoch) for _, ui in below}
    sources = set[int]()
    for signed in proof.vertices:
        # Without a parent of its own it may be its stream's first, which needs no self-edge.
        last_round = round_ - 1 if (signed.ui.replica, signed.ui.epoch) in streams else 0
        if edges.issuperset(signed.vertex.strong_edges):
            if _is_valid(setting, usig, signed, round_, last_round):
                sources.add(signed.ui.replica)
    return len(sources) >= setting.profile.edge_quorum(setting.configuration)


def _is_valid(
    setting: Setting, usig: Usig, signed: SignedVertex, round_: int, last_round: int
) -> bool:
    (vertex, ui), configuration, profile = signed, setting.configuration, setting.profile
    return (
        (vertex.round == round_ and ui.counter >= 1 and 0 <= ui.replica < configuration.n)
        and (ui.epoch == 1 or profile.replicas_return)
        and vertex_rejection(setting, ui.replica, last_round, vertex) is None
        and all(profile.freeze_attested(configuration, usig, f) for f in vertex.freezes)
        and usig.verify_ui(content_bytes(vertex), ui)
    )
