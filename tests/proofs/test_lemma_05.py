"""Lemma 05: a common core for all n; not fixed when the coin shows; fixed by the repaired rule."""

from collections import Counter

import pytest

from tee_rider.proofs_notes import lemma_05_common_core
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_05_game import (
    WITNESS_AT_SEVEN,
    Dag,
    Game,
    complete,
    find_prefix,
    reaches,
    replay,
    witness,
)
from tee_rider.spec.configuration import largest_configuration

F1_AT_FIVE: Dag = {
    (2, 0): frozenset({0, 1, 4}),
    (2, 1): frozenset({0, 1, 3}),
    (2, 2): frozenset({0, 1, 2}),
    (2, 3): frozenset({0, 1, 2}),
    (2, 4): frozenset({0, 1, 3}),
    (3, 0): frozenset({0, 2, 3}),
    (3, 1): frozenset({0, 1, 4}),
    (3, 2): frozenset({1, 2, 4}),
    **{(4, a): frozenset({0, 1, 2}) for a in (1, 2, 4)},
}
CORE, LIMIT = 70, 33
"""How many results the first two parts of the lemma have; the rest are the game's."""
FIVE = Game(largest_configuration(5), faithful=3)


@pytest.fixture(scope="module")
def core(every: tuple[Result, ...]) -> list[Result]:
    return list(every[:CORE])


@pytest.fixture(scope="module")
def limit(every: tuple[Result, ...]) -> list[Result]:
    return list(every[CORE : CORE + LIMIT])


@pytest.fixture(scope="module")
def game(every: tuple[Result, ...]) -> list[Result]:
    return list(every[CORE + LIMIT :])


def kinds(results: list[Result]) -> list[int]:
    assert [r.obligation for r in results if not r.holds] == []
    count = Counter(r.kind for r in results)
    return [count[kind] for kind in Kind]


def test_the_core_exists(core: list[Result]) -> None:
    assert kinds(core) == [11, 10, 11, 38]
    scopes = {r.scope for r in core if r.kind is Kind.PROVED}
    assert scopes == {"all n", "n = 3", "n = 4", "n = 5", "n = 6", "n = 3 to 14"}


def test_each_round_needs_its_edges(core: list[Result]) -> None:
    broken = Counter(r.obligation for r in core if r.detail.startswith("breaks: n = "))
    assert broken == {
        "without round-2 edges": 4,
        "without round-3 edges": 4,
        "without round-4 edges": 4,
        "without round 4 is not empty": 4,
    }


def test_a_table_with_a_row_too_short_has_no_full_column(monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = type("Smaller", (), {"quorum_size": 2})
    monkeypatch.setattr(lemma_05_common_core, "largest_configuration", lambda n: smaller)
    assert not lemma_05_common_core.no_table_without_a_full_column(4)


def test_the_limit_and_the_repair_hold(limit: list[Result]) -> None:
    assert kinds(limit) == [4, 4, 5, 20]
    refuted = {r.obligation for r in limit if r.kind is Kind.REFUTED}
    assert "mutant: votes count once, when some q vertices are held" in refuted
    assert "mutant: the coin shows with q signed round-4 vertices" in refuted


def test_the_largest_losses(game: list[Result]) -> None:
    assert kinds(game) == [4, 6, 2, 8]
    assert [r.obligation for r in game if r.kind is Kind.PROVED] == [
        "n = 3: no more than 1 leaders can be starved",
        "n = 4: no more than 1 leaders can be starved",
        "n = 5: no more than 3 leaders can be starved",
        "n = 5, all referencing their own vertex: no more than 2 leaders can be starved",
    ]
    refuted = [r for r in game if r.kind is Kind.REFUTED]
    assert [r.scope for r in refuted] == ["n = 5", "n = 7"]
    assert all(r.detail.count("misses it") == loss for r, loss in zip(refuted, (3, 5), strict=True))


def test_two_leaders_cannot_be_starved_at_three() -> None:
    assert find_prefix(Game(largest_configuration(3)), 2) is None


@pytest.mark.parametrize("n, prefix, starved", [(5, F1_AT_FIVE, 3), (7, WITNESS_AT_SEVEN, 5)])
def test_known_prefixes_starve_leaders_by_path_search_alone(
    n: int, prefix: Dag, starved: int
) -> None:
    configuration = largest_configuration(n)
    game = Game(configuration, faithful=n - configuration.f)
    count, _ = replay(game, prefix)
    assert count == starved
    for leader in range(n):
        dag = complete(game, prefix, leader)
        assert prefix.items() <= dag.items()
        assert all(len(parents) >= configuration.quorum_size for parents in dag.values())


def test_every_replay_counts_votes_of_a_real_dag() -> None:
    dag = complete(FIVE, F1_AT_FIVE, 2)
    votes = [a for a in range(5) if (4, a) in dag and reaches(dag, 4, a, 2)]
    assert votes == [1, 2, 4]
    assert [a for a in range(5) if (4, a) in dag and a not in votes] == [3]


def test_a_replay_refuses_a_prefix_that_breaks_the_rules() -> None:
    short = {**F1_AT_FIVE, (3, 0): frozenset({0, 2})}
    assert replay(FIVE, short) == (0, "A3 is not a valid vertex")
    without_own = {**F1_AT_FIVE, (3, 0): frozenset({2, 3, 4})}
    assert replay(FIVE, without_own) == (0, "A3 is not a valid vertex")
    early = {slot: edges for slot, edges in F1_AT_FIVE.items() if slot != (4, 4)}
    assert replay(FIVE, early) == (0, "too few signed round-4 vertices for the coin")


def test_a_witness_that_starves_fewer_fails() -> None:
    (result,) = witness(5, 4, F1_AT_FIVE).check("05")
    assert not result.holds
