"""What an exploration found: how far it went, what it convicts, and what it never reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.model import Path
from tee_rider.spec.judgement import Violation


@dataclass(frozen=True, slots=True)
class Discovery:
    """A violation, and a path that leads to it with as few steps as any."""

    violation: Violation
    path: Path[Any, Any]

    def lines(self) -> list[str]:
        """For a person: the property, the explanation, the path and its code."""
        return [
            f"{self.violation.property} is violated ({self.violation.source}):",
            *(f"  {line}" for line in self.violation.explanation.splitlines()),
            f"shortest path, {len(self.path.steps)} steps, {self.path.code}:",
            *(f"  {line}" for line in self.path.lines()),
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """One exploration."""

    model: str
    bound: str
    states: int
    transitions: int
    depth: int
    """Steps on the longest shortest path to a state found."""
    seconds: float
    discoveries: tuple[Discovery, ...] = ()
    """The first violation of each property that has one."""
    reached: Mapping[str, int] = field(default_factory=dict)
    """For each thing that had to be reached: within how many steps it first was."""
    unreached: tuple[str, ...] = ()
    stopped: str | None = None
    """Why the search ended before everything was explored."""
    facts: Mapping[str, int] = field(default_factory=dict)
    judges_ends: bool = False
    """Whether only states that nothing follows were judged."""

    @property
    def verdict(self) -> str:
        """One line: what may be concluded, and within which bound."""
        if self.discoveries:
            names = ", ".join(discovery.violation.property for discovery in self.discoveries)
            return f"VIOLATED: {names}, within {self.bound}"
        if self.stopped:
            seen = "ends that were reached" if self.judges_ends else f"first {self.depth} steps"
            return f"INCONCLUSIVE: {self.stopped}; no violation within the {seen} of {self.bound}"
        if self.unreached:
            return f"INCONCLUSIVE: never reached: {', '.join(self.unreached)}; {self.bound}"
        return f"no violation within {self.bound}"

    @property
    def exit_code(self) -> ExitCode:
        """What the verdict means to a shell."""
        if self.discoveries:
            return ExitCode.VIOLATED
        return ExitCode.INCONCLUSIVE if self.stopped or self.unreached else ExitCode.HOLDS

    def lines(self) -> list[str]:
        """For a person."""
        figures = {
            "states": self.states,
            "transitions": self.transitions,
            "depth": self.depth,
            **self.facts,
        }
        text = [f"{self.model}: {self.bound}"]
        text.append("  " + ", ".join(f"{value:,} {name}" for name, value in figures.items()))
        text[-1] += f", {self.seconds:.1f} s"
        if self.reached:
            text.append("  reached, after how many steps:")
            text += [f"    {name}: {steps}" for name, steps in self.reached.items()]
        for discovery in self.discoveries:
            text += discovery.lines()
        return [*text, self.verdict]

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "model": self.model,
            "bound": self.bound,
            "states": self.states,
            "transitions": self.transitions,
            "depth": self.depth,
            "seconds": round(self.seconds, 3),
            "facts": dict(self.facts),
            "reached": dict(self.reached),
            "unreached": list(self.unreached),
            "stopped": self.stopped,
            "violations": [
                {
                    "property": discovery.violation.property,
                    "explanation": discovery.violation.explanation,
                    "path": discovery.path.code,
                    "steps": discovery.path.lines(),
                }
                for discovery in self.discoveries
            ],
            "verdict": self.verdict,
        }
