"""Refuted: FREEZE and RESUME in streams with d = q holders and r = n - q + 1 freezes are safe.

A model of that design alone, no part of the reference. Replicas read streams in order; a vertex is
delivered when d holders are known; an epoch is closed by a RESUME that names r first freezes which
do not contradict what their senders said before; the cut is the highest one named. A faulty holder
that returns through freezers who do not hold the vertex has unsaid its echo.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

N, D, R = 5, 3, 3
ANNA, BEN, XENIA, PETER, HOLDER = range(N)
"""The last two are faulty: f = 2. Nobody else crashes."""
Position = tuple[int, int, int]
"""(replica, epoch, counter)."""


class Vertex(NamedTuple):
    round: int
    content: str


class Echo(NamedTuple):
    of: Position


class Freeze(NamedTuple):
    target: int
    epoch: int
    last: int


class Resume(NamedTuple):
    freezes: tuple[Position, ...]


Said = Vertex | Echo | Freeze | Resume


@dataclass
class Reader:
    """A correct replica: what it accepted, and what it delivers, by the rules of the design."""

    replica: int
    accepted: dict[Position, Said] = field(default_factory=dict)
    cuts: dict[tuple[int, int], int] = field(default_factory=dict)

    def read(self, at: Position, said: Said) -> None:
        replica, epoch, counter = at
        assert counter == 1 or (replica, epoch, counter - 1) in self.accepted, "first in, first out"
        own = [s for (r, _, _), s in self.accepted.items() if r == self.replica]
        if any(isinstance(s, Freeze) and s[:2] == (replica, epoch) for s in own):
            covered = [
                s.last
                for s in self.accepted.values()
                if isinstance(s, Freeze) and s[:2] == (replica, epoch)
            ]
            assert counter <= max(covered), "frozen"
        assert counter <= self.cuts.get((replica, epoch), counter), "beyond the cut"
        if epoch > 1 and counter == 1:
            assert isinstance(said, Resume)
            self.resume(replica, epoch, said)
        if isinstance(said, Freeze):
            self.check_freeze(replica, said)
        self.accepted[at] = said

    def check_freeze(self, freezer: int, freeze: Freeze) -> None:
        before = [s for (r, _, _), s in self.accepted.items() if r == freezer]
        assert not any(isinstance(s, Freeze) and s[:2] == freeze[:2] for s in before), "first only"
        for said in before:
            if isinstance(said, Echo) and said.of[:2] == freeze[:2]:
                assert said.of[2] <= freeze.last, "contradicts its own echo"

    def resume(self, replica: int, epoch: int, resume: Resume) -> None:
        freezes = [self.accepted[at] for at in resume.freezes]
        freezers = {r for r, _, _ in resume.freezes}
        assert len(freezers) >= R and replica not in freezers, "r freezes of others"
        assert all(isinstance(s, Freeze) and s[:2] == (replica, epoch - 1) for s in freezes)
        cut = max(s.last for s in freezes if isinstance(s, Freeze))
        # Adopt what the freezers held: nothing that they echoed before may be unknown.
        for freezer, e, c in resume.freezes:
            for counter in range(1, c):
                said = self.accepted[freezer, e, counter]
                assert not isinstance(said, Echo) or said.of in self.accepted
        self.cuts[replica, epoch - 1] = cut

    def delivered(self) -> dict[tuple[int, int], str]:
        """(round, source) -> content of each vertex that d holders are known to hold."""
        found = {}
        for at, said in self.accepted.items():
            holders = {r for (r, _, _), s in self.accepted.items() if s == Echo(at)} | {at[0]}
            if isinstance(said, Vertex) and len(holders) >= D:
                found[said.round, at[0]] = said.content
        return found


SAID: dict[Position, Said] = {
    (PETER, 1, 1): Freeze(HOLDER, 1, last=0),
    (PETER, 1, 2): Vertex(1, "old"),
    (HOLDER, 1, 1): Echo((PETER, 1, 2)),
    (XENIA, 1, 1): Echo((PETER, 1, 2)),
    (ANNA, 1, 1): Freeze(HOLDER, 1, last=0),
    (BEN, 1, 1): Freeze(HOLDER, 1, last=0),
    (HOLDER, 2, 1): Resume(((PETER, 1, 1), (ANNA, 1, 1), (BEN, 1, 1))),
    (HOLDER, 2, 2): Freeze(PETER, 1, last=1),
    (ANNA, 1, 2): Freeze(PETER, 1, last=1),
    (BEN, 1, 2): Freeze(PETER, 1, last=1),
    (PETER, 2, 1): Resume(((ANNA, 1, 2), (BEN, 1, 2), (HOLDER, 2, 2))),
    (PETER, 2, 2): Vertex(1, "new"),
    (ANNA, 1, 3): Echo((PETER, 2, 2)),
    (BEN, 1, 3): Echo((PETER, 2, 2)),
}
"""Each position once, as the trusted counters demand."""


def reads(replica: int, *positions: Position) -> Reader:
    reader = Reader(replica)
    for at in positions:
        reader.read(at, SAID[at])
    return reader


def test_two_correct_replicas_deliver_two_contents_for_one_address() -> None:
    xenia = reads(XENIA, (PETER, 1, 1), (PETER, 1, 2), (XENIA, 1, 1), (HOLDER, 1, 1))
    not_by_xenia = [
        at for at in SAID if at[0] != XENIA and at not in ((PETER, 1, 2), (HOLDER, 1, 1))
    ]
    anna, ben = reads(ANNA, *not_by_xenia), reads(BEN, *not_by_xenia)
    assert xenia.delivered() == {(1, PETER): "old"}
    assert anna.delivered() == ben.delivered() == {(1, PETER): "new"}
