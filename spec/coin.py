"""The coin: whom a seed makes the leader of a wave, and what an enclave is shown for it."""

import hmac
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from tee_rider.spec.encoding import encode
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import Vertex

DRAWS = 2**64
"""A draw is eight bytes, read as a number."""


class SignedVertex(NamedTuple):
    """A vertex with the unique identifier that its source's enclave created for it."""

    vertex: Vertex
    ui: UniqueIdentifier


@dataclass(frozen=True, slots=True)
class CoinProof:
    """Signed vertices of the round that is to be complete, and of the round below it.

    Whoever shows it is not believed: what does not hold up is left aside, the rest is counted.

    Source: ours (FINDINGS F5).
    """

    vertices: tuple[SignedVertex, ...] = ()
    parents: tuple[SignedVertex, ...] = ()
    """What the strong edges of the vertices name."""


def leader_of(seed: bytes, wave: int, n: int) -> int:
    """The leader of a wave is a pseudo-random function of seed and wave, uniform over n replicas.

    Draw i is the first eight bytes of HMAC-SHA256 under the seed, over ``"coin", wave, i``; the
    first fair one counts.

    Source: TEE-Rider, the common coin; DAG-Rider, choose_leader.
    """
    digests = (hmac.digest(seed, encode(("coin", wave, i)), "sha256") for i in count())
    draws = (int.from_bytes(digest[:8], "big") for digest in digests)
    return next(draw for draw in draws if is_fair(draw, n)) % n


def is_fair(draw: int, n: int) -> bool:
    """Draws from the largest multiple of n on are drawn again: they would favour small numbers.

    Source: ours (rejection sampling).
    """
    return draw < DRAWS // n * n
