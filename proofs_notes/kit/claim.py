"""A claim: named hypotheses entail a conclusion, and each of them is needed for something."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import z3

from tee_rider.proofs_notes.kit.query import Answer, ask, fragment
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.worlds.instance import Instance

Formulas = Mapping[str, z3.BoolRef]
BROKEN = {"sat": "breaks", "unknown": "unknown whether this breaks"}


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
        yield from prove(lemma, [("", self)], self.redundant)
        premises = {**self.hypotheses, "witness": self.witness}
        yield self._found(lemma, f"premises of: {self.name}", Kind.SATISFIABLE, premises)
        for name, changes in self.mutants.items():
            wrong = {"conclusion": self.conclusion, **self.hypotheses, **changes}
            wrong["conclusion"] = z3.Not(wrong["conclusion"])
            yield self._found(lemma, f"mutant: {name}", Kind.REFUTED, wrong)

    def _found(self, lemma: str, name: str, kind: Kind, formulas: Formulas) -> Result:
        answer = self.instance.ask([*formulas.values(), *self.definitions.values()])
        found = answer.status == "sat"
        detail = (
            self.instance.describe(answer.model) if found else f"{answer.status}: nothing found"
        )
        return Result(lemma, name, kind, found, answer.seconds, scope="", detail=detail)

    def ask(self, without: str = "") -> Answer:
        """Ask for a counterexample, leaving out one hypothesis if told so."""
        kept = {name: h for name, h in self.hypotheses.items() if name != without}
        return ask({**kept, "negated conclusion": z3.Not(self.conclusion)})


def prove(
    lemma: str, claims: Iterable[tuple[str, Claim]], redundant: Mapping[str, str]
) -> Iterator[Result]:
    """Prove each claim; then drop each hypothesis: a proof breaks, or it was declared redundant."""
    helped: dict[str, list[Claim]] = {}
    for about, claim in claims:
        answer = claim.ask()
        for name in claim.hypotheses:
            # An invariant that only its own preservation uses is a result, not a help.
            helped.setdefault(name, []).extend([claim] * (name in answer.core and name != about))
        used = tuple(name for name in claim.hypotheses if name in answer.core)
        kind = fragment([*claim.hypotheses.values(), z3.Not(claim.conclusion)])
        detail = "" if answer.status == "unsat" else f"{answer.status} {answer.model}"
        proof = (lemma, claim.name, Kind.PROVED, not detail, answer.seconds, used, kind)
        yield Result(*proof, detail=detail)
    for name in dict.fromkeys([*helped, *redundant]):
        yield _without(lemma, name, helped.get(name, []), redundant.get(name, ""))


def _without(lemma: str, name: str, claims: list[Claim], declared: str) -> Result:
    """Only proofs that use a hypothesis can break without it."""
    seconds, statuses = 0.0, dict[str, str]()
    for claim in claims:
        if "sat" not in statuses:
            answer = claim.ask(without=name)
            seconds, statuses[answer.status] = seconds + answer.seconds, claim.name
    told = [f"declared redundant: {declared}"] if declared else []
    told += [f"{BROKEN[status]}: {at}" for status, at in statuses.items() if status in BROKEN]
    holds = not BROKEN.keys() & statuses if declared else "sat" in statuses
    detail = "; ".join(told) or "not needed, and not declared redundant"
    return Result(lemma, f"without {name}", Kind.NEEDED, holds, seconds, detail=detail)
