"""Backups of one replica: snapshots taken now and then, of which a crash leaves nothing but these.

States share their structure, so a snapshot costs little; still only some tens are kept.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

MOST_KEPT = 24
"""How many backups of a replica there are at most, the first included."""


class BackupAge(StrEnum):
    """Which backup a replica returns from."""

    FRESH = "fresh"
    """The newest."""
    RANDOM = "random"
    """Any, also the one from before it did anything."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a replica was at one time; its enclave is no part of it."""

    state: Any
    seq: int
    """The last event that it knows of."""
    opened: tuple[int, ...]
    """For each replica the epoch that was open."""
    service: object = None
    """The state of what it replicates, as the attendant keeps it."""


@dataclass
class Backups:
    """The backups of one replica, oldest first."""

    kept: list[Backup] = field(default_factory=list)

    def take(self, backup: Backup) -> None:
        """Keep one more; when there are too many, every other one goes, but never the first."""
        self.kept.append(backup)
        if len(self.kept) > MOST_KEPT:
            self.kept = [*self.kept[:1], *self.kept[2::2]]

    def choose(self, age: BackupAge, random: Random) -> Backup:
        """The backup to return from."""
        if age is BackupAge.FRESH:
            return self.kept[-1]
        return self.kept[int(random.random() * len(self.kept))]
