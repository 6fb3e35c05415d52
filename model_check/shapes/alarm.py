"""The alarm: shapes of one class must have the same future, or the key forgets too much.

Shapes are drawn by walking at random, with choices that the exploration did not take: from the
start, and from shapes explored, so that all classes come up. What may follow each is compared with
what followed the shape that stood for its class. Drawing is no proof; an alarm that is silent says
how often it listened.
"""

import gc
from collections import Counter
from collections.abc import Hashable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from time import perf_counter

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.shapes.shape import Shape
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.model_check.shapes.shape_level import ShapeLevel

NEAR = 2
"""How many shapes are compared on a walk that begins with a shape explored: itself, and another."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A shape that is not like the one that stood for its class."""

    shape: Shape
    why: str

    def describe(self) -> str:
        """In one line."""
        return f"ALARM: the class of a shape of {self.shape.round} rounds {self.why}"


class Alarm:
    """Walks at random through an explored model, and compares."""

    def __init__(self, model: ShapeLevel, seed: int) -> None:
        """Nothing is compared yet."""
        self.model = model
        self.walks = 0
        self.random = Random(f"{seed} alarm")
        self.compared = 0
        """How many shapes were compared with the representatives of their classes."""
        self.classes: Counter[Hashable] = Counter()
        """How many of them were of each class."""

    def listen(self, samples: int, tick: Ticker | None = None) -> Mismatch | None:
        """Compare so many shapes; the first that belies its class, if any does."""
        while self.compared < samples:
            walker, state, length = self._start()
            for step in range(length):
                if self.compared >= samples or not walker.within_bound(state):
                    break
                if tick:
                    tick(f"{self.compared:,} of {samples:,} random shapes compared")
                following = walker.following(state.shape, self.random, told_apart=not step)
                self.compared += 1
                self.classes[state.key] += 1
                if why := self._difference(state, {after.key for after in following}):
                    return Mismatch(state.shape, why)
                state = self._least_compared(following)
        return None

    def _start(self) -> tuple[ShapeLevel, ShapeClass, int]:
        """Where a walk begins, and how far it goes: every other one from a shape explored.

        That shape is compared with itself when no two sets of edges count as alike.
        """
        self.walks += 1
        if self.walks % 2:
            return *self.model.random_start(self.random), self.model.layers
        state = self._least_compared(list(self.model.expanded.values()))
        return self.model.walker, state, NEAR

    def _difference(self, state: ShapeClass, following: Set[Hashable]) -> str | None:
        """In what a shape is not like its class, if in anything."""
        expected = self.model.successors.get(state.key)
        if expected is None:
            return "was never visited"
        if self.model.judge.violations(state.locals):
            return "is called safe; its logs contradict each other"
        if expected == following:
            return None
        lost, new = len(expected - following), len(following - expected)
        return f"has another future: {lost} classes do not follow, {new} others do"

    def _least_compared(self, states: list[ShapeClass]) -> ShapeClass:
        """One of the states whose classes came up least often so far."""
        least = min(self.classes[state.key] for state in states)
        return self.random.choice([s for s in states if self.classes[s.key] == least])


def explore_shapes(
    model: ShapeLevel,
    samples: int,
    seed: int = 0,
    limits: Limits | None = None,
    tick: Ticker | None = None,
) -> Report:
    """Explore every class, then listen to the alarm; if it sounds, nothing is concluded.

    A violation needs no alarm: its path is one of real steps.
    """
    with _no_garbage_collection():
        report = explore(model, limits, tick=tick)
        if report.discoveries or report.stopped:
            return report
        return _listened(model, samples, seed, report, tick)


def _listened(
    model: ShapeLevel, samples: int, seed: int, report: Report, tick: Ticker | None
) -> Report:
    begun = perf_counter()
    alarm = Alarm(model, seed)
    if model.mismatched:
        why = "has another future where all that is sure to be committed is committed"
        mismatch: Mismatch | None = Mismatch(model.mismatched, why)
    else:
        mismatch = alarm.listen(samples, tick)
    facts = {
        "shapes compared by the alarm": alarm.compared,
        "classes among them": len(alarm.classes),
    }
    return replace(
        report,
        stopped=mismatch.describe() if mismatch else None,
        facts={**report.facts, **facts},
        seconds=report.seconds + perf_counter() - begun,
    )


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Nothing explored holds cycles; afterwards it counts as old, which is seldom looked at."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if enabled:
            gc.enable()
