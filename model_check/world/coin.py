"""The coin of a simulated run: a leader for each wave, drawn from the seed by a hash."""

from collections.abc import Iterator
from hashlib import sha256

from tee_rider.model_check.world.host import Coin
from tee_rider.spec.encoding import encode

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
