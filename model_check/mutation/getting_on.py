"""Schedules in which somebody cannot go on under one wrong rule, though everything arrives."""

from tee_rider.model_check.mutation.schedules import ScheduleGround, row
from tee_rider.model_check.mutation.script import Script
from tee_rider.reference.profile import Profile


def hands_out(profile: Profile) -> Script:
    """C2 is lost in C's crash, but C has it in its backup, and builds on it in its new epoch."""
    script = Script(profile, 3, "", "A")
    script.advance("ABC")
    script.give(row("ABC", 1), "ABC")
    script.advance("C")
    script.back_up("C")
    script.lose("C2")
    script.crash("C")
    script.settle(20)
    return script


def until_open(script: Script, returned: str, rounds: int = 12) -> int:
    """All go on in step until the new epoch is open; the round that they are in then."""
    names = "ABC"
    for round_ in range(1, rounds + 1):
        script.advance(names)
        if not script.states[names.index(returned)].recovering:
            return round_
        script.give(row(names, round_), names)
    return rounds


def needed_in_its_round(profile: Profile) -> Script:
    """When C's new epoch opens, B crashes and its newest vertex is lost: A needs C's there."""
    script = Script(profile, 3, "", "A")
    script.crash("C")
    script.give("C?'", "AB")
    round_ = until_open(script, "C")
    script.lose(f"B{round_}")
    script.crash("B")
    script.settle(24)
    return script


def late_vertex_of_a_closed_epoch(profile: Profile) -> Script:
    """C1 reaches A before C's new epoch is open, and B after that; A's next vertex builds on it."""
    script = Script(profile, 3, "", "A")
    script.advance("C")
    script.crash("C")
    script.give("C?'", "AB")
    for round_ in range(1, 10):
        script.advance("AB")
        script.give(row("AB", round_), "ABC")
        script.advance("C")
    script.give("C1", "A")
    script.advance("ABC")
    script.settle(16)
    return script


def freezes_again(profile: Profile) -> Script:
    """C froze A in C1, which comes when C's new epoch is open, and counts no more.

    Then D crashes for good: A is back when B, E and the new C have frozen it.
    """
    script = Script(profile, 5, "", "B")
    script.crash("A")
    script.give("A?'", "C")
    script.advance("BCDE")
    script.back_up("C")
    script.lose("C1")
    script.crash("C")
    script.give("C?'", "BDE")
    script.give("B1 D1 E1", "BDE")
    for round_ in range(2, 12):
        script.advance("BDE")
        script.give(row("BDE", round_), "BDE")
    for round_ in range(1, 12):
        script.give(row("BDE", round_), "C")
        script.advance("C")
    script.stop("D")
    script.settle(24)
    return script


def votes_come_late(profile: Profile) -> Script:
    """A and D commit A5 and open C's epoch; B and E get the third vote when they have counted.

    All that A, C and D make then builds on C10', which B and E cannot take before they commit A5.
    """
    script = Script(profile, 5, "", "A")
    script.crash("C")
    script.give("C?'", "ABD")
    for round_ in range(1, 5):
        script.advance("ABDE")
        script.give(row("ABDE", round_), "ABDE")
    for round_ in (5, 6):
        script.advance("ABDE")
        script.give(row("BDE", round_), "ABDE")
    script.advance("ABDE")
    script.give("B7 D7 E7", "ABDE")
    script.give("A5 A6 A7", "BD")
    script.advance("ABDE")
    script.give("A5 A6 A7 A8 B8 E8", "ABDE")
    script.advance("ABDE")
    script.give("A9 B9 E9", "ABDE")
    script.give("D8 D9", "A")
    script.advance("ABDE")
    for round_ in range(1, 10):
        script.advance("C")
        script.give(row("ABDE", round_), "C")
    script.advance("CC")
    script.give("A10 D10 C?' C10'", "ACD")
    script.advance("ACD")
    script.settle(24)
    return script


HANDS_OUT = ScheduleGround("what it alone has is handed out", hands_out, 3)
IN_ITS_ROUND = ScheduleGround("needed in the round that it is in", needed_in_its_round, 3)
LATE_VERTEX = ScheduleGround("late vertex of a closed epoch", late_vertex_of_a_closed_epoch, 3)
SAYS_AGAIN = ScheduleGround("a freeze is said again", freezes_again, 5)
VOTES_LATE = ScheduleGround("votes come late", votes_come_late, 5)
GETTING_ON = (HANDS_OUT, IN_ITS_ROUND, LATE_VERTEX, SAYS_AGAIN, VOTES_LATE)
