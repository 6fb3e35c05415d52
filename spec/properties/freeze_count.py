"""Counts the freezes that one replica delivers: which epochs they open, and where."""

from dataclasses import dataclass

from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.dag_view import Address
from tee_rider.spec.events import ADeliver, CreateVertex, Resume
from tee_rider.spec.vertex import FreezeStatement, Vertex


@dataclass(frozen=True, slots=True)
class Opened:
    """An epoch that the total order opens, as a ``Resume`` has to say it."""

    target: int
    epoch: int
    cut: int
    freezers: tuple[int, ...]


class FreezeCount:
    """What one replica has delivered of freezes, and which openings follow from it.

    A freeze counts if it is of the target's open epoch, if its own source is not the target, and if
    its vertex is of its source's open epoch. The ``needed``-th source opens the latest epoch that
    they name, at the round of the leader with which it is delivered.

    Source: ours (spec/README.md, "Recovery").
    """

    def __init__(self, needed: int) -> None:
        """Every replica is in its first epoch."""
        self.needed = needed
        self.saying: dict[Address, tuple[FreezeStatement, ...]] = {}
        """What the vertices held undelivered say, those that say any freezes."""
        self.shows_freezes = False
        """Whether any vertex said one: another implementation may decide in another way."""
        self.due: list[Opened] = []
        """What must be resumed now."""
        self.resumed: dict[tuple[int, int], Resume] = {}
        """By target and epoch."""
        self.made: CreateVertex | None = None
        """The replica's own newest vertex."""
        self._open: dict[int, Opened] = {}
        """By replica, its open epoch, where that is not the first."""
        self._counted: dict[tuple[int, int], dict[int, int]] = {}
        """By target and epoch: the sources of the freezes that count, and the epochs they name."""

    def insert(self, vertex: Vertex) -> None:
        """The replica holds a vertex more."""
        if vertex.freezes:
            self.shows_freezes = True
            self.saying[vertex.round, vertex.source] = vertex.freezes

    def deliver(self, event: ADeliver) -> None:
        """The replica delivers a vertex, and with it what it says."""
        name = event.vertex
        for freeze in self.saying.pop((name.round, name.source), ()):
            self._count(name.round, name.source, freeze, round_in_wave(event.wave, 1))

    def _count(self, round_: int, source: int, freeze: FreezeStatement, leader_round: int) -> None:
        target, epoch, successor, _ = freeze
        open_, own = self._open.get(target), self._open.get(source)
        if epoch != (1 if open_ is None else open_.epoch) or source == target:
            return
        if own is not None and round_ <= own.cut:
            return
        successors = self._counted.setdefault((target, epoch), {})
        successors[source] = max(successor, successors.get(source, 0))
        if len(successors) == self.needed:
            del self._counted[target, epoch]
            latest = max(successors.values())
            opened = Opened(target, latest, leader_round, tuple(sorted(successors)))
            self._open[target] = opened
            self.due.append(opened)
