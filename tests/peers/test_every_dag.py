"""The peers' question to every DAG of one wave: nothing left out, and wrong quorums are noticed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.peers.every_dag import EveryDag, ruled_by
from tee_rider.reference.profiles import TEE_RIDER

LAYERS = 27
"""Layers above a layer: each of three replicas holds its own vertex and one other, or both."""
Edges = tuple[tuple[frozenset[int], ...], ...]
Seen = tuple[tuple[int, ...], ...]


def test_no_dag_violates_the_key_lemma() -> None:
    answer = EveryDag(TEE_RIDER).judge()
    assert answer.dags == LAYERS**3
    assert answer.commits == 58_968, "of 3 leaders in each DAG"
    assert answer.asked == 9 * answer.commits, "3 replicas, 3 sets of edges"
    assert answer.violation is None
    assert answer.exit_code == ExitCode.HOLDS


@pytest.mark.parametrize("name", ["commit with q-1", "edges q-1", "commit without quorum"])
def test_a_quorum_less_one_violates_it(name: str) -> None:
    answer = EveryDag(find(name).rules.profile).judge()
    assert answer.exit_code == ExitCode.VIOLATED
    assert "has enough supporters" in str(answer.violation)


def test_the_mutant_of_the_peers_violates_it() -> None:
    """One vertex is a quorum: whoever goes alone reaches nobody else."""
    answer = EveryDag(ruled_by(1)).judge()
    assert str(answer.violation).endswith("B1 has enough supporters, A5 on A does not reach it")


def test_where_nothing_is_committed_nothing_is_concluded() -> None:
    never = replace(TEE_RIDER, commit_quorum=lambda configuration: configuration.n + 1)
    assert EveryDag(never).judge().exit_code == ExitCode.INCONCLUSIVE


def test_the_peers_come_to_all_of_these_layers_and_no_others() -> None:
    """The peers' model in a few lines, to two rounds: what its states leave once all is made."""
    made = {edges for edges, _ in reachable(2) if all(len(of) == 2 for of in edges)}
    options = [[{i, j} for j in range(3) if j != i] + [{0, 1, 2}] for i in range(3)]
    assert {tuple(of[1] for of in edges) for edges in made} == {
        tuple(map(frozenset, layer)) for layer in product(*options)
    }
    assert len(made) == LAYERS


def reachable(rounds: int) -> set[tuple[Edges, Seen]]:
    """All states: for each replica the edges of its vertices, and how many it holds of whom."""
    start: tuple[Edges, Seen] = (((),) * 3, ((0,) * 3,) * 3)
    known, stack = {start}, [start]
    while stack:
        for state in following(*stack.pop(), rounds):
            if state not in known:
                known.add(state)
                stack.append(state)
    return known


def following(edges: Edges, seen: Seen, rounds: int) -> Iterator[tuple[Edges, Seen]]:
    for p in range(3):
        made = len(edges[p])
        held = frozenset(q for q in range(3) if made and seen[p][q] >= made)
        if made < rounds and (made == 0 or len(held) >= 2):
            yield (
                changed(edges, p, (*edges[p], held)),
                changed(seen, p, changed(seen[p], p, made + 1)),
            )
        for q in range(3):
            k = seen[p][q]
            if p != q and k < len(edges[q]) and all(seen[p][x] >= k for x in edges[q][k]):
                yield edges, changed(seen, p, changed(seen[p], q, k + 1))


def changed(values, at, value):
    return (*values[:at], value, *values[at + 1 :])
