"""Lemma 04 and the reference: every walk back is the proof's loop, every delivery its formula."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from random import Random
from typing import Any

import pytest

from tee_rider.model_check.mutation.mutants import all_leaders, last_leader_only, one_twice
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse
from tee_rider.proofs_notes.lemma_04_walk_back import SYSTEM
from tee_rider.reference.dag import Dag, strong_path
from tee_rider.reference.ordering import walk_back
from tee_rider.reference.profiles import TEE_RIDER, one
from tee_rider.spec.vertex import Vertex
from tests.proofs.bridges.assumptions import judge_assumptions
from tests.proofs.bridges.bridge import Mismatch, TranslatedSystem, cross, cross_all
from tests.proofs.bridges.coins import coin_runs
from tests.proofs.bridges.deliveries import Deliveries
from tests.proofs.bridges.executions import (
    SCENARIOS,
    executions,
    long_executions,
    played,
    simulated,
    simulations,
)
from tests.proofs.bridges.map_04 import WalkMap
from tests.proofs.bridges.runs import Run

WALKS = TranslatedSystem(SYSTEM)
TWO_WAVES_BACK = SCENARIOS["two_waves_back"]
Chain = tuple[tuple[int, Vertex], ...]


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    directed = map(played, SCENARIOS.values())
    total = cross_all(WALKS, WalkMap, chain(directed, long_executions()), every=5)
    print(total)
    assert total.steps >= 20_000
    assert total.steps - total.stutters >= 400
    assert set(total.fired) == set(SYSTEM.transitions)
    assert total.judged >= 200


def test_every_coin_of_the_reference_is_a_walk_of_the_system() -> None:
    total = cross_all(WALKS, WalkMap, coin_runs(310), every=50)
    print(total)
    assert total.steps - total.stutters >= 10_000
    assert min(total.fired.values()) >= 200
    assert total.judged >= 600


def test_one_walk_takes_a_leader_and_passes_over_another() -> None:
    scenario = Scenario(parse(TWO_WAVES_BACK, "two_waves_back"))
    scenario.play()
    assert scenario.failures == []
    run = played(TWO_WAVES_BACK)
    crossing = cross(WALKS, WalkMap(run), run, every=1)
    assert crossing.fired == {"commit": 3, "take": 3, "skip": 3, "finish": 3}


def judge_deliveries(runs: Iterable[Run], when: Callable[[int], bool]) -> int:
    """How often the deliveries were judged: after some of the commits, and at each end."""
    judged = 0
    for run in runs:
        deliveries, commits = Deliveries(WalkMap(run)), 0
        for step in run.steps:
            if deliveries.note(step):
                commits += 1
                if when(commits):
                    deliveries.judge(step.told)
                    judged += 1
        deliveries.judge("the end")
        judged += 1
    return judged


def test_deliveries_are_what_the_formulas_say() -> None:
    assert judge_deliveries(executions(), lambda commits: commits % 4 == 0) >= 250
    assert judge_deliveries(map(played, SCENARIOS.values()), lambda commits: True) >= 20


def test_dags_and_leaders_are_what_lemma_04_assumes() -> None:
    small = chain(simulations(3, 1, 2, range(1, 5)), simulations(4, 1, 1, range(1, 5)))
    runs = chain(map(played, SCENARIOS.values()), map(simulated, small))
    assert sum(judge_assumptions(WalkMap(run)) for run in runs) >= 200


def from_the_top_only(dag: Dag, leaders: tuple[int, ...], decided: int, wave: int) -> Chain:
    """Paths from the top leader only."""
    known = all_leaders(dag, leaders, decided, wave)
    return tuple((w, leader) for w, leader in known if strong_path(dag, known[-1][1], leader))


def newest_first(dag: Dag, leaders: tuple[int, ...], decided: int, wave: int) -> Chain:
    """The right leaders in the wrong order."""
    return tuple(reversed(walk_back(dag, leaders, decided, wave)))


@pytest.mark.parametrize(
    ("rule", "wave", "by_the_formulas"),
    [(last_leader_only, 2, "True"), (all_leaders, 1, "None"), (from_the_top_only, 1, "None")],
)
def test_another_walk_back_is_refused(rule: Any, wave: int, by_the_formulas: str) -> None:
    run = played(TWO_WAVES_BACK.partition("# A9")[0], replace(TEE_RIDER, walk_back=rule))
    with pytest.raises(Mismatch, match="committed is not what follows") as told:
        cross(WALKS, WalkMap(run), run, every=20)
    assert f"('A', {wave}): by the formulas {by_the_formulas}" in str(told.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"walk_back": last_leader_only}, "committed is not what follows"),
        ({"walk_back": all_leaders}, "committed is not what follows"),
        ({"commit_quorum": one}, "commit needs: a quorum supports its leader"),
    ],
)
def test_coins_refuse_the_mutants_too(changes: Any, told: str) -> None:
    with pytest.raises(Mismatch, match=told):
        cross_all(WALKS, WalkMap, coin_runs(40, replace(TEE_RIDER, **changes)), every=50)


def test_a_leader_without_a_quorum_is_refused() -> None:
    profile = replace(TEE_RIDER, commit_quorum=one)
    with pytest.raises(Mismatch, match="commit needs: a quorum supports its leader"):
        cross_all(WALKS, WalkMap, map(simulated, simulations(3, 0, 6, range(1, 4), profile)), 20)


def unordered(random: Random) -> Callable[[tuple[Vertex, ...]], tuple[Vertex, ...]]:
    return lambda history: tuple(random.sample(history, len(history)))


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (unordered(Random(1)), "the order in a batch is a function of the batch"),
        (one_twice, "the order in a batch is an order"),
    ],
)
def test_another_order_of_a_batch_is_refused(rule: Any, broken: str) -> None:
    run = played(TWO_WAVES_BACK.partition("# A9")[0], replace(TEE_RIDER, linearise=rule))
    with pytest.raises(Mismatch, match=f"^the end: {broken}$"):
        judge_deliveries([run], lambda commits: False)


def test_leaders_handed_on_newest_first_are_refused() -> None:
    run = played(TWO_WAVES_BACK.partition("# A9")[0], replace(TEE_RIDER, walk_back=newest_first))
    assert cross(WALKS, WalkMap(run), run, every=20).fired["take"] == 3
    with pytest.raises(Mismatch, match="says what was delivered"):
        judge_deliveries([run], lambda commits: False)


def test_a_dag_with_holes_where_weak_edges_lead_is_refused() -> None:
    def strong_ones_present(dag: Dag, vertex: Vertex) -> bool:
        return all(dag.holds(name) for name in vertex.predecessors[: len(vertex.strong_edges)])

    profile = replace(TEE_RIDER, predecessors_present=strong_ones_present)
    early = SCENARIOS["weak_edge"].partition("| B keeps waiting A4")[0]
    assert judge_assumptions(WalkMap(played(early))) == 6
    with pytest.raises(Mismatch, match=r"the DAG of B: .*the DAG is closed"):
        judge_assumptions(WalkMap(played(early, profile)))
