"""A claim: named hypotheses entail a conclusion; a system without steps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter

import z3

from tee_rider.proofs_notes.kit.instance import Instance
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.system import Formulas, Mutant, Scenario, System


@dataclass(frozen=True)
class Claim:
    """A statement for all values of its free constants; README.md explains the fields."""

    name: str
    hypotheses: Formulas
    conclusion: z3.BoolRef
    redundant: Mapping[str, str] = field(default_factory=dict)
    witness: z3.BoolRef = field(default_factory=lambda: z3.BoolVal(True))
    mutants: Mapping[str, Formulas] = field(default_factory=dict)
    definitions: Formulas = field(default_factory=dict)
    instance: Instance = field(default_factory=Instance)

    def check(self, lemma: str) -> Iterator[Result]:
        """Prove it, show that its premises can hold and are needed, and refute its mutants."""
        changes = {name: dict(mutant) for name, mutant in self.mutants.items()}
        safety = {name: c.pop("conclusion", self.conclusion) for name, c in changes.items()}
        yield from System(
            self.name,
            self.hypotheses,
            {self.name: self.conclusion},
            redundant=self.redundant,
            definitions=self.definitions,
            instance=self.instance,
            scenarios={f"premises of: {self.name}": Scenario(self.witness, 0)},
            mutants=tuple(
                Mutant(name, self.name, 0, {"axioms": c, "safety": {self.name: safety[name]}})
                for name, c in changes.items()
            ),
        ).check(lemma)


@dataclass(frozen=True)
class Computation:
    """A finite check in plain Python: `run` returns whether it holds, and what it found."""

    name: str
    scope: str
    run: Callable[[], tuple[bool, str]]
    kind: Kind = Kind.PROVED

    def check(self, lemma: str) -> Iterator[Result]:
        """Run it, and measure it."""
        started = perf_counter()
        holds, detail = self.run()
        seconds = perf_counter() - started
        how = "enumeration"
        yield Result(lemma, self.name, self.kind, holds, seconds, (), how, self.scope, detail)
