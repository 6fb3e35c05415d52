"""The alarm: shapes of one class must have the same future, or the key forgets too much.

Shapes are drawn by walking at random, with choices that the exploration did not take: from the
start, and from shapes explored, so that all classes come up. What may follow each is compared with
what followed the shape that stood for its class. Drawing is no proof; an alarm that is silent says
how often it listened.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, replace
from random import Random
from time import perf_counter

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.exploration.explore import Limits, explore, no_garbage_collection
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.shapes.explored import Explored
from tee_rider.model_check.shapes.shape import Shape
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.model_check.shapes.shape_level import LAYERS, ShapeLevel

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


class Here(Explored):
    """What was explored in this process, as the model has it."""

    def __init__(self, model: ShapeLevel) -> None:
        """All that the model has expanded."""
        self.model = model
        self.futures = model.successors
        self.layers = model.layers

    @property
    def mismatched(self) -> Shape | None:
        """The shape itself."""
        return self.model.mismatched

    def name(self, key: Hashable) -> Hashable:
        """The key itself."""
        return key

    def future(self, keys: Set[Hashable]) -> Hashable:
        """The keys themselves."""
        return frozenset(keys)

    def representative(self, name: Hashable) -> ShapeClass:
        """As it was expanded."""
        return self.model.expanded[name]


class Alarm:
    """Walks at random through an explored model, and compares."""

    def __init__(self, model: ShapeLevel, seed: int) -> None:
        """Nothing is compared yet."""
        self.model = model
        self.explored = model.elsewhere or Here(model)
        self.walks = 0
        self.random = Random(f"{seed} alarm")
        self.compared = 0
        """How many shapes were compared with the representatives of their classes."""
        self.classes: Counter[Hashable] = Counter()
        """How many of them were of each class, by name."""

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
                self.classes[self.explored.name(state.key)] += 1
                if why := self._difference(state, {after.key for after in following}):
                    return Mismatch(state.shape, why)
                names = [self.explored.name(after.key) for after in following]
                state = following[self._least_compared(names)]
        return None

    def _start(self) -> tuple[ShapeLevel, ShapeClass, int]:
        """Where a walk begins, and how far it goes: every other one from a shape explored.

        That shape is compared with itself when no two sets of edges count as alike.
        """
        self.walks += 1
        if self.walks % 2:
            return *self.model.random_start(self.random), self.explored.layers
        names = list(self.explored.futures)
        state = self.explored.representative(names[self._least_compared(names)])
        return self.model.walker, state, NEAR

    def _difference(self, state: ShapeClass, following: Set[Hashable]) -> str | None:
        """In what a shape is not like its class, if in anything."""
        name = self.explored.name(state.key)
        if name not in self.explored.futures:
            return "was never visited"
        if self.model.judge.violations(state.locals):
            return "is called safe; its logs contradict each other"
        if self.explored.futures[name] == self.explored.future(following):
            return None
        stood_first = self.explored.representative(name)
        expected = {after.key for after in self.model.following(stood_first.shape)}
        lost, new = len(expected - following), len(following - expected)
        return f"has another future: {lost} classes do not follow, {new} others do"

    def _least_compared(self, names: Sequence[Hashable]) -> int:
        """The place of one of the classes that came up least often so far."""
        least = min(self.classes[name] for name in names)
        return self.random.choice([at for at, n in enumerate(names) if self.classes[n] == least])


def explore_shapes(
    model: ShapeLevel,
    samples: int,
    seed: int = 0,
    limits: Limits | None = None,
    tick: Ticker | None = None,
    search: Callable[[], Report] | None = None,
) -> Report:
    """Explore every class, then listen to the alarm; if it sounds, nothing is concluded.

    ``search``: explores the model in another way, with limits of its own.

    A violation needs no alarm: its path is one of real replicas' steps.
    """
    with no_garbage_collection():
        report = search() if search else explore(model, limits, tick=tick)
        if report.discoveries or report.stopped:
            return report
        return _listened(model, samples, seed, report, tick)


def _listened(
    model: ShapeLevel, samples: int, seed: int, report: Report, tick: Ticker | None
) -> Report:
    begun = perf_counter()
    alarm = Alarm(model, seed)
    if odd := alarm.explored.mismatched:
        why = "has another future where all that is sure to be committed is committed"
        mismatch: Mismatch | None = Mismatch(odd, why)
    else:
        mismatch = alarm.listen(samples, tick)
    facts = {
        LAYERS: alarm.explored.layers,
        "shapes compared by the alarm": alarm.compared,
        "classes among them": len(alarm.classes),
    }
    return replace(
        report,
        stopped=mismatch.describe() if mismatch else None,
        facts={**report.facts, **facts},
        seconds=report.seconds + perf_counter() - begun,
    )
