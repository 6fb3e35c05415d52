"""All that one replica of NxBFT knows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tee_rider.model_check.nxbft.keys import Keys
from tee_rider.model_check.nxbft.messages import Chain, Message, Send
from tee_rider.reference.dag import Address, Dag
from tee_rider.reference.ordering import Ordering
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.interface import CoinRequested
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.usig import Usig

Output: TypeAlias = Send | CoinRequested | Event


@dataclass(frozen=True, slots=True)
class Peer:
    """What is known of one replica, oneself included."""

    keys: Keys = field(default_factory=Keys)
    accepted: int = 0
    """Counters 1 to ``accepted`` of the current key are used up."""
    early: tuple[SignedMessage, ...] = ()
    """Verified, but smaller counters are missing; by counter."""
    max_round: int = 0
    """The highest round of a vertex that was ever buffered."""
    returning: bool = False
    """Whether it asked for a new key and has none yet: until then it is not listened to."""


@dataclass(frozen=True, slots=True)
class Return:
    """What was heard of one request for a new key."""

    target: int
    epoch: int
    proposers: Mask = 0
    longest: Chain = ()
    commits: tuple[tuple[int, Chain], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One replica."""

    setting: Setting = field(compare=False, repr=False)
    usig: Usig
    peers: tuple[Peer, ...]
    dag: Dag = field(default_factory=Dag)
    held: tuple[SignedMessage, ...] = ()
    """The messages of the vertices in the DAG, by round and source: to serve and propose them."""
    buffer: tuple[SignedMessage, ...] = ()
    """Vertices whose predecessors are missing or whose round is not reached; by round."""
    round: int = 0
    ordering: Ordering = field(default_factory=Ordering)
    pulled: frozenset[Address] = frozenset()
    """What it has asked for and not got yet."""
    wanted: frozenset[tuple[Address, int]] = frozenset()
    """What others asked for that it has not got either, and who."""
    recovering: bool = False
    """Whether it waits for its own new key: until then it reads, and makes nothing."""
    restart_round: int = 0
    """The first round that its new key may sign."""
    returns: tuple[Return, ...] = ()
    finished: frozenset[tuple[int, int]] = frozenset()
    """(replica, epoch) of the keys that were replaced here."""

    @property
    def replica(self) -> int:
        """Whose state this is."""
        return self.usig.replica

    @property
    def everybody(self) -> Mask:
        """All replicas, as a bitmask."""
        return (1 << self.setting.configuration.n) - 1

    def to_others(self, message: Message) -> Send:
        """Send the message to everybody else."""
        return Send(message, self.everybody & ~(1 << self.replica))

    def with_peer(self, replica: int, change: Callable[[Peer], Peer]) -> "State":
        """The state with something new about one replica."""
        changed = change(self.peers[replica])
        return replace(self, peers=(*self.peers[:replica], changed, *self.peers[replica + 1 :]))


Step: TypeAlias = tuple[State, tuple[Output, ...]]
