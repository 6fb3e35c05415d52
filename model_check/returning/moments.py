"""What a run with one crash and return is made of: its bound, its states, its actions."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import replica_name

NOBODY = -1
Flights: TypeAlias = tuple[frozenset[int], ...]
"""For each replica the messages on their way to it."""


@dataclass(frozen=True, slots=True)
class Returning:
    """The bound: early rounds before the crash, rounds in all, and leaders."""

    setting: Setting
    early: int
    rounds: int
    leaders: tuple[int, ...]
    new_epoch: int = 2
    """1: the enclave forgets that it had a life before, which a USIG forbids."""

    @property
    def n(self) -> int:
        """How many replicas there are."""
        return self.setting.configuration.n

    def describe(self) -> str:
        """All of it in one line."""
        names = ", ".join(map(replica_name, self.leaders))
        return (
            f"n={self.n}, {replica_name(self.n - 1)} crashes in the first {self.early} rounds and"
            f" returns, {self.rounds} rounds, leaders {names}"
        )


class State(NamedTuple):
    """The number of each replica's life, and what is on its way to it."""

    replicas: tuple[int, ...]
    flights: Flights
    backups: tuple[int, ...]
    """The lives of the last replica, from which it may return."""
    lost: int = NOBODY
    """The life that ended with the crash."""


class Action(NamedTuple):
    """What happens to whom; what is heard; how much of what may be lost still arrives."""

    kind: str
    replica: int
    heard: frozenset[int] = frozenset()
    backup: int = NOBODY
    kept: tuple[int, ...] = ()
