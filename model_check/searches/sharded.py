"""Breadth-first exploration by several workers: what one process finds, in the same order.

The states of a layer are shared out by their keys. What follows from a worker's share is sent to
those whose it is; of those that find a state, the one that a single process would have found first
counts. So states, transitions, verdict and shortest paths are the same for any number of workers.
"""

import time
from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.exploration.explore import Limits, megabytes_used
from tee_rider.model_check.exploration.model import Always, Model, Path, Sometimes
from tee_rider.model_check.exploration.report import Discovery, Report
from tee_rider.model_check.exploration.tags import INDEX_BITS, LARGEST_INDEX, Tag
from tee_rider.model_check.searches.atlas import Definition, Key
from tee_rider.model_check.searches.crew import Call, Crew, Order
from tee_rider.model_check.searches.foreman import Foreman, StoppedError
from tee_rider.model_check.searches.kept_classes import KeptClasses
from tee_rider.model_check.searches.ledger import Layer, Ledger
from tee_rider.model_check.searches.shard import (
    Batch,
    Expanded,
    Found,
    Make,
    Received,
    split,
)
from tee_rider.model_check.shapes.shape_level import ShapeLevel


def explore_sharded(
    make: Make,
    crew: Crew,
    limits: Limits | None = None,
    until: frozenset[str] = frozenset(),
    tick: Ticker | None = None,
    ledger: Ledger | None = None,
    model: Model[Any, Any] | None = None,
) -> Report:
    """Visit every state as :func:`explore` does, and report the same.

    A ledger with layers in it is continued. Limits are looked at between layers; the limit on
    memory is for all workers together, and each of them looks at its share more often. Paths are
    paths through ``model``, if it is given.

    Source: ours; sharding by fingerprint as in parallel model checkers.

    Raises:
        UsageError: the ledger does not fit the model.
    """
    begun = time.perf_counter()
    ledger = Ledger() if ledger is None else ledger
    search = _Search(make, model or make(), crew, limits or Limits(), until, tick, ledger)
    try:
        stopped = search.run()
    finally:
        crew.dismiss()
    if isinstance(search.model, ShapeLevel):
        search.model.elsewhere = KeptClasses(search.model, ledger)
    reached = dict(sorted(ledger.reached.items(), key=lambda item: (item[1], item[0])))
    return Report(
        model=search.model.name,
        bound=search.model.bound,
        states=ledger.states + search.last[0],
        transitions=ledger.transitions + search.last[1],
        depth=max(0, ledger.depth),
        seconds=time.perf_counter() - begun,
        discoveries=tuple(search.discover(*found) for found in ledger.found.items()),
        reached=reached,
        unreached=tuple(name for name in search.wanted if name not in reached),
        stopped=stopped,
        facts={
            "parts of states": len(ledger.definitions),
            "workers": crew.size,
            "workers lost": search.foreman.lost,
        },
        judges_ends=search.model.judges_ends,
    )


class _Search:
    """Leads the workers through one exploration."""

    def __init__(
        self,
        make: Make,
        model: Model[Any, Any],
        crew: Crew,
        limits: Limits,
        until: frozenset[str],
        tick: Ticker | None,
        ledger: Ledger,
    ) -> None:
        self.model = model
        self.crew = crew
        self.limits = limits
        self.until = until
        self.tick = tick
        self.ledger = ledger
        properties = self.model.properties()
        self.wanted = [asked.name for asked in properties if isinstance(asked, Sometimes)]
        self.last = (0, 0)
        """States and transitions of the layer in which the search ends, before it is complete."""
        share = None if limits.megabytes is None else max(1, limits.megabytes // crew.size)
        order = Order(make, crew.size, until, share)
        self.foreman = Foreman(crew, order, ledger, self._waiting)
        self._positions: list[array[int]] = []
        """Of each worker's states in the newest layer."""

    def run(self) -> str | None:
        """Search layer by layer; why it stopped early, None if all is explored or found."""
        try:
            self._positions = self.foreman.begin()
            while not self._enough(()):
                if stopped := self.limits.exceeded(self.ledger.states):
                    return stopped
                if not self._layer():
                    break
        except StoppedError as stop:
            return str(stop)
        return None

    def discover(self, name: str, code: str) -> Discovery:
        """A violation, judged again at the end of its path."""
        path = Path.replay(self.model, code)
        always = [asked for asked in self.model.properties() if isinstance(asked, Always)]
        for asked in always:
            for violation in asked.violations(path.end):
                if violation.property == name:
                    return Discovery(violation, path)
        raise AssertionError(f"{name} is not violated where a worker found it so: {code}")

    def _layer(self) -> bool:
        """Find and judge the next layer; whether to go on."""
        ledger = self.ledger
        calls = [Call("expand", (positions,)) for positions in self._positions]
        ask, size = self.foreman.ask, self.crew.size
        expanded: list[Expanded] = ask(calls or [Call("begin")] * size)
        if stopped := self._out_of_memory(expanded):
            raise StoppedError(stopped)
        definitions = _numbered(chain.from_iterable(answer.found for answer in expanded))
        sent: list[list[Batch]] = ask([Call("send", (definitions,))] * size)
        received: list[Received] = ask(
            [Call("receive", ([batches[worker] for batches in sent],)) for worker in range(size)]
        )
        found = self._violated(received)
        paths = {name: ledger.path_to(tag) for name, tag in found.items()}
        if self._enough(found):
            self.last = self._up_to(max(found.values()), received, expanded)
            ledger.found.update(paths)
            return False
        if stopped := self._out_of_memory(received):
            ledger.found.update(paths)
            raise StoppedError(stopped)
        transitions = sum(sum(answer.counts) for answer in expanded)
        futures = dict(sorted(chain.from_iterable(one.futures.items() for one in expanded)))
        tags, keys, self._positions = _merged([answer.new for answer in received])
        if not tags:
            self.last = 0, transitions
            ledger.expanded(futures)
            return False
        names = sorted({name for answer in received for name in answer.reached})
        depth = ledger.depth + 1
        ledger.add(
            Layer(
                tags=tags,
                keys=keys,
                definitions=definitions,
                transitions=ledger.transitions + transitions,
                reached={name: depth for name in names if name not in ledger.reached},
                found=paths,
                futures=futures,
            )
        )
        self.foreman.layer_is_complete()
        return True

    def _enough(self, found: Collection[str]) -> bool:
        """Whether enough is violated to end the search."""
        violated = self.ledger.found.keys() | found
        return bool(violated) and self.until <= violated

    def _violated(self, received: Sequence[Received]) -> dict[str, Tag]:
        """What is violated first in this layer, as far as a single process would have gone."""
        violated = sorted(chain.from_iterable(answer.violated for answer in received))
        found: dict[str, Tag] = {}
        for tag, same in groupby(violated, key=itemgetter(0)):
            found |= {name: tag for _, _, name in same if name not in {*found, *self.ledger.found}}
            if found and self._enough(found):
                break
        return found

    def _up_to(
        self, end: Tag, received: Sequence[Received], expanded: Sequence[Expanded]
    ) -> tuple[int, int]:
        """States and transitions of this layer up to the last one looked at."""
        states = sum(tag <= end for answer in received for tag in answer.new.tags)
        if not self.ledger.layers:
            return states, 0
        parent, index = end >> INDEX_BITS, end & LARGEST_INDEX
        transitions = sum(
            count
            for positions, answer in zip(self._positions, expanded, strict=True)
            for position, count in zip(positions, answer.counts, strict=True)
            if position < parent
        )
        return states, transitions + index + 1

    def _out_of_memory(self, answers: Sequence[Expanded | Received]) -> str | None:
        limit = self.limits.megabytes
        used = megabytes_used() + sum(answer.megabytes for answer in answers)
        if limit is None or (used < limit and not any(answer.full for answer in answers)):
            return None
        return (
            f"stopped after {self.ledger.states:,} states, out of memory (limit {limit:,} MB,"
            f" {self.foreman.order.megabytes:,} MB for each of {self.crew.size} workers)"
        )

    def _waiting(self) -> None:
        if self.tick:
            self.tick(f"{self.ledger.states:,} states, depth {max(0, self.ledger.depth)}")


def _numbered(found: Iterable[Found]) -> tuple[Definition, ...]:
    """Each part once, by the first way to it, and in the order in which these ways are found."""
    first: dict[bytes, Definition] = {}
    for _, definition in sorted(found, key=lambda one: (one.tag, one.definition.place)):
        first.setdefault(definition.digest, definition)
    return tuple(first.values())


def _merged(batches: Sequence[Batch]) -> tuple["array[int]", bytes, "list[array[int]]"]:
    """Tags and keys of a layer in order, and the positions of each worker's states in it."""
    shards = len(batches)
    order = sorted(tag * shards + k for k, batch in enumerate(batches) for tag in batch.tags)
    positions = [array("Q") for _ in batches]
    rest = [iter(split(batch.keys, len(batch.tags))) for batch in batches]
    keys: list[Key] = []
    for position, tag_and_worker in enumerate(order):
        worker = tag_and_worker % shards
        positions[worker].append(position)
        keys.append(next(rest[worker]))
    return array("Q", (both // shards for both in order)), b"".join(keys), positions
