"""What must happen at the shape level, or nothing was there to be ordered."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tee_rider.model_check.exploration.model import Sometimes
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape import Choice, Shape

DIRECTLY = "a leader is committed directly"
ON_ARRIVAL = "a leader is committed directly when a supporter arrives after the coin"
BY_WALKING_BACK = "a leader is committed by walking back"
PASSED_BY = "a wave ends and its leader is not committed"
WEAK_EDGE = "a correct replica's vertex has a weak edge"
WEAK_EDGE_OF_FAULTY = "a faulty replica's vertex has a weak edge"
NO_OWN_EDGE = "a faulty replica's vertex has no edge to its own predecessor"


class Milestones:
    """Notes what replicas may do; each choice is looked at, whatever class it falls into."""

    def __init__(self, scope: ShapeScope) -> None:
        """Nothing has happened."""
        self.scope = scope
        self.seen: set[str] = set()

    def wanted(self) -> Sequence[Sometimes[Any]]:
        """What has to be seen within the bound."""
        scope = self.scope
        weak = scope.views and scope.setting.profile.weak_edges is not None
        names = {
            DIRECTLY: True,
            ON_ARRIVAL: scope.again,
            BY_WALKING_BACK: scope.waves is None or scope.waves > 1,
            PASSED_BY: True,
            WEAK_EDGE: weak,
            WEAK_EDGE_OF_FAULTY: weak and scope.faulty > 0,
            NO_OWN_EDGE: scope.faulty > 0 and not scope.setting.profile.self_edge_required,
        }
        return [Sometimes(name, partial(self._reached, name)) for name, due in names.items() if due]

    def note(self, shape: Shape, replica: int, choice: Choice) -> None:
        """Look at what a replica may do after a shape."""
        vertex = choice.vertex
        if choice.local is None:
            if vertex.weak_edges:
                self.seen.add(WEAK_EDGE_OF_FAULTY)
            if all(edge.source != replica for edge in vertex.strong_edges):
                self.seen.add(NO_OWN_EDGE)
            return
        if vertex.weak_edges:
            self.seen.add(WEAK_EDGE)
        new = choice.local.commits[len(shape.locals[replica].commits) :]
        coins = len(shape.locals[replica].state.ordering.leaders)
        for commit in new:
            self.seen.add(DIRECTLY if commit.direct else BY_WALKING_BACK)
            if commit.direct and commit.wave <= coins:
                self.seen.add(ON_ARRIVAL)
        if len(choice.local.state.ordering.leaders) > coins and not new:
            self.seen.add(PASSED_BY)

    def _reached(self, name: str, _: object) -> bool:
        return name in self.seen
