"""What is asked of the shape level: correct replicas commit and deliver in one order."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import cast

from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.agreement import Agreement
from tee_rider.spec.properties.total_order import TotalOrder


class OrderJudge:
    """Compares by content what replicas committed and delivered.

    The comparison is quick and says yes or no; where it says no, the specification says why.
    """

    def __init__(self, scope: ShapeScope) -> None:
        """Nothing is compared yet."""
        faulty = frozenset(range(len(scope.correct), scope.n))
        weak_edges = scope.setting.profile.weak_edges is not None
        self.premises = Premises(scope.setting.configuration, faulty, weak_edges)

    def violations(self, locals_: Sequence[Local]) -> tuple[Violation, ...]:
        """What contradicts one common order, if anything does."""
        for replica, local in enumerate(locals_):
            waves = [commit.wave for commit in local.commits]
            if any(later <= earlier for earlier, later in pairwise(waves)):
                return (self._out_of_order(replica, waves),)
        if all(one_order(one, other) for one, other in combinations(locals_, 2)):
            return ()
        return self._contradictions(locals_)

    def _contradictions(self, locals_: Sequence[Local]) -> tuple[Violation, ...]:
        events = [
            replace(event, replica=replica, seq=seq)
            for replica, local in enumerate(locals_)
            for seq, event in enumerate((*local.commits, *local.delivered), start=1)
        ]
        found: list[Violation] = []
        for kind in (Agreement, TotalOrder):
            prop = kind(self.premises)
            violations = (prop.observe(cast(AnyEvent, event)) for event in events)
            found += [violation for violation in violations if violation][:1]
        assert found, "the quick comparison finds what the specification does not"
        return tuple(found)

    def _out_of_order(self, replica: int, waves: Sequence[int]) -> Violation:
        return Violation(
            property="agreement",
            source="DAG-Rider, the argument for total order: leaders in the order of waves",
            witness=(),
            explanation=(
                f"{replica_name(replica)} committed the leaders of the waves"
                f" {', '.join(map(str, waves))}, in this order.\n"
                "Leaders are committed in the order of their waves."
            ),
        )


def one_order(one: Local, other: Local) -> bool:
    """Whether of two replicas' logs, of leaders and of vertices, one begins like the other."""
    leaders = min(len(one.leaders), len(other.leaders))
    vertices = min(len(one.vertices), len(other.vertices))
    return (
        one.leaders[:leaders] == other.leaders[:leaders]
        and one.vertices[:vertices] == other.vertices[:vertices]
    )
