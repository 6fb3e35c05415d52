"""A transition system: what never changes, what changes in named steps, what holds throughout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import z3

from tee_rider.proofs_notes.kit.claim import Claim, Formulas, prove
from tee_rider.proofs_notes.kit.query import functions
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.transition import Transition
from tee_rider.proofs_notes.worlds.instance import Instance
from tee_rider.proofs_notes.worlds.trace import Runs


@dataclass(frozen=True)
class Scenario:
    """A state that must be reachable within so many steps, lest anything hold vacuously."""

    goal: z3.BoolRef
    steps: int


@dataclass(frozen=True)
class Mutant:
    """A wrong protocol: named parts are replaced (None removes), and a safety must break."""

    name: str
    violates: str
    steps: int
    changes: Mapping[str, Mapping[str, Any]]
    instance: Instance | None = None


@dataclass(frozen=True)
class System:
    """The text of a transition system, once for all sizes; README.md explains the fields."""

    name: str
    axioms: Formulas
    safety: Formulas
    state: tuple[z3.FuncDeclRef, ...] = ()
    initial: Formulas = field(default_factory=dict)
    transitions: Mapping[str, Transition] = field(default_factory=dict)
    invariants: Formulas = field(default_factory=dict)
    definitions: Formulas = field(default_factory=dict)
    redundant: Mapping[str, str] = field(default_factory=dict)
    instance: Instance = field(default_factory=Instance)
    depth: int = 0
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    mutants: tuple[Mutant, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a formula in which a quantifier was forgotten: it would say less than it seems."""
        chosen = {p.decl() for step in self.transitions.values() for p in step.parameters}
        for part in (self.axioms, self.initial, self.invariants, self.safety):
            if free := [name for name, f in part.items() if chosen.intersection(functions([f]))]:
                raise ValueError(f"{self.name}: not all is quantified in: {', '.join(free)}")

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Invariants hold at first, every step keeps each of them, together they entail safety."""
        known = {**self.axioms, **self.invariants}
        initial = {**self.axioms, **{f"initial: {name}": f for name, f in self.initial.items()}}
        for name, formula in self.invariants.items():
            yield name, Claim(f"initially {name}", initial, formula)
        for step, transition in self.transitions.items():
            guarded = {**known, **{f"{step}: {name}": f for name, f in transition.guard.items()}}
            for name, formula in self.invariants.items():
                yield name, Claim(f"{step} keeps {name}", guarded, transition.after(formula))
        yield from ((name, Claim(name, known, formula)) for name, formula in self.safety.items())

    def mutated(self, mutant: Mutant) -> "System":
        """The system with the mutant's changes."""
        parts: dict[str, Any] = {"instance": mutant.instance or self.instance}
        for part, changes in mutant.changes.items():
            merged = {**getattr(self, part), **changes}
            parts[part] = {name: value for name, value in merged.items() if value is not None}
        return replace(self, **parts)

    def check(self, lemma: str) -> Iterator[Result]:
        """Prove it; then show that it can run, and that each mutant goes wrong."""
        yield from prove(lemma, self.claims(), self.redundant)
        runs = Runs(self, max([self.depth, *(s.steps for s in self.scenarios.values())]))
        yield from (runs.fire(lemma, name) for name in self.transitions)
        for name, scenario in self.scenarios.items():
            yield runs.find(lemma, name, Kind.SATISFIABLE, scenario.goal, [scenario.steps])
        for mutant in self.mutants:
            runs = Runs(self.mutated(mutant), mutant.steps)
            broken = z3.Not(runs.system.safety[mutant.violates])
            yield runs.find(lemma, f"mutant: {mutant.name}", Kind.REFUTED, broken, [mutant.steps])
