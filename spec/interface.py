"""What goes into a replica and what comes out of it: inputs and outputs of its step."""

from dataclasses import dataclass
from typing import TypeAlias

from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Request


@dataclass(frozen=True, slots=True)
class Receive:
    """A message arrived."""

    message: SignedMessage


@dataclass(frozen=True, slots=True)
class Advance:
    """Go to the next round, with these requests as the block of its vertex.

    When to advance is the scheduler's choice: any time after the round is complete.
    """

    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class CoinReleased:
    """The coin of a wave shows its leader."""

    wave: int
    leader: int


Input: TypeAlias = Receive | Advance | CoinReleased


@dataclass(frozen=True, slots=True)
class Send:
    """Send the message to each replica of the set ``to``."""

    message: SignedMessage
    to: Mask


@dataclass(frozen=True, slots=True)
class CoinRequested:
    """The replica asks for the coin of a wave; a ``CoinReleased`` answers it."""

    wave: int


Output: TypeAlias = Send | CoinRequested | Event
