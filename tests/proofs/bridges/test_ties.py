"""Lemmas 01 and 05 have no steps: their numbers are compared with those that the reference uses."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tee_rider.model_check.mutation.mutants import quorum_less_one
from tee_rider.proofs_notes.lemma_01_arithmetic import axiom_is_true_of
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration, round_in_wave
from tests.proofs.bridges.coins import coin_runs
from tests.proofs.bridges.executions import executions, simulated, simulations
from tests.proofs.bridges.graph import Graph
from tests.proofs.bridges.runs import Run


@pytest.mark.parametrize("n", [3, 4, 5])
def test_quorums_of_the_reference_are_those_of_lemma_01(n: int) -> None:
    configuration = largest_configuration(n)
    for profile in (TEE_RIDER, HARDENED):
        for quorum in (profile.edge_quorum, profile.commit_quorum):
            assert axiom_is_true_of(n, quorum(configuration))
    assert not axiom_is_true_of(n, quorum_less_one(configuration))


def cores(runs: Iterable[Run]) -> Iterator[tuple[int, int]]:
    """For each wave with a round-4 vertex: how many round-1 vertices all of these reach, and q."""
    for run in runs:
        graph = Graph(run)
        rounds: dict[int, list[str]] = {}
        for vertex, name in graph.name.items():
            rounds.setdefault(vertex.round, []).append(name)
        for wave in range(1, max(rounds, default=0) // WAVE_LENGTH + 1):
            first = set(rounds[round_in_wave(wave, 1)])
            reached = (graph.strong_paths[v] for v in rounds[round_in_wave(wave, WAVE_LENGTH)])
            yield len(first.intersection(*reached)), run.setting.configuration.quorum_size


def test_every_wave_of_the_reference_has_a_common_core() -> None:
    found = list(cores((*executions(), *coin_runs(12))))
    assert len(found) >= 350
    assert [(size, q) for size, q in found if size < q] == []
    assert sum(size == q for size, q in found) >= 100


def test_with_fewer_edges_some_wave_has_none() -> None:
    wrong = replace(TEE_RIDER, edge_quorum=quorum_less_one)
    found = cores(map(simulated, simulations(5, 0, 2, range(1, 4), wrong)))
    assert any(size < q for size, q in found)
