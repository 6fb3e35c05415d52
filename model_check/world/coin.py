"""The coin of a simulated run: drawn from the run's seed, where enclaves have none of their own."""

from collections.abc import Iterator
from hashlib import sha256

from tee_rider.model_check.world.host import Coin
from tee_rider.reference.coin import proof_round
from tee_rider.reference.profile import Setting
from tee_rider.spec.coin import CoinProof
from tee_rider.spec.encoding import encode
from tee_rider.spec.messages import content_bytes
from tee_rider.spec.usig import Usig

DRAW_SPACE = 1 << 256
"""A draw is a SHA-256 value, read as a number."""


def seeded_coin(seed: int, n: int) -> Coin:
    """The leader of a wave is uniform over the n replicas, and the same for every replica.

    Source: DAG-Rider, choose_leader; drawn from a seed instead of from shares: ours.
    """

    def coin(replica: int, wave: int) -> int:
        return uniform(_draws(seed, wave), DRAW_SPACE, n)

    return coin


def uniform(draws: Iterator[int], space: int, n: int) -> int:
    """A number below n without bias: draws beyond the largest multiple of n are thrown away.

    ``draws`` are uniform below ``space``, which is at least n.
    """
    return next(draw for draw in draws if draw < space - space % n) % n


def _draws(seed: int, wave: int) -> Iterator[int]:
    attempt = 0
    while True:
        yield int.from_bytes(sha256(encode(("coin", seed, wave, attempt))).digest(), "big")
        attempt += 1


def signatures_only(setting: Setting, usig: Usig, proof: CoinProof, wave: int) -> bool:
    """q signatures of different creators on anything of the round: a wrong ``coin_proof``.

    Source: NxBFT, the toss in its enclave (FINDINGS F5).
    """
    signed = (s for s in proof.vertices if s.vertex.round == proof_round(setting, wave))
    creators = {s.ui.replica for s in signed if usig.verify_ui(content_bytes(s.vertex), s.ui)}
    return len(creators) >= setting.profile.edge_quorum(setting.configuration)
