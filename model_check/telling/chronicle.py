"""The story of a run: each wave with its coin and who committed when, and what it all came to."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    Crash,
    CreateVertex,
    InsertVertex,
    Reject,
    ReleaseCoin,
    Restart,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId

NOTED = (AdvanceRound, InsertVertex, CommitLeader, ADeliver)
"""The events that change what is told of a replica."""


@dataclass
class ReplicaStory:
    """What one replica did."""

    round: int = 0
    crashed: bool = False
    inserted: int = 0
    delivered: int = 0
    decided: int = 0
    """The last wave whose leader it committed."""
    restarts: int = 0
    epoch: int = 1
    seqs: list[int] = field(default_factory=list)
    """The events by which the numbers above changed."""
    numbers: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Round, inserted, delivered and decided after each of them."""

    def note(self, seq: int) -> None:
        """Keep the numbers, for when a backup from then is restored."""
        self.seqs.append(seq)
        self.numbers.append((self.round, self.inserted, self.delivered, self.decided))

    def restore(self, backup_seq: int, seq: int) -> None:
        """The replica is again what it was after an event of any of its lives, and restarts."""
        place = bisect_right(self.seqs, backup_seq)
        before = self.numbers[place - 1] if place else (0, 0, 0, 0)
        self.round, self.inserted, self.delivered, self.decided = before
        self.note(seq)


@dataclass
class WaveStory:
    """What became of one wave."""

    coin: dict[int, int] = field(default_factory=dict)
    """The leader that each replica saw."""
    commits: dict[int, tuple[VertexId, bool, int]] = field(default_factory=dict)
    """For each replica: which vertex, whether directly, and in which round the replica was."""


class Chronicle:
    """Listens to a run's events, in the order in which they happen."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self.replicas: dict[int, ReplicaStory] = {}
        self.waves: dict[int, WaveStory] = {}
        self.rejections: Counter[str] = Counter()
        self.created = 0
        self.weak_edges = 0

    @property
    def commits(self) -> int:
        """How often a replica committed a leader, directly or not."""
        return sum(len(wave.commits) for wave in self.waves.values())

    @property
    def walk_backs(self) -> int:
        """How often a replica committed a leader by walking back."""
        return sum(not how[1] for wave in self.waves.values() for how in wave.commits.values())

    def observe(self, event: AnyEvent) -> None:
        """Take the next event in."""
        replica = self.replicas.setdefault(event.replica, ReplicaStory())
        self._take_in(replica, event)
        if isinstance(event, NOTED):
            replica.note(event.seq)

    def _take_in(self, replica: ReplicaStory, event: AnyEvent) -> None:
        match event:
            case AdvanceRound(round=round_):
                replica.round = round_
            case CreateVertex(vertex=vertex):
                self.created += 1
                self.weak_edges += len(vertex.weak_edges)
            case InsertVertex():
                replica.inserted += 1
            case Reject(reason=reason):
                self.rejections[reason] += 1
            case ReleaseCoin(wave=wave, leader=leader):
                self._wave(wave).coin[event.replica] = leader
            case CommitLeader(wave=wave, leader=vertex):
                self._wave(wave).commits[event.replica] = (vertex, event.direct, replica.round)
                replica.decided = max(replica.decided, wave)
            case ADeliver():
                replica.delivered += 1
            case Crash():
                replica.crashed = True
            case Restart(epoch=epoch, backup_seq=backup_seq):
                replica.crashed = False
                replica.restarts += 1
                replica.epoch = epoch
                replica.restore(backup_seq, event.seq)

    def wave_lines(self) -> list[str]:
        """One line for each wave."""
        return [self._wave_line(number) for number in sorted(self.waves)]

    def replica_lines(self) -> list[str]:
        """A table with one line for each replica."""
        lines = ["replica  round  vertices held  delivered  last wave decided"]
        for i, story in sorted(self.replicas.items()):
            numbers = f"{story.round:5}  {story.inserted:13}  {story.delivered:9}"
            after = "  crashed" if story.crashed else ""
            if story.restarts:
                after += f"  returned {story.restarts}x, in epoch {story.epoch}"
            lines.append(f"{replica_name(i):7}  {numbers}  {story.decided:17}{after}")
        return lines

    def total_lines(self) -> list[str]:
        """What the correct replicas did, all together."""
        reasons = ", ".join(
            f"{reason} {count}" for reason, count in sorted(self.rejections.items())
        )
        rejected = sum(self.rejections.values())
        return [
            f"vertices created: {self.created}, with {self.weak_edges} weak edges",
            f"leaders committed: {self.commits}, {self.walk_backs} of them by walking back",
            f"inputs rejected: {rejected}" + (f" ({reasons})" if reasons else ""),
        ]

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "created": self.created,
            "weak_edges": self.weak_edges,
            "commits": self.commits,
            "walk_backs": self.walk_backs,
            "rejections": dict(sorted(self.rejections.items())),
            "replicas": [
                {
                    "replica": i,
                    "round": story.round,
                    "crashed": story.crashed,
                    "restarts": story.restarts,
                    "epoch": story.epoch,
                    "inserted": story.inserted,
                    "delivered": story.delivered,
                    "decided": story.decided,
                }
                for i, story in sorted(self.replicas.items())
            ],
            "waves": [
                {
                    "wave": number,
                    "leaders": sorted(set(story.coin.values())),
                    "direct": sorted(i for i, how in story.commits.items() if how[1]),
                    "walked_back": sorted(i for i, how in story.commits.items() if not how[1]),
                }
                for number, story in sorted(self.waves.items())
            ],
        }

    def _wave(self, number: int) -> WaveStory:
        return self.waves.setdefault(number, WaveStory())

    def _wave_line(self, number: int) -> str:
        story = self.waves[number]
        leaders = sorted(set(story.coin.values()))
        first_round = round_in_wave(number, 1)
        parts: dict[tuple[bool, int], list[int]] = {}
        for replica, (_, direct, round_) in sorted(story.commits.items()):
            parts.setdefault((not direct, round_), []).append(replica)
        told = [_told(replicas, *how) for how, replicas in sorted(parts.items())]
        committed = {vertex.name for vertex, _, _ in story.commits.values()}
        names = sorted(committed | {f"{replica_name(leader)}{first_round}" for leader in leaders})
        what = f"committed {'; '.join(told)}" if told else "not committed"
        return f"wave {number:3}  leader {' or '.join(names):4} {what}"


def _told(replicas: list[int], walked_back: bool, round_: int) -> str:
    who = " ".join(replica_name(replica) for replica in replicas)
    how = "by walking back" if walked_back else "directly"
    return f"{how}: {who} in round {round_}"
