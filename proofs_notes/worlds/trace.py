"""Runs of a transition system inside its instance, found by the solver, told step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import z3

from tee_rider.proofs_notes.kit.query import ask
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.transition import Transition, replaced

if TYPE_CHECKING:
    from tee_rider.proofs_notes.kit.system import System


IDLE = Transition((), {}, {})
"""Nothing happens."""


class Runs:
    """All runs of at most `length` steps from an initial state; a run may end early, and idle."""

    def __init__(self, system: System, length: int) -> None:
        self.system, self.instance, self.length = system, system.instance, length
        self.states = [{s: renamed(s, f"@{i}") for s in system.state} for i in range(length + 1)]
        self.steps = {"idle": IDLE, **system.transitions}
        texts = {name: self._effect(name) for name in self.steps}
        effects = {name: self.instance.expand(text) for name, text in texts.items()}
        rigid = [*system.axioms.values(), *system.definitions.values()]
        goals = [*system.safety.values(), *(s.goal for s in system.scenarios.values())]
        changing = [*system.initial.values(), *texts.values(), *goals]
        said = [*self.instance.world(rigid, changing)]
        said.append(self._at(0, z3.And(*system.initial.values())))
        for state in self.states:
            said += (fact for s in state.values() for fact in self.instance.closed(s))
        for i in range(length):
            said += (self._step(i, name, effect) for name, effect in effects.items())
            said.append(z3.Or([z3.Bool(f"{name}@{i}") for name in self.steps]))
            said.append(z3.Implies(z3.Bool(f"idle@{i}"), z3.Bool(f"idle@{i + 1}")))
        self.said = z3.And(said)

    def find(
        self, lemma: str, name: str, kind: Kind, goal: z3.BoolRef, lengths: Iterable[int]
    ) -> Result:
        """Look for a run of one of these lengths that ends in a state where the goal holds."""
        goal, seconds, limit = self._at(self.length, goal), 0.0, 0
        for limit in lengths:
            answer = ask({"runs": self.said, "goal": goal, "end": z3.Bool(f"idle@{limit}")})
            seconds += answer.seconds
            if answer.status != "unsat":
                break
        found, scope = answer.status == "sat", f"<= {limit} steps" if limit else ""
        detail = self._told(answer.model) if found else f"{answer.status}: nothing found"
        return Result(lemma, name, kind, found, seconds, scope=scope, detail=detail)

    def fire(self, lemma: str, name: str) -> Result:
        """Look for a shortest run in which a transition happens."""
        happens = z3.Or([z3.Bool(f"{name}@{i}") for i in range(self.length)])
        lengths = range(self.length + 1)
        return self.find(lemma, f"{name} can happen", Kind.SATISFIABLE, happens, lengths)

    def _at(self, i: int, formula: z3.BoolRef) -> z3.BoolRef:
        """The formula about the state after i steps."""
        return replaced(self.instance.expand(formula), self.states[i])

    def _effect(self, name: str) -> z3.BoolRef:
        """Guard and new values, in the system's symbols and, for the state after, primed ones."""
        step, changes = self.steps[name], []
        for symbol in self.system.state:
            row = [z3.Const(f"#{i}", symbol.domain(i)) for i in range(symbol.arity())]
            value = step.updates.get(symbol, symbol)(*row)
            change = renamed(symbol, "'")(*row) == value
            changes.append(z3.ForAll(row, change) if row else change)
        return z3.And(*step.guard.values(), *changes)

    def _step(self, i: int, name: str, effect: z3.BoolRef) -> z3.BoolRef:
        """If this transition is chosen as step i, its effect relates the states i and i + 1."""
        after = {renamed(s, "'"): later for s, later in self.states[i + 1].items()}
        chosen = {p.decl(): renamed(p.decl(), f"@{i}") for p in self.steps[name].parameters}
        among = [fact for symbol in chosen.values() for fact in self.instance.closed(symbol)]
        effect = replaced(effect, {**self.states[i], **after, **chosen})
        return z3.Implies(z3.Bool(f"{name}@{i}"), z3.And(effect, *among))

    def _told(self, model: z3.ModelRef) -> str:
        """What the rigid symbols are, then the steps."""
        lines = [self.instance.describe(model)]
        for i in range(self.length):
            name = next(name for name in self.steps if z3.is_true(model[z3.Bool(f"{name}@{i}")]))
            terms = ((p, z3.Const(f"{p}@{i}", p.sort())) for p in self.steps[name].parameters)
            told = (f"{p}={self.instance.value(model, term)}" for p, term in terms)
            lines += [f"{i + 1}. {name}({', '.join(told)})"] if name != "idle" else []
        return "\n".join(line for line in lines if line)


def renamed(symbol: z3.FuncDeclRef, suffix: str) -> z3.FuncDeclRef:
    """Another symbol of the same type."""
    domain = [symbol.domain(i) for i in range(symbol.arity())]
    return z3.Function(f"{symbol}{suffix}", *domain, symbol.range())
