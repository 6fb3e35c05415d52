"""Counterexamples made small: as few replicas, messages and steps as still violate the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.exploration.deeds import (
    Cost,
    Deed,
    MessagePath,
    cost_of,
    deeds_of,
    follow,
    unfolded,
)
from tee_rider.model_check.exploration.message_level import MessageLevel, State
from tee_rider.model_check.exploration.model import Always
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.spec.judgement import Violation


@dataclass(frozen=True, slots=True)
class Telling:
    """An unfolded path, and what it violates at its end, if anything."""

    model: MessageLevel
    path: MessagePath
    violation: Violation | None

    @property
    def deeds(self) -> list[Deed]:
        """What is done on it, step by step."""
        return deeds_of(self.model, self.path)

    @property
    def cost(self) -> Cost:
        """How long it is."""
        return cost_of(self.deeds)

    def lines(self) -> list[str]:
        """For a person: what is violated, and the steps to it."""
        text = self.path.lines()
        if self.violation is None:
            return text
        explained = self.violation.explanation.splitlines()
        return [*text, f"{self.violation.property} is violated:", *(f"  {x}" for x in explained)]


def unfold(model: MessageLevel, path: MessagePath, name: str | None) -> Telling:
    """The same path with every advance and signature a step of its own, up to the violation.

    Without a property's name, the whole path, and what its end violates first.
    """
    finer, deeds = unfolded(model), deeds_of(model, path)
    if name is None:
        whole = follow(finer, deeds)
        return Telling(finer, whole, next(iter(_violations(finer, whole.end)), None))
    found = _try(finer, deeds, name)
    assert found is not None, f"{name} is not violated where every step is taken apart"
    return found


def shrink(telling: Telling, tick: Ticker | None = None) -> Telling:
    """Leave out what the violation does not need; leaving out any one step more would lose it.

    First all that a replica does, so that few take part, then single steps; what others did because
    of it goes too. Then the bound is made as narrow as it can be. It is a local minimum, not always
    the smallest of all.

    Source: ours, in the manner of delta debugging.
    """
    assert telling.violation is not None, "only what violates something can be shrunk"
    name, smallest = telling.violation.property, telling
    while True:
        smaller = _shrink_once(smallest, name)
        if smaller is None:
            break
        smallest = smaller
        if tick:
            tick(f"{len(smallest.path.steps)} steps")
    for scope in _narrower(smallest.model.scope):
        narrow = _try(MessageLevel(scope), smallest.deeds, name)
        if narrow is not None:
            return shrink(narrow, tick)
    return _afresh(smallest, name)


def _shrink_once(telling: Telling, name: str) -> Telling | None:
    deeds = telling.deeds
    for fewer in _fewer(deeds):
        found = _try(telling.model, fewer, name)
        if found is not None and len(found.path.steps) < len(deeds):
            return found
    return None


def _fewer(deeds: Sequence[Deed]) -> Iterator[list[Deed]]:
    """The deeds without those of one replica, then without one; later ones go first."""
    for replica in sorted({deed.replica for deed in deeds}, reverse=True):
        yield [deed for deed in deeds if deed.replica != replica]
    for i in reversed(range(len(deeds))):
        yield [*deeds[:i], *deeds[i + 1 :]]


def _narrower(scope: Scope) -> Iterator[Scope]:
    """Narrower bounds, the narrowest first."""
    for rounds in range(1, scope.rounds):
        yield replace(scope, rounds=rounds)
    if scope.any_order:
        yield replace(scope, any_order=False)
    if scope.faulty and not scope.forks:
        if scope.junk:
            yield replace(scope, junk=0)
        else:
            yield replace(scope, faulty=scope.faulty - 1)


def _try(model: MessageLevel, deeds: Sequence[Deed], name: str) -> Telling | None:
    """Do these deeds as far as they can be done; None if the property is never violated."""
    path = follow(model, deeds)
    for length, state in enumerate(path.states):
        for violation in _violations(model, state):
            if violation.property == name:
                return Telling(model, replace(path, steps=path.steps[:length]), violation)
    return None


def _afresh(telling: Telling, name: str) -> Telling:
    """The same in a model that has seen no other path: logs are told as they were found first."""
    again = _try(MessageLevel(telling.model.scope), telling.deeds, name)
    assert again is not None, f"{name} is not violated by the same deeds once more"
    return again


def _violations(model: MessageLevel, state: State) -> Iterator[Violation]:
    for asked in model.properties():
        if isinstance(asked, Always):
            yield from asked.violations(state)
