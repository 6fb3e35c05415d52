"""Findings that no scenario shows: each is a function that returns what it saw."""

from tee_rider.model_check.binary_agreement import (
    AT_3F_PLUS_1,
    Thresholds,
    examine,
    family,
    partition_argument,
)
from tee_rider.model_check.findings.shown import Shown, Verdict
from tee_rider.model_check.world.early_coin import JUNK, early_coins
from tee_rider.model_check.world.lost_requests import losses
from tee_rider.reference.profile import Profile
from tee_rider.reference.service import Service
from tee_rider.spec.configuration import Configuration


def binary_agreement() -> Shown:
    """F10: no thresholds work at n = 3, f = 1, nor any other protocol; at n = 4, f = 1 some do."""
    failed = partition_argument()
    small = list(family(Configuration(3, 1)))
    refuted = [answer for answer in small if answer.refutation]
    large = examine(Configuration(4, 1), AT_3F_PLUS_1)
    states, tables = sum(answer.states for answer in small), sum(failed.values())
    transcript = (
        *(
            f"n = 3, f = 1, {run}: {count} pairs of tables"
            for run, count in failed.items()
            if count
        ),
        *(told(answer.thresholds, *answer.refutation) for answer in small if answer.refutation),
    )
    shown = not failed[""] and len(refuted) == len(small) and large.refutation is None
    detail = (
        f"n = 3: {tables - failed['']} of {tables} pairs of decision tables and"
        f" {len(refuted)} of {len(small)} threshold protocols fail ({states} states);"
        f" n = 4: {tuple(AT_3F_PLUS_1)} holds ({large.states} states)"
    )
    return Shown(Verdict.DEFECT if shown else Verdict.BROKEN, detail, transcript)


def early_coin(profile: Profile) -> Shown:
    """F5: whether junk signatures show a leader before the round of the proof can be complete."""
    by_n = {n: early_coins(profile, n) for n in (3, 5)}
    lines = tuple(f"n = {n}: {', '.join(kinds) or 'no junk'} does it" for n, kinds in by_n.items())
    seen = by_n[3]
    if seen != by_n[5]:
        return Shown(Verdict.BROKEN, "; ".join(lines), lines)
    if seen:
        detail = f"the leader shows early, n = 3 and 5, by {len(seen)} of {len(JUNK)} kinds of junk"
        return Shown(Verdict.DEFECT, detail, lines)
    detail = f"no leader shows early, n = 3 and 5, by none of {len(JUNK)} kinds of junk"
    return Shown(Verdict.ABSENT, detail, lines)


def lost_request(service: type[Service]) -> Shown:
    """F8: whether a delivered request stays unanswered in all that can still happen."""
    found = losses(service)
    loss = found.unanswered or found.unrepeated
    if loss is None:
        detail = f"every request can be answered in each of {found.situations} situations"
        return Shown(Verdict.ABSENT, detail)
    name = repr(loss.request.operation)
    again = "" if found.unanswered else " again"
    detail = f"{name} is never answered{again}, in {found.situations} situations"
    return Shown(Verdict.DEFECT, detail, (*loss.after, f"then {name} is never answered{again}"))


def told(
    thresholds: Thresholds, broken: str, inputs: tuple[int, ...], faulty_names: int, moves: int
) -> str:
    """How a member of the family fails, in a line."""
    relay, accept, wait = thresholds
    return (
        f"n = 3, f = 1, relay {relay}, accept {accept}, wait {wait}: {broken} fails after {moves}"
        f" moves from correct inputs {inputs}, the faulty one names {faulty_names}"
    )
