"""The story of the crashes in a run: who was lost, who returned, and which epochs were opened."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tee_rider.model_check.world.crashes import Postponed
from tee_rider.spec.events import AnyEvent, Crash, Freeze, Restart, Resume
from tee_rider.spec.identifiers import replica_name


class RecoveryStory:
    """Listens to a run's events, in the order in which they happen."""

    def __init__(self, faulty: tuple[int, ...]) -> None:
        """Nothing has happened."""
        self.faulty = faulty
        self.crashes = Counter[int]()
        self.restarts = Counter[int]()
        self.freezes = 0
        self.opened: set[tuple[int, int]] = set()
        """(replica, epoch), wherever it was opened first."""

    @property
    def opened_of_correct(self) -> int:
        """How many epochs of correct replicas were opened."""
        return sum(replica not in self.faulty for replica, _ in self.opened)

    def observe(self, event: AnyEvent) -> None:
        """Take the next event in."""
        match event:
            case Crash():
                self.crashes[event.replica] += 1
            case Restart():
                self.restarts[event.replica] += 1
            case Freeze():
                self.freezes += 1
            case Resume(target=target, epoch=epoch):
                self.opened.add((target, epoch))

    def lines(self, postponed: tuple[Postponed, ...]) -> Iterator[str]:
        """What is to be said where replicas returned."""
        if not (self.restarts or self.opened or postponed):
            return
        returned = ", ".join(
            f"{replica_name(i)} {count}" for i, count in sorted(self.restarts.items())
        )
        yield (
            f"recoveries: {self.crashes.total()} crashes, {self.restarts.total()} returns"
            + (f" ({returned})" if returned else "")
        )
        of_faulty = len(self.opened) - self.opened_of_correct
        more = f", and {of_faulty} of faulty hosts" if of_faulty else ""
        yield (
            f"epochs opened: {self.opened_of_correct} of correct replicas{more};"
            f" freezes said: {self.freezes}"
        )
        for crash in postponed:
            due = f"{replica_name(crash.replica)}@{crash.due}"
            came = "the run ended first" if crash.came is None else f"came in round {crash.came}"
            yield f"crash {due} postponed, as more than f would have been faulty or away: {came}"

    def as_json(self, postponed: tuple[Postponed, ...]) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "crashes": self.crashes.total(),
            "restarts": self.restarts.total(),
            "freezes": self.freezes,
            "epochs_opened": [list(opened) for opened in sorted(self.opened)],
            "postponed": [
                {"replica": crash.replica, "due": crash.due, "came": crash.came}
                for crash in postponed
            ],
        }
