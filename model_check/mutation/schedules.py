"""Schedules that break recovery under one wrong rule each, and do not under the right ones."""

from collections.abc import Callable
from dataclasses import dataclass

from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.mutation.script import Script
from tee_rider.model_check.mutation.worlds import PROGRESS
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import HARDENED
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import FreezeStatement

Schedule = Callable[[Profile], Script]


def row(letters: str, round_: int) -> str:
    """The vertices of these replicas in a round."""
    return " ".join(f"{letter}{round_}" for letter in letters)


def one_freeze_too_few(profile: Profile, n: int) -> Script:
    """n - q replicas freeze; q - 1 others and the old epoch go on without having seen it.

    The leader of wave 2, A5, has all the freezes in its history. The faulty host keeps back the
    old vertex of round 6, which has seen none of them, and makes another one in the new epoch.
    """
    names = "".join(map(replica_name, range(n)))
    quorum = n // 2 + 1
    freezers, others, old = names[: n - quorum], names[n - quorum : -1], names[-1]
    script = Script(profile, n, old, "A")
    script.ask(old)
    script.give(f"{old}?'", freezers)
    for round_ in range(1, 6):
        script.advance(others)
        script.sign(f"{old}{round_}", row(others + old, round_ - 1) if round_ > 1 else "")
        script.give(row(others + old, round_), freezers + others)
        script.advance(freezers)
        script.give(row(freezers, round_), freezers)
    script.sign(f"{old}6", row(others + old, 5))
    for round_ in range(1, 6):
        script.give(row(freezers, round_), others)
    for round_ in range(6, 11):
        script.advance(freezers + others)
        script.give(row(freezers + others, round_), freezers + others)
    script.sign(f"{old}6'", row(names[:quorum], 5))
    script.give(f"{old}6'", "A")
    script.give(f"{old}6", others[-1])
    return script


def closed_freezer(profile: Profile, in_time: bool = False) -> Script:
    """B froze C in B1, which arrives late: when B is back in epoch 2, and never heard of it.

    A13 has B1 and A's own freeze in its history; C's old epoch goes on by B's new one. If B1 comes
    in time, over a weak edge of A3, its freeze counts, and B's new epoch has heard of it by A5.
    """
    script = Script(profile, 3, "C", "A")
    script.ask("C")
    script.give("C?'", "B")
    script.advance("B")
    script.crash("B")
    script.give("B?'", "A")
    script.advance("A")
    script.sign("C1", freezes=[script.freeze("B?'")])
    for round_ in range(2, 11):
        script.give(f"C{round_ - 1}", "A")
        if in_time and round_ == 3:
            script.give("B1", "A")
        script.advance("A")
        script.sign(f"C{round_}", row("AC", round_ - 1))
    if in_time:
        script.give("B1", "B")
    for round_ in range(1, 10):
        script.give(row("AC", round_), "B")
        script.advance("BB" if round_ == 1 else "B")
    script.advance("B")
    script.give("C10 B?' B10'", "A")
    script.give("A10 C10", "B")
    for round_ in (11, 12):
        script.advance("AB")
        script.sign(f"C{round_}", f"A{round_ - 1} B{round_ - 1}' C{round_ - 1}")
        script.give(f"C{round_} B{round_}'", "A")
        script.give(f"C{round_} A{round_}", "B")
    script.give("B1 C?'", "A")
    script.advance("AB")
    script.sign("C13", "A12 B12' C12")
    script.sign("C14", "B13' C13")
    script.give("B13' C13", "A")
    script.give("C13 B1 A13", "B")
    for round_ in range(14, 19):
        script.advance("AB")
        script.give(f"B{round_}'", "A")
        script.give(f"A{round_}", "B")
    script.sign("C14'", "A13 B13'")
    script.give("C?' C14'", "A")
    script.give("C14", "B")
    return script


def at_the_cut(profile: Profile) -> Script:
    """B froze C in B4, A in A5, which opens C's second epoch: C5 stands where C5' may not."""
    script = Script(profile, 3, "C", "A")
    script.ask("C")
    for round_ in range(1, 4):
        script.advance("AB")
        script.sign(f"C{round_}", row("ABC", round_ - 1) if round_ > 1 else "")
        script.give(row("ABC", round_), "AB")
    script.give("C?'", "B")
    script.advance("AB")
    script.sign("C4", row("ABC", 3))
    script.give("A4 B4 C4", "AB")
    script.give("C?'", "A")
    script.advance("AB")
    script.sign("C5", "A4 C4")
    script.give("A5 B5", "AB")
    for round_ in range(6, 11):
        script.advance("AB")
        script.give(row("AB", round_), "AB")
    script.sign("C5'", "A4 B4")
    script.give("C5", "B")
    script.give("C5'", "A")
    return script


def without_self_edge(profile: Profile) -> Script:
    """D froze E in D4, and D5 does not build on it: C, D and E go on without having seen a freeze.

    The leader of wave 2, A5, has the freezes of A, B and D in its history.
    """
    script = Script(profile, 5, "DE", "A")
    script.ask("E")
    for round_ in range(1, 4):
        script.advance("ABC")
        for faulty in "DE":
            script.sign(f"{faulty}{round_}", row("ABCDE", round_ - 1) if round_ > 1 else "")
        script.give(row("ABCDE", round_), "ABC")
    script.give("E?'", "B")
    script.advance("ABC")
    script.sign("D4", row("ABCDE", 3), [script.freeze("E?'")])
    script.sign("E4", row("ABCDE", 3))
    script.give("A4 C4 E4", "ABC")
    script.give("B4 D4 E?'", "A")
    script.advance("ABC")
    script.sign("D5", "A4 C4 E4")
    script.sign("E5", "A4 C4 E4")
    script.sign("E6", "C5 D5 E5")
    script.give("D4 B4 A5 B5 C5", "ABC")
    for round_ in range(6, 11):
        script.advance("ABC")
        script.give(row("ABC", round_), "ABC")
    script.sign("E6'", "A5 B5 C5")
    script.give("E?' E5 E6'", "A")
    script.give("D5 E5 E6", "C")
    return script


def one_freezes_twice(profile: Profile) -> Script:
    """D freezes E twice, A once: B, C and E go on without having seen it."""
    script = Script(profile, 5, "DE", "A")
    script.ask("E")
    for round_ in range(1, 3):
        script.advance("ABC")
        for faulty in "DE":
            script.sign(f"{faulty}{round_}", row("ABCDE", round_ - 1) if round_ > 1 else "")
        script.give(row("ABCDE", round_), "ABC")
    freeze = [script.freeze("E?'")]
    script.advance("ABC")
    script.sign("D3", row("ABCDE", 2), freeze)
    script.sign("E3", row("ABCDE", 2))
    script.give("A3 B3 C3 E3", "ABC")
    script.advance("ABC")
    script.sign("D4", row("ABCDE", 3), freeze)
    script.sign("E4", row("ABCE", 3))
    script.give("A4 B4 C4 E4", "ABC")
    script.give("D3 D4 E?'", "A")
    script.advance("ABC")
    script.sign("E5", "B4 C4 E4")
    script.sign("E6", "B5 C5 E5")
    script.give("D3 D4 A5 B5 C5 E5", "ABC")
    for round_ in range(6, 11):
        script.advance("ABC")
        script.give(row("ABC", round_), "ABC")
    script.sign("E6'", "A5 B5 C5")
    script.give("E?' E6'", "A")
    script.give("E6", "C")
    return script


def forged_successor(profile: Profile) -> Script:
    """A returns as epoch 2; E freezes it for an epoch 99 that does not exist."""
    script = Script(profile, 5, "E", "B")
    script.crash("A")
    script.give("A?'", "BC")
    script.advance("BCD")
    script.sign("E1", freezes=[FreezeStatement(0, 1, 99, "00")])
    script.give("B1 C1 D1 E1", "BCD")
    script.settle(16)
    return script


def no_path_to_the_opening(profile: Profile) -> Script:
    """Two return: D, whose first epoch froze E in D1, goes on in round 6 and knows nothing of it.

    A5 opens D's second epoch, and is committed with B9, which opens E's. In between, C, E's old
    epoch and D's new one build on each other, and on nothing that has seen a freeze of E.
    """
    script = Script(profile, 5, "DE", "AAB")
    script.ask("D")
    script.ask("E")
    script.give("D?' E?'", "A")
    script.give("D?'", "C")
    script.advance("ABC")
    script.sign("D1", freezes=[script.freeze("E?'")])
    script.sign("E1", freezes=[script.freeze("D?'")])
    script.give("B1 C1 E1", "ABC")
    script.give("D1", "A")
    for round_ in range(2, 9):
        script.advance("ABC")
        script.sign(f"E{round_}", row("BCE", round_ - 1))
        script.give(row("BCE", round_), "ABC")
    for round_ in range(1, 9):
        script.give("D1 " + f"A{round_}", "B")
    script.give("E?'", "B")
    script.advance("ABC")
    script.sign("D6'", "B5 C5 E5")
    script.sign("D7'", "C6 D6' E6")
    script.sign("D8'", "C7 D7' E7")
    script.sign("D9'", "C8 D8' E8")
    script.sign("E9", "C8 D8' E8")
    script.sign("E10", "C9 D9' E9")
    for round_ in range(1, 10):
        script.give("D1 " + f"A{round_}", "BC")
    script.give("B9 C9", "ABC")
    for round_ in range(10, 15):
        script.advance("ABC")
        script.give(row("ABC", round_), "ABC")
    script.sign("E10'", "A9 B9 C9")
    script.give("E?' E10'", "A")
    script.give("D?' D6' D7' D8' D9' E9 E10", "C")
    return script


@dataclass(frozen=True, slots=True)
class ScheduleGround(Ground):
    """One scripted schedule of recovery."""

    checker = "schedules"

    name: str
    schedule: Schedule
    n: int
    goes_on: bool = True
    """Whether no more than f replicas are faulty or away, so that who is away must come back."""

    @property
    def sizes(self) -> frozenset[int]:  # type: ignore[override]
        """Its own."""
        return frozenset({self.n})

    @property
    def bound(self) -> str:
        """Its name."""
        return f"schedule '{self.name}' at n={self.n}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Play it."""
        script = self.schedule(rules.over(HARDENED))
        lines = (f"{len(script.told)} moves:", *script.told)
        found = script.outcome()
        if not self.goes_on:
            found.pop(PROGRESS, None)
        return Trial({name: (*lines, told) for name, told in found.items()})


def _too_few(n: int) -> ScheduleGround:
    return ScheduleGround("one freeze too few", lambda p: one_freeze_too_few(p, n), n)


TOO_FEW = {n: _too_few(n) for n in (3, 4, 5)}
CLOSED_FREEZER = ScheduleGround("closed freezer", closed_freezer, 3)
WEAKLY_SEEN = ScheduleGround(
    "closed freezer, heard over a weak edge", lambda p: closed_freezer(p, in_time=True), 3, False
)
AT_THE_CUT = ScheduleGround("at the cut", at_the_cut, 3)
SELF_EDGE = ScheduleGround("without self-edge", without_self_edge, 5)
TWICE = ScheduleGround("one freezes twice", one_freezes_twice, 5)
SUCCESSOR = ScheduleGround("forged successor", forged_successor, 5)
NO_PATH = ScheduleGround("no path to the opening", no_path_to_the_opening, 5)
SCHEDULES = (
    *TOO_FEW.values(),
    *(CLOSED_FREEZER, WEAKLY_SEEN, AT_THE_CUT, SELF_EDGE, TWICE, SUCCESSOR, NO_PATH),
)
