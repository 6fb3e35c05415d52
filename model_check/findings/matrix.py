"""The matrix: what each finding is under each profile, and what shows it.

A new way to show something is a scenario beside this file, or a function without arguments that
returns a ``Shown``; it stands in ``ROWS`` together with the verdict that it must come to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tee_rider.model_check.console import ExitCode, Ticker, UsageError
from tee_rider.model_check.findings.functions import binary_agreement, early_coin, lost_request
from tee_rider.model_check.findings.shown import Shown, Verdict, Way, play
from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.world.service_mutants import HighestNumber
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.reference.service import Service

PROFILES = ("TEE_RIDER", "NXBFT", "HARDENED")
NO_PROFILE = "any"
"""For a finding about no profile."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of a finding under a profile, and how to see it again."""

    verdict: Verdict
    by: str
    """A scenario's file, a function, or a command."""
    way: Way


@dataclass(frozen=True, slots=True)
class Row:
    """One finding."""

    finding: str
    title: str
    cells: Mapping[str, Recorded]
    """By profile."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of a finding under one profile."""

    finding: str
    profile: str
    recorded: Recorded
    shown: Shown

    @property
    def fault(self) -> str:
        """What is not as recorded; empty if nothing is."""
        if self.shown.verdict is self.recorded.verdict:
            return ""
        wanted, found = self.recorded.verdict, self.shown
        return (
            f"{self.finding} {self.profile}: {found.verdict}, recorded is {wanted}: {found.detail}"
        )

    @property
    def replay(self) -> str:
        """The line that shows it again; empty if there is nothing to see."""
        if self.recorded.verdict in (Verdict.NO_MATTER, Verdict.ELSEWHERE):
            return ""
        profile = self.profile.lower().replace("_", "-")
        return f"tee-rider findings --only {self.finding} --profile {profile}"

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "finding": self.finding,
            "profile": self.profile,
            "verdict": str(self.shown.verdict),
            "recorded": str(self.recorded.verdict),
            "detail": self.shown.detail,
            "by": self.recorded.by,
            "replay": self.replay or None,
        }


def scenario(name: str, verdict: Verdict) -> Recorded:
    """Shown by a scenario beside this file."""
    return Recorded(verdict, f"findings/{name}.txt", partial(play, name))


def function(name: str, verdict: Verdict, way: Way) -> Recorded:
    """Shown by a function of ``functions``."""
    return Recorded(verdict, f"findings/functions.py, {name}", way)


def no_matter(reason: str) -> Recorded:
    """The finding has no place in the profile."""
    return Recorded(Verdict.NO_MATTER, "", lambda: Shown(Verdict.NO_MATTER, reason))


def elsewhere(where: str) -> Recorded:
    """Shown by another command, or not yet."""
    return Recorded(Verdict.ELSEWHERE, where, lambda: Shown(Verdict.ELSEWHERE, where))


def pair(finding: str, tee_rider: Recorded) -> dict[str, Recorded]:
    """A defect of NXBFT that HARDENED has not, by scenarios named after the finding."""
    return {
        "TEE_RIDER": tee_rider,
        "NXBFT": scenario(f"{finding}_nxbft", Verdict.DEFECT),
        "HARDENED": scenario(f"{finding}_hardened", Verdict.ABSENT),
    }


def everywhere(recorded: Recorded) -> dict[str, Recorded]:
    """The same whatever the profile."""
    return dict.fromkeys(PROFILES, recorded)


STOPS = no_matter("nobody returns")
ROWS = (
    Row(
        "F1",
        "the common core is not fixed when the coin shows",
        everywhere(elsewhere("tee-rider game; tee-rider prove --lemma 05")),
    ),
    Row(
        "F2",
        "a counter hole by an invalid vertex",
        pair("F2", scenario("F2_tee_rider", Verdict.ABSENT)),
    ),
    Row("F3", "a returning replica's peers can be told two chains", pair("F3", STOPS)),
    Row("F4", "the bound of the old key is local", pair("F4", STOPS)),
    Row(
        "F5",
        "the coin's proof is not validated",
        {
            "TEE_RIDER": function("early_coin", Verdict.ABSENT, partial(early_coin, TEE_RIDER)),
            "NXBFT": function(
                "early_coin",
                Verdict.DEFECT,
                # The rule alone, in the reference: the machine of NxBFT has no enclave's coin.
                partial(early_coin, replace(TEE_RIDER, coin_proof=NXBFT.coin_proof)),
            ),
            "HARDENED": function("early_coin", Verdict.ABSENT, partial(early_coin, HARDENED)),
        },
    ),
    Row("F6", "counters of a proposed chain are not checked", pair("F6", STOPS)),
    Row("F7", "an earlier epoch's chain wins by its length", pair("F7", STOPS)),
    Row(
        "F8",
        "a repeated request may never be answered",
        {
            "TEE_RIDER": no_matter("says nothing of clients"),
            "NXBFT": function("lost_request", Verdict.DEFECT, partial(lost_request, HighestNumber)),
            "HARDENED": function("lost_request", Verdict.ABSENT, partial(lost_request, Service)),
        },
    ),
    Row(
        "F9",
        "without weak edges a slow replica is left out",
        pair("F9", scenario("F9_tee_rider", Verdict.ABSENT)),
    ),
    Row(
        "F10",
        "no binary agreement with strong validity at n = 2f + 1",
        {
            **everywhere(no_matter("orders a DAG, agrees on no bit")),
            NO_PROFILE: function("binary_agreement", Verdict.DEFECT, binary_agreement),
        },
    ),
    Row("F11", "an old copy uses up a counter of the new key (ours)", pair("F11", STOPS)),
)


def show(rows: Sequence[Row], profile: str | None = None, tick: Ticker | None = None) -> list[Cell]:
    """Show every cell of some rows, or those of one profile."""
    cells = []
    for row in rows:
        for name, recorded in row.cells.items():
            if profile in (None, name):
                if tick:
                    tick(f"{row.finding} {name}")
                cells.append(Cell(row.finding, name, recorded, recorded.way()))
    return cells


def find_row(finding: str) -> Row:
    """The row of a finding.

    Raises:
        UsageError: there is none.
    """
    for row in ROWS:
        if row.finding == finding.upper():
            return row
    known = ", ".join(row.finding for row in ROWS)
    raise UsageError(f"finding {finding!r} is not known; allowed: {known}")


def exit_code(cells: Sequence[Cell]) -> ExitCode:
    """Whether everything is as recorded."""
    return ExitCode.VIOLATED if any(cell.fault for cell in cells) else ExitCode.HOLDS
