"""Breadth-first exploration of any model: every state within the bound, each judged once."""

import gc
import resource
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.exploration.model import Action, Always, Model, Path, Sometimes, State
from tee_rider.model_check.exploration.report import Discovery, Report
from tee_rider.model_check.exploration.tags import INDEX_BITS, Tag, path_code

CHECK_EVERY = 1 << 8
"""States between two looks at the limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up; None is never."""

    states: int | None = None
    megabytes: int | None = None
    """Of memory that the process ever held at once."""

    def exceeded(self, states: int) -> str | None:
        """Which limit is reached, if any."""
        if self.states is not None and states >= self.states:
            return f"stopped after {states:,} states (limit {self.states:,})"
        if self.megabytes is not None and megabytes_used() >= self.megabytes:
            return f"stopped after {states:,} states, out of memory (limit {self.megabytes:,} MB)"
        return None


def megabytes_used() -> int:
    """The most memory that this process ever held at once, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20


def explore(
    model: Model[State, Action],
    limits: Limits | None = None,
    until: frozenset[str] = frozenset(),
    tick: Ticker | None = None,
) -> Report:
    """Visit every state, nearest first, and judge each; paths to violations are shortest.

    The search ends with the first violation; if ``until`` names properties, it ends when each of
    those is violated, or all is explored.

    Source: ours, in the manner of Stateright's breadth-first checker.
    """
    search = _Search(model, limits or Limits(), until)
    begun = time.perf_counter()
    with no_garbage_collection():
        stopped = search.run(tick)
    return Report(
        model=model.name,
        bound=model.bound,
        states=search.states,
        transitions=search.transitions,
        depth=search.depth,
        seconds=time.perf_counter() - begun,
        discoveries=tuple(search.discoveries.values()),
        reached=search.reached,
        unreached=tuple(wanted.name for wanted in search.wanted),
        stopped=stopped,
        facts=model.facts(),
        judges_ends=model.judges_ends,
    )


class _Search(Generic[State, Action]):
    """What one exploration has seen so far."""

    def __init__(self, model: Model[State, Action], limits: Limits, until: frozenset[str]) -> None:
        properties = model.properties()
        self.model = model
        self.limits = limits
        self.until = until
        self.always = [asked for asked in properties if isinstance(asked, Always)]
        self.wanted = [asked for asked in properties if isinstance(asked, Sometimes)]
        self.layers: list[array[int]] = []
        """The tags of all states of the layers above the one that is being found."""
        self.tags = array("Q")
        """And of that one."""
        self.seen: set[State] = set()
        """All states found; in layers, those of the newest alone."""
        self.states = 0
        self.transitions = 0
        self.discoveries: dict[str, Discovery] = {}
        self.reached: dict[str, int] = {}

    @property
    def depth(self) -> int:
        """Of the layer from which the search goes on."""
        return max(0, len(self.layers) - 1)

    def run(self, tick: Ticker | None) -> str | None:
        """Search layer by layer; returns why it stopped early, None if all is explored or found."""
        layer: list[State] = []
        for tag, state in enumerate(self.model.initial_states()):
            if self._find(state, tag, layer):
                return None
        while layer:
            self._begin_layer()
            following: list[State] = []
            for place, state in enumerate(layer):
                if place % CHECK_EVERY == 0:
                    if stopped := self.limits.exceeded(self.states):
                        return stopped
                    if tick:
                        tick(f"{self.states:,} states, depth {self.depth}")
                if self._expand(state, place, following):
                    return None
            layer = following
        return None

    def _begin_layer(self) -> None:
        self.layers.append(self.tags)
        self.tags = array("Q")
        if self.model.in_layers:
            self.seen = set()

    def _expand(self, state: State, place: int, following: list[State]) -> bool:
        """Find what follows from a state; whether enough is found to end the search."""
        if not self.model.within_bound(state):
            return False
        seen = self.seen
        for tag, (_, successor) in enumerate(self.model.actions(state), place << INDEX_BITS):
            self.transitions += 1
            if successor not in seen and self._find(successor, tag, following):
                return True
        return False

    def _find(self, state: State, tag: Tag, layer: list[State]) -> bool:
        """Keep a state and judge it; whether enough is found to end the search."""
        if state in self.seen:
            return False
        self.seen.add(state)
        layer.append(state)
        self.tags.append(tag)
        self.states += 1
        for asked in self.always:
            for violation in asked.violations(state):
                if violation.property not in self.discoveries:
                    path = Path.replay(self.model, path_code(self.layers, tag))
                    self.discoveries[violation.property] = Discovery(violation, path)
        for wanted in tuple(self.wanted):
            if wanted.reached(state):
                self.reached[wanted.name] = len(self.layers)
                self.wanted.remove(wanted)
        return bool(self.discoveries) and self.until <= self.discoveries.keys()


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """States hold no cycles, and there are millions of them to walk through in vain.

    Afterwards they count as old, which are seldom looked at.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if enabled:
            gc.enable()
