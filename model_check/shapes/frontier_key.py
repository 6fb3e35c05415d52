"""The frontier's key: what matters to one wave, whatever came before it."""

from collections.abc import Hashable, Sequence, Set

from tee_rider.model_check.shapes.keys import Key, LocalKey, Past
from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.shape import Choice, Reach
from tee_rider.spec.configuration import round_in_wave, wave_of


class FrontierKey(Key):
    """What matters to one wave, the *monitored* one; all that came before it is forgotten.

    Of each newest vertex: the newest leader, of the monitored wave or later, that it reaches over
    strong edges; of each leader: whether walking back from it comes to the monitored one; of each
    correct replica: whether it has passed the monitored wave, and how. Only the order of leaders
    counts, and neighbours that come to the same are one.

    Where waves are evaluated later, a wave that has ended may still be committed. If all that can
    still be committed comes to the same as what is committed, it counts as committed.
    """

    name = "frontier key"

    def __init__(self, symmetry: bool, monitored: int = 1) -> None:
        """The monitored wave has not begun."""
        super().__init__(symmetry)
        self.monitored = monitored

    def local(self, past: Past, choice: Choice) -> LocalKey:
        """The newest leader reached, counted from the monitored wave, and the replica's status."""
        newest = (choice.reach.strong >> self.monitored - 1).bit_length()
        if choice.local is None:
            return newest
        return newest, status(choice.local, self.monitored)

    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """Leaders are numbered by age, as far as somebody's newest vertex tells them apart."""
        comes_to_it = self._walks(past.leader_reach)
        live = wave_of(past.round) - self.monitored + 1
        reached = {newest for newest, _ in correct} | set(faulty)
        labels: dict[int, int] = {}
        number, last = -1, None
        for newest in sorted(reached):
            if newest == live or comes_to_it[newest] != last:
                number += 1
            last = comes_to_it[newest]
            labels[newest] = number
        awaited = {
            comes_to_it[place]
            for place, found in enumerate(past.supporters[self.monitored - 1 :], start=1)
            if found
        }
        if awaited:
            to_come = awaited | {comes_to_it[newest] for newest in reached}
            correct = _settled(correct, to_come)
        return (
            past.round - round_in_wave(wave_of(past.round), 1),
            live in reached,
            tuple((labels[newest], comes_to_it[newest]) for newest in sorted(reached)[:1]),
            comes_to_it[live],
            tuple(sorted(awaited)),
            self.unnamed((labels[newest], passed) for newest, passed in correct),
            self.unnamed(labels[newest] for newest in faulty),
        )

    def to_walk(self, past: Past, correct: Sequence[LocalKey]) -> bool:
        """The monitored leader is not committed by some replica, and cannot be directly."""
        awaited = past.supporters[self.monitored - 1 :]
        pending = any(passed == PENDING for _, passed in correct)
        return pending and any(awaited) and not awaited[0]

    def _walks(self, leader_reach: Sequence[Reach]) -> list[bool]:
        """Whether walking back from each leader comes to the monitored one; the first is nobody."""
        comes_to_it = [False, True]
        for wave in range(self.monitored + 1, len(leader_reach) + 1):
            earlier = leader_reach[wave - 1].strong & ~(1 << wave - 1)
            comes_to_it.append(comes_to_it[(earlier >> self.monitored - 1).bit_length()])
        return comes_to_it


PENDING, CONTAINS, SKIPS = 0, 1, 2


def _settled(correct: Sequence[LocalKey], to_come: Set[bool]) -> Sequence[LocalKey]:
    """Replicas that have the wave before them are like those that have not, if all agree."""
    statuses = {passed for _, passed in correct if passed != PENDING}
    statuses |= {CONTAINS if comes_to_it else SKIPS for comes_to_it in to_come}
    if len(statuses) > 1:
        return correct
    (settled,) = statuses
    return [(newest, settled) for newest, _ in correct]


def status(local: Local, monitored: int) -> int:
    """Whether the first leader committed of the monitored wave or later is the monitored one."""
    for commit in local.commits:
        if commit.wave >= monitored:
            return CONTAINS if commit.wave == monitored else SKIPS
    return PENDING
