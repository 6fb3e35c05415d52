"""Lemma 09 and the reference: who holds a vertex hands it on, and leaders deliver it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import pytest

from tee_rider.model_check.mutation.mutants import quorum_less_one
from tee_rider.proofs_notes.lemma_09_validity import SYSTEM
from tee_rider.reference.dag import Dag
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.vertex_creation import set_weak_edges
from tests.proofs.bridges.bridge import Crossing, Mismatch, TranslatedSystem, cross
from tests.proofs.bridges.executions import SCENARIOS, executions, played, simulated, simulations
from tests.proofs.bridges.graph import Graph
from tests.proofs.bridges.map_09 import TargetMap, targets
from tests.proofs.bridges.runs import Run

HISTORIES = TranslatedSystem(SYSTEM)
WEAK_EDGE = SCENARIOS["weak_edge"]


@dataclass
class Followed:
    """What came of following targets through runs."""

    crossing: Crossing = field(default_factory=Crossing)
    delivered: int = 0
    """Targets of which the lemma says something: a leader was committed above the settled round."""
    late: int = 0
    """Those among them that some correct replica did not hold in time for its next vertex."""


def follow(runs: Iterable[Run], most: int, every: int) -> Followed:
    found = Followed()
    for run in runs:
        graph = Graph(run)
        for target in targets(graph)[:most]:
            map_ = TargetMap(run, graph, target)
            found.crossing += cross(HISTORIES, map_, run, every)
            delivered = any(round_ > map_.settled for round_, _ in map_.committed)
            found.delivered += delivered
            found.late += delivered and map_.settled > map_.target[0] + 1
    return found


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    more = map(simulated, simulations(4, 1, 3, range(5, 7)))
    found = follow(chain(executions(), more), most=2, every=50)
    print(found)
    assert found.crossing.steps - found.crossing.stutters >= 10_000
    assert set(found.crossing.fired) == set(SYSTEM.transitions)
    assert min(found.crossing.fired.values()) >= 400
    assert found.delivered >= 150
    assert found.late >= 20


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_invariants_hold_after_every_step_of_a_scenario(scenario: str) -> None:
    crossing = follow([played(SCENARIOS[scenario])], most=8, every=1).crossing
    assert crossing.judged > crossing.steps - crossing.stutters > 0


def newest_weak_edge_only(dag: Dag, *given: Any) -> Any:
    return set_weak_edges(dag, *given)[:1]


MUTANTS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no weak edges": ({"weak_edges": None}, "reaches is not what follows"),
    "one weak edge at most": ({"weak_edges": newest_weak_edge_only}, "reaches is not what follows"),
    "q - 1 edges": ({"edge_quorum": quorum_less_one}, "create needs: Q of its sort"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_refused(mutant: str) -> None:
    changes, told = MUTANTS[mutant]
    wrong = replace(TEE_RIDER, **changes)
    directed = [] if "q - 1" in mutant else [played(WEAK_EDGE, wrong)]
    runs = chain(directed, map(simulated, simulations(5, 0, 2, range(1, 4), wrong)))
    with pytest.raises(Mismatch, match=told):
        follow(runs, most=10, every=50)
