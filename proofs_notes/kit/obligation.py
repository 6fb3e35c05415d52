"""An obligation: named hypotheses entail a conclusion, and each of them is needed for something."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import z3

from tee_rider.proofs_notes.kit.fragment import fragment
from tee_rider.proofs_notes.kit.query import Answer, ask
from tee_rider.proofs_notes.kit.result import Kind, Result

VERDICTS = {"sat": "breaks", "unknown": "unknown whether this breaks"}


@dataclass(frozen=True, slots=True)
class Obligation:
    """To be proved: the hypotheses contradict the negated conclusion, which is called `about`."""

    name: str
    hypotheses: Mapping[str, z3.BoolRef]
    about: str
    conclusion: z3.BoolRef

    def ask(self, without: str = "") -> Answer:
        """Ask for a counterexample, leaving out one hypothesis if told so."""
        kept = {name: h for name, h in self.hypotheses.items() if name != without}
        return ask({**kept, "negated conclusion": z3.Not(self.conclusion)})


def prove_all(
    lemma: str, obligations: Sequence[Obligation], redundant: Mapping[str, str]
) -> Iterator[Result]:
    """Prove each obligation; then drop each hypothesis: a proof breaks, or it was declared so."""
    users: dict[str, list[Obligation]] = {name: [] for o in obligations for name in o.hypotheses}
    for o in obligations:
        answer = o.ask()
        used = tuple(name for name in o.hypotheses if name in answer.core)
        for name in used:
            # An invariant that only its own preservation uses is a result, not a help.
            users[name] += [o] if name != o.about else []
        kind = fragment([*o.hypotheses.values(), z3.Not(o.conclusion)])
        holds = answer.status == "unsat"
        detail = "" if holds else f"{answer.status} {answer.model}"
        yield Result(lemma, o.name, Kind.PROVED, holds, answer.seconds, used, kind, detail=detail)
    for name in dict.fromkeys([*users, *redundant]):
        yield _needed(lemma, name, users.get(name, []), redundant.get(name, ""))


def _needed(lemma: str, name: str, users: list[Obligation], declared: str) -> Result:
    """Only proofs that use a hypothesis can break without it."""
    seconds, found = 0.0, []
    for o in users:
        answer = o.ask(without=name)
        seconds += answer.seconds
        found += [f"{VERDICTS[answer.status]}: {o.name}"] if answer.status != "unsat" else []
        if answer.status == "sat":
            break
    broken = bool(found) and found[-1].startswith(VERDICTS["sat"])
    holds = not found if declared else broken
    told = [f"declared redundant: {declared}"] if declared else []
    detail = "; ".join(told + found) or "not needed, and not declared redundant"
    return Result(lemma, f"without {name}", Kind.NEEDED, holds, seconds, detail=detail)
