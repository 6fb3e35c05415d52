"""From a trace file to its judgement."""

from dataclasses import replace
from pathlib import Path

from tee_rider.model_check.conformance.oracle import Oracle
from tee_rider.model_check.conformance.verdict import Judgement, Verdict
from tee_rider.model_check.console import Ticker, UsageError
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import PROFILES
from tee_rider.spec.events import Restart
from tee_rider.spec.trace import Header, read_restarts, read_trace
from tee_rider.spec.trace_error import FormatError, TraceError, shown

TICK_EVERY = 2**14
"""Lines between two signs of life."""


def judge_trace(path: Path, tick: Ticker) -> Judgement:
    """Read a trace file to its end and judge it.

    Raises:
        UsageError: the file cannot be read.
    """
    file = str(path)
    try:
        header, events = read_trace(path)
        oracle = make_oracle(header, file, read_restarts(path))
        for line, event in events:
            oracle.observe(event)
            if line % TICK_EVERY == 0:
                tick(f"line {line}")
        return located(path, oracle.judgement(file))
    except TraceError as problem:
        return Judgement(file, Verdict.MALFORMED, problem=problem)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def make_oracle(header: Header, file: str, restarts: tuple[Restart, ...] = ()) -> Oracle:
    """An oracle by the rules that the header names.

    Raises:
        TraceError: it names rules that nobody knows.
    """
    profile = PROFILES.get(header.profile)
    if profile is None:
        problem = FormatError("profile", shown(header.profile), ", ".join(sorted(PROFILES)))
        raise TraceError(file, 1, problem)
    return Oracle(header, Setting(header.configuration, profile), restarts)


def located(path: Path, judgement: Judgement) -> Judgement:
    """The judgement with the lines of all events that it speaks of: reads the file once more."""
    witnesses = [event for violation in judgement.violations for event in violation.witness]
    found = [divergence.found for divergence in judgement.divergences]
    wanted = {(event.replica, event.seq) for event in (*witnesses, *found)}
    lines: dict[tuple[int, int], int] = {}
    # A pipe cannot be read twice.
    events = read_trace(path)[1] if wanted and path.is_file() else iter(())
    for line, event in events:
        if (event.replica, event.seq) in wanted:
            lines[event.replica, event.seq] = line
        if len(lines) == len(wanted):
            break
    return replace(judgement, lines=lines)
