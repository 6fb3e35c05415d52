"""Linearizability: clients cannot tell the replicas from one machine that they share.

Judged from the clients' side, not from a trace: no replica sees when a client asks or hears.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tee_rider.spec.judgement import Status, Violation
from tee_rider.spec.properties.judging import Outcome
from tee_rider.spec.properties.wording import counted
from tee_rider.spec.state_machine import StateMachine

NAME = "linearizability"
SOURCE = "Herlihy and Wing, Linearizability: A Correctness Condition for Concurrent Objects"
RULE = "each request takes effect at one moment between its sending and its answer"
MOST_STATES = 50_000
"""After so many partial orders a search gives up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A client's request and its answer, with the moments of both; no two moments are equal."""

    client: int
    number: int
    operation: str
    invoked: int
    answered: int | None = None
    """None: it is not answered yet; it may have taken effect already, or may never."""
    result: str = ""
    place: int = 0
    """Where the total order has it, if that is known: it speeds the search up, and decides nothing.
    """

    @property
    def name(self) -> str:
        """For a person."""
        return f"request {self.number} of client {self.client} ({self.operation!r})"


MOST_SHOWN = 6
"""So many requests that were under way are named in an explanation."""


class SearchTooLongError(Exception):
    """Neither an order was found nor that there is none."""


def linearizability(history: Sequence[Call], machine: StateMachine) -> Outcome:
    """Some order of the requests explains every result, and respects who was answered before whom.

    A violation names the first answer by which there is no such order any more.

    Source: Herlihy and Wing; the search: Wing and Gong, Testing and Verifying Concurrent Objects,
    with the memory of Lowe, Testing for Linearizability.
    """
    answers = sorted(call.answered for call in history if call.answered is not None)
    judged = len(answers)
    if not answers:
        return Outcome(NAME, SOURCE, Status.VACUOUS, 0, "no request was answered")
    try:
        if has_order(history, machine):
            return Outcome(NAME, SOURCE, Status.HOLDS, judged)
        # What has an order has one after fewer answers, too: so the first that fails is found by
        # steps of growing size, and then by halving.
        explained, refuted = 0, 1
        while has_order(until(history, answers[refuted - 1]), machine):
            explained, refuted = refuted, min(2 * refuted, judged)
        while refuted - explained > 1:
            middle = (explained + refuted) // 2
            if has_order(until(history, answers[middle - 1]), machine):
                explained = middle
            else:
                refuted = middle
    except SearchTooLongError:
        reason = f"more than {MOST_STATES} partial orders of {counted(len(history), 'request')}"
        return Outcome(NAME, SOURCE, Status.NOT_JUDGED, judged, reason)
    violation = _violation(history, answers[refuted - 1])
    return Outcome(NAME, SOURCE, Status.VIOLATED, judged, "", violation)


def until(history: Sequence[Call], moment: int) -> list[Call]:
    """What had happened by this moment."""
    return [
        call
        if call.answered is not None and call.answered <= moment
        else replace(call, answered=None, result="")
        for call in history
        if call.invoked <= moment
    ]


def has_order(history: Sequence[Call], machine: StateMachine) -> bool:
    """Whether the calls can be put in an order that gives their results.

    Source: Wing and Gong; Lowe.

    Raises:
        SearchTooLongError: it would take too long to find out.
    """
    calls = sorted(history, key=lambda call: call.invoked)
    must = sum(1 << i for i, call in enumerate(calls) if call.answered is not None)
    seen: set[tuple[int, str]] = set()
    stack: list[tuple[int, StateMachine]] = [(0, machine)]
    while stack:
        done, state = stack.pop()
        if must & ~done == 0:
            return True
        if (done, state.digest()) in seen:
            continue
        seen.add((done, state.digest()))
        if len(seen) > MOST_STATES:
            raise SearchTooLongError
        stack += _branches(calls, done, state)
    return False


def _branches(
    calls: Sequence[Call], done: int, state: StateMachine
) -> list[tuple[int, StateMachine]]:
    """Whither the order may go on, the most promising way last.

    What fits and only reads may as well come at once: in any order it can be moved here.
    """
    branches: list[tuple[int, StateMachine]] = []
    for i in sorted(_next(calls, done), key=lambda i: (calls[i].place, _answered(calls[i]))):
        call = calls[i]
        after, result = state.apply(call.operation)
        reads = state.only_reads(result)
        if call.answered is None:
            fits = not reads
        else:
            fits = call.result == result
            if fits and reads:
                return [(done | 1 << i, after)]
        if fits:
            branches.append((done | 1 << i, after))
    return branches[::-1]


def _next(calls: Sequence[Call], done: int) -> list[int]:
    """Those that may come next: they were sent before any of the others was answered."""
    soonest = float("inf")
    found: list[int] = []
    for i, call in enumerate(calls):
        if call.invoked > soonest:
            break
        if not done >> i & 1:
            found.append(i)
            soonest = min(soonest, _answered(call))
    return found


def _answered(call: Call) -> float:
    return float("inf") if call.answered is None else call.answered


def _violation(history: Sequence[Call], moment: int) -> Violation:
    last = next(call for call in history if call.answered == moment)
    known = until(history, moment)
    others = [
        f"{call.name}: {repr(call.result) if call.answered else 'no answer yet'}"
        for call in known
        if call != last and _answered(call) > last.invoked
    ]
    shown = [*others[:MOST_SHOWN], "..."] if len(others) > MOST_SHOWN else others
    meanwhile = f"; under way meanwhile: {', '.join(shown)}" if others else ""
    observed = (
        f"{last.name} was answered {last.result!r}, which no order of the"
        f" {counted(len(known), 'request')} until then gives{meanwhile}"
    )
    return Violation(NAME, SOURCE, (), f"{observed}.\n{NAME.capitalize()}: {RULE}.")
