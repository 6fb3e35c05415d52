"""The shape level as a model: a state is a class of shapes, and one of them stands for it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial, reduce
from itertools import combinations, product
from random import Random
from typing import NamedTuple, TypeAlias, cast

from tee_rider.model_check.exploration.model import Always, Model, Property
from tee_rider.model_check.scenarios.narrate import edges_of, narrate
from tee_rider.model_check.shapes.behind import ENOUGH, lack, least_first, together
from tee_rider.model_check.shapes.choices import Choices
from tee_rider.model_check.shapes.explored import Explored
from tee_rider.model_check.shapes.keys import Key, LocalKey, Past
from tee_rider.model_check.shapes.late import supporters
from tee_rider.model_check.shapes.local_steps import Rows
from tee_rider.model_check.shapes.milestones import Milestones
from tee_rider.model_check.shapes.order_judge import OrderJudge
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import (
    EMPTY,
    Choice,
    Reach,
    Shape,
    marked,
    newest,
)
from tee_rider.model_check.shapes.shape_class import APART, Kind, ShapeClass
from tee_rider.spec.configuration import wave_of
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import Mask, replica_name
from tee_rider.spec.vertex import Vertex

Outcomes: TypeAlias = Mapping[tuple[LocalKey, Mask], Sequence[Choice]]
"""What one replica may do, by what is remembered of it, and by which supporters it holds."""

LAYERS = "layers of the deepest shape"


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
        self.choices = Choices(scope, key.told_apart)
        self.judge = OrderJudge(scope)
        self.successors: dict[Hashable, frozenset[Hashable]] = {}
        """For each class that was expanded the classes that follow."""
        self.expanded: dict[Hashable, ShapeClass] = {}
        """For each of them what stood for it first."""
        self.mismatched: Shape | None = None
        """A shape with another future than one of its class and of another kind."""
        self.elsewhere: Explored | None = None
        """What other processes have found out, if they explored it."""
        self.combinations = 0
        self.layers = 0
        """How many layers the deepest shape expanded has."""
        self.milestones = Milestones(scope)

    def initial_states(self) -> Sequence[ShapeClass]:
        """Everybody has created a vertex of round 1, and one of them leads."""
        past = self._past(EMPTY, EMPTY.rows, EMPTY.reach)
        first = [{self._local(past, choice): [choice]} for choice in self.choices.first()]
        return self._combined(EMPTY, past, first)

    def actions(self, state: ShapeClass) -> Sequence[tuple[Layer, ShapeClass]]:
        """Every class that may follow, once."""
        following = self.following(state.shape)
        self.layers = max(self.layers, state.round)
        keys = frozenset(after.key for after in following)
        self.expanded.setdefault(state.key, state)
        if self.successors.setdefault(state.key, keys) != keys:
            self.mismatched = self.mismatched or state.shape
        return [(_layer(after), after) for after in following]

    def following(
        self, shape: Shape, random: Random | None = None, told_apart: bool = False
    ) -> list[ShapeClass]:
        """The classes that may follow a shape; with ``random``, each by a shape drawn at random.

        ``told_apart``: sets of edges that are alike do not stand for each other.
        """
        past = self._past(shape, shape.rows, shape.reach)
        found = [self.choices.after(shape, i, random, told_apart) for i in range(self.scope.n)]
        outcomes = []
        for replica, choices in enumerate(found):
            known: dict[tuple[LocalKey, Mask], list[Choice]] = {}
            for choice in least_first(past, choices):
                self.milestones.note(shape, replica, choice)
                known.setdefault(self._local(past, choice), []).append(choice)
            if random is not None:
                drawn = [(key, [random.choice(alike)]) for key, alike in known.items()]
                known = dict(random.sample(drawn, len(drawn)))
            outcomes.append(known)
        classes = self._combined(shape, past, outcomes)
        if apart := self._apart(found):
            leader = 0 if self.scope.begins_wave(shape.round + 1) else None
            classes.append(ShapeClass(APART, shape, apart, leader))
        return classes

    def _apart(self, found: Sequence[Sequence[Choice]]) -> Sequence[Choice] | None:
        """Choices of two correct replicas that contradict each other, of whatever classes."""
        logs = [
            {(c.local.leaders, c.local.vertices): c for c in choices if c.local}
            for choices in found[: len(self.scope.correct)]
        ]
        for i, j in combinations(self.scope.correct, 2):
            for one, other in product(logs[i].values(), logs[j].values()):
                if one.local and other.local and self.judge.violations((one.local, other.local)):
                    row = [choices[0] for choices in found]
                    row[i], row[j] = one, other
                    return row
        return None

    def random_start(self, random: Random) -> tuple["ShapeLevel", ShapeClass]:
        """Where a walk at random may begin, and the model to walk through."""
        return self.walker, random.choice(self.walker.initial_states())

    @cached_property
    def walker(self) -> "ShapeLevel":
        """The same model, not explored."""
        return ShapeLevel(self.scope, self.key)

    def random_layer(self, shape: Shape, random: Random) -> Shape:
        """A layer more, drawn at random."""
        row = [self.choices.drawn(shape, replica, random) for replica in range(self.scope.n)]
        begins = self.scope.begins_wave(shape.round + 1)
        return shape.extended(row, random.randrange(self.scope.n) if begins else None)

    def of(self, shape: Shape) -> ShapeClass:
        """The class of a shape."""
        choices = newest(shape)
        past = self._past(shape, shape.rows[:-1], shape.reach[:-1])
        local = [self._local(past, choice) for choice in choices]
        lacking = reduce(partial(together, self.scope), [held for _, held in local])
        kind = self._kind(past, [key for key, _ in local], lacking)
        return ShapeClass(kind, shape, choices, None, shape)

    def _combined(self, shape: Shape, past: Past, outcomes: Sequence[Outcomes]) -> list[ShapeClass]:
        """All replicas' outcomes combined, as far as classes tell them apart."""
        correct = len(self.scope.correct)
        rows: dict[tuple[tuple[LocalKey, ...], Mask], tuple[Choice, ...]] = {((), 0): ()}
        for replica, known in enumerate(outcomes):
            longer: dict[tuple[tuple[LocalKey, ...], Mask], tuple[Choice, ...]] = {}
            fixed = correct if replica >= correct else 0
            for (keys, lacking), choices in rows.items():
                for (key, held), found in known.items():
                    row = *keys[:fixed], *self.key.unnamed((*keys[fixed:], key))
                    of_all = row, together(self.scope, lacking, held)
                    if of_all not in longer:
                        longer[of_all] = (*choices, found[0])
            rows = longer
        self.combinations += len(rows)
        begins = self.scope.begins_wave(shape.round + 1)
        classes: dict[Kind, ShapeClass] = {}
        for (keys, lacking), choices in rows.items():
            if not begins:
                kind = self._kind(past, keys, lacking)
                if kind not in classes:
                    classes[kind] = ShapeClass(kind, shape, choices, None)
                continue
            for leader in range(self.scope.n):
                kind = self._kind_with_leader(past, choices, leader, lacking)
                if kind not in classes:
                    classes[kind] = ShapeClass(kind, shape, choices, leader)
        return list(classes.values())

    def _kind_with_leader(
        self, past: Past, choices: Sequence[Choice], leader: int, lacking: Mask
    ) -> Kind:
        leaders = (*past.leaders, leader)
        choices = marked(choices, leader, len(leaders))
        leader_reach = (*past.leader_reach, choices[leader].reach)
        past = past._replace(leaders=leaders, leader_reach=leader_reach)
        return self._kind(past, [self.key.local(past, choice) for choice in choices], lacking)

    def _kind(self, past: Past, keys: Sequence[LocalKey], lacking: Mask) -> Kind:
        n_correct = len(self.scope.correct)
        correct, faulty = keys[:n_correct], keys[n_correct:]
        whole = self.key.whole(past, correct, faulty)
        return Kind(whole, self.key.to_walk(past, correct), behind=lacking != ENOUGH)

    def _local(self, past: Past, choice: Choice) -> tuple[LocalKey, Mask]:
        """What is remembered of a replica, and which supporters it holds if it lacks others."""
        return self.key.local(past, choice), lack(self.scope, past, choice.local)

    def _past(self, shape: Shape, rows: Rows, below: Sequence[Sequence[Reach]]) -> Past:
        older: set[int] = set()
        if self.scope.views:
            older.update(reach.full for row in below for reach in row)
        late = supporters(self.scope, below)
        over = self.scope.over(len(rows) + 1)
        return Past(rows, shape.leaders, shape.leader_reach, tuple(sorted(older)), late, over)

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
            LAYERS: self.layers,
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
