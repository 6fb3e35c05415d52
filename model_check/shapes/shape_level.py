"""The shape level as a model: a state is a class of shapes, and one of them stands for it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from random import Random
from typing import NamedTuple, cast

from tee_rider.model_check.exploration.model import Always, Model, Property
from tee_rider.model_check.scenarios.narrate import edges_of, narrate
from tee_rider.model_check.shapes.choices import Choices
from tee_rider.model_check.shapes.keys import Key, LocalKey, Past
from tee_rider.model_check.shapes.local_steps import Local, Rows
from tee_rider.model_check.shapes.milestones import Milestones
from tee_rider.model_check.shapes.order_judge import OrderJudge
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import (
    EMPTY,
    Choice,
    Reach,
    Shape,
    begins_wave,
    marked,
    newest,
)
from tee_rider.spec.configuration import wave_of
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex


class ShapeClass:
    """A class of shapes, known by its key; the shape that stands for it is built when needed."""

    __slots__ = ("_parent", "_shape", "choices", "key", "leader", "locals", "round")

    def __init__(
        self,
        key: Hashable,
        parent: Shape,
        choices: Sequence[Choice],
        leader: int | None,
        shape: Shape | None = None,
    ) -> None:
        """What follows from the parent with these choices; or the given shape."""
        self.key = key
        self.locals: tuple[Local, ...] = tuple(c.local for c in choices if c.local is not None)
        self.round = parent.round + 1 if shape is None else shape.round
        self._parent = parent
        self.choices = tuple(choices)
        self.leader = leader
        self._shape = shape

    @property
    def shape(self) -> Shape:
        """The shape that stands for the class."""
        if self._shape is None:
            self._shape = self._parent.extended(self.choices, self.leader)
        return self._shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShapeClass) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Layer(NamedTuple):
    """An action: everybody creates a vertex; where a wave begins, one of them leads it."""

    vertices: tuple[Vertex, ...]
    leader: int | None


class ShapeLevel(Model[ShapeClass, Layer]):
    """TEE-Rider over the real steps of its replicas, layer by layer."""

    def __init__(self, scope: ShapeScope, key: Key) -> None:
        """Nothing is found yet."""
        self.scope = scope
        self.key = key
        self.name = f"shape level, {key.name}"
        self.bound = scope.describe()
        if scope.waves is not None:
            waves = "1 wave" if scope.waves == 1 else f"{scope.waves} waves"
            self.bound = f"{waves}, {self.bound}"
        self.choices = Choices(scope)
        self.judge = OrderJudge(scope)
        self.successors: dict[Hashable, frozenset[Hashable]] = {}
        """For each class that was expanded the classes that follow."""
        self.combinations = 0
        self.layers = 0
        """How many layers the deepest shape expanded has."""
        self.milestones = Milestones(scope)

    def initial_states(self) -> Sequence[ShapeClass]:
        """Everybody has created a vertex of round 1, and one of them leads."""
        first = [{self.key.local((), choice): [choice]} for choice in self.choices.first()]
        return list(self._combined(EMPTY, first).values())

    def actions(self, state: ShapeClass) -> Sequence[tuple[Layer, ShapeClass]]:
        """Every class that may follow, once."""
        following = self.following(state.shape)
        self.layers = max(self.layers, state.round)
        self.successors[state.key] = frozenset(following)
        return [(_layer(after), after) for after in following.values()]

    def following(
        self, shape: Shape, random: Random | None = None
    ) -> Mapping[Hashable, ShapeClass]:
        """The classes that may follow a shape; with ``random``, each by a shape drawn at random."""
        outcomes = []
        for replica in range(self.scope.n):
            known: dict[LocalKey, list[Choice]] = {}
            for choice in self.choices.after(shape, replica, random):
                self.milestones.note(shape, replica, choice)
                known.setdefault(self.key.local(shape.leaders, choice), []).append(choice)
            if random is not None:
                drawn = [(key, [random.choice(found)]) for key, found in known.items()]
                known = dict(random.sample(drawn, len(drawn)))
            outcomes.append(known)
        return self._combined(shape, outcomes)

    def random_start(self, random: Random) -> tuple["ShapeLevel", ShapeClass]:
        """Where a walk at random may begin, and the model to walk through."""
        return self.walker, random.choice(self.walker.initial_states())

    @cached_property
    def walker(self) -> "ShapeLevel":
        """The same model, not explored."""
        return ShapeLevel(self.scope, self.key)

    def random_layer(self, shape: Shape, random: Random) -> Shape:
        """A layer more, drawn at random."""
        row = [random.choice(self.choices.after(shape, i, random)) for i in range(self.scope.n)]
        begins = begins_wave(shape.round + 1)
        return shape.extended(row, random.randrange(self.scope.n) if begins else None)

    def of(self, shape: Shape) -> ShapeClass:
        """The class of a shape."""
        choices = newest(shape)
        correct = len(shape.locals)
        keys = [self.key.local(shape.leaders, choice) for choice in choices]
        past = self._past(shape, shape.rows[:-1], shape.reach[:-1])
        whole = self.key.whole(past, keys[:correct], keys[correct:])
        return ShapeClass(whole, shape, choices, None, shape)

    def _combined(
        self, shape: Shape, outcomes: Sequence[Mapping[LocalKey, Sequence[Choice]]]
    ) -> dict[Hashable, ShapeClass]:
        """All replicas' outcomes combined, as far as classes tell them apart."""
        correct = len(self.scope.correct)
        partial: dict[tuple[LocalKey, ...], tuple[Choice, ...]] = {(): ()}
        for replica, known in enumerate(outcomes):
            longer: dict[tuple[LocalKey, ...], tuple[Choice, ...]] = {}
            fixed = correct if replica >= correct else 0
            for keys, choices in partial.items():
                for key, found in known.items():
                    together = *keys[:fixed], *self.key.unnamed((*keys[fixed:], key))
                    if together not in longer:
                        longer[together] = (*choices, found[0])
            partial = longer
        self.combinations += len(partial)
        wave = wave_of(shape.round + 1)
        begins = begins_wave(shape.round + 1) and wave <= (self.scope.waves or wave)
        past = self._past(shape, shape.rows, shape.reach)
        classes: dict[Hashable, ShapeClass] = {}
        for keys, choices in partial.items():
            if not begins:
                whole = self.key.whole(past, keys[:correct], keys[correct:])
                if whole not in classes:
                    classes[whole] = ShapeClass(whole, shape, choices, None)
                continue
            for leader in range(self.scope.n):
                whole = self._key_with_leader(past, choices, leader)
                if whole not in classes:
                    classes[whole] = ShapeClass(whole, shape, choices, leader)
        return classes

    def _key_with_leader(self, past: Past, choices: Sequence[Choice], leader: int) -> Hashable:
        leaders = (*past.leaders, leader)
        choices = marked(choices, leader, len(leaders))
        keys = [self.key.local(leaders, choice) for choice in choices]
        correct = len(self.scope.correct)
        leader_reach = (*past.leader_reach, choices[leader].reach)
        past = past._replace(leaders=leaders, leader_reach=leader_reach)
        return self.key.whole(past, keys[:correct], keys[correct:])

    def _past(self, shape: Shape, rows: Rows, below: Sequence[Sequence[Reach]]) -> Past:
        older: set[int] = set()
        if self.scope.views:
            older.update(reach.full for row in below for reach in row)
        return Past(rows, shape.leaders, shape.leader_reach, tuple(sorted(older)))

    def within_bound(self, state: ShapeClass) -> bool:
        """Whether a layer more is within the waves to be played."""
        return self.scope.last_round is None or state.round < self.scope.last_round

    def properties(self) -> Sequence[Property[ShapeClass]]:
        """One order of leaders and of vertices; and that there was something to order."""
        return [
            Always("one order", lambda state: self.judge.violations(state.locals)),
            *self.milestones.wanted(),
        ]

    def facts(self) -> Mapping[str, int]:
        """How much was tried to find the classes."""
        return {
            "combinations": self.combinations,
            "reference steps": self.choices.steps.taken,
            "layers until nothing new follows": self.layers,
        }

    def format_state(self, state: ShapeClass) -> Sequence[str]:
        """How far the shape goes, and who leads its newest wave."""
        leader = replica_name(state.shape.leaders[-1])
        wave = wave_of(state.round)
        return [f"round {state.round} is complete; {leader} leads wave {wave}"]

    def format_action(self, before: ShapeClass, action: Layer, after: ShapeClass) -> Sequence[str]:
        """The layer's vertices with their edges, and what the replicas did when they made them."""
        row = after.shape.rows[-1]
        text = [", ".join(f"{vertex.name} on {edges_of(vertex)}" for vertex in row)]
        for replica, (was, now) in enumerate(zip(before.locals, after.locals, strict=True)):
            events = now.commits[len(was.commits) :] + now.delivered[len(was.delivered) :]
            text += narrate(cast(AnyEvent, replace(event, replica=replica)) for event in events)
        if action.leader is not None:
            text.append(f"{replica_name(action.leader)} leads wave {wave_of(after.round)}")
        return text


def _layer(after: ShapeClass) -> Layer:
    return Layer(tuple(choice.vertex for choice in after.choices), after.leader)
