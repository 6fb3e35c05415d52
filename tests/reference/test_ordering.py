"""The commit rule on DAGs drawn by hand: rows of edge sets, one string a round."""

from dataclasses import replace

import pytest

from tee_rider.reference.dag import Dag, insert_vertex
from tee_rider.reference.ordering import Ordering, wave_ready
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import ADeliver, CommitLeader
from tee_rider.spec.identifiers import replica_number
from tee_rider.spec.vertex import StrongEdge, make_vertex

SETTING = Setting(largest_configuration(3), TEE_RIDER)
ALL = "ABC ABC ABC"


def draw(*rows: str) -> Dag:
    """One row a round from round 2 on: the strong edges of A, B and C; '-' is no vertex."""
    dag = Dag()
    for round_, row in enumerate(("* * *", *rows), start=1):
        for source, edges in enumerate(row.split()):
            if edges == "-":
                continue
            below = {v.source: v.digest for v in dag.round_vertices(round_ - 1)}
            chosen = [] if edges == "*" else [replica_number(letter) for letter in edges]
            strong = tuple(StrongEdge(i, below[i]) for i in chosen)
            vertex = make_vertex(round_, source, strong)
            dag = insert_vertex(SETTING.configuration, dag, vertex)
    return dag


def everything(dag: Dag) -> frozenset[tuple[int, int]]:
    rounds = range(1, len(dag.rows) + 1)
    return frozenset((r, v.source) for r in rounds for v in dag.round_vertices(r))


def run(
    dag: Dag, leaders: tuple[int, ...], wave: int, decided: int = 0
) -> tuple[list[str], list[str]]:
    ordering = Ordering(leaders, len(leaders), decided, everything(dag))
    _, outputs = wave_ready(SETTING, dag, ordering, wave)
    commits = [o for o in outputs if isinstance(o, CommitLeader)]
    told = [f"{o.leader.name} {'directly' if o.direct else 'walking back'}" for o in commits]
    return told, [o.vertex.name for o in outputs if isinstance(o, ADeliver)]


NOBODY_REACHES_A1 = ("BC BC BC", ALL, ALL)
TWO_REACH_A1 = ("ABC BC BC", "AB BC BC", "AB ABC BC")


def test_a_leader_with_a_quorum_of_supporters_is_committed() -> None:
    assert run(draw(*TWO_REACH_A1), (0,), 1) == (["A1 directly"], ["A1"])


def test_one_supporter_is_too_few() -> None:
    assert run(draw("ABC BC BC", "AB BC BC", "AB BC BC"), (0,), 1) == ([], [])


def test_a_leader_that_is_not_held_is_not_committed() -> None:
    dag = draw("BC BC BC", ALL, ALL)
    rows = ((None, *dag.rows[0][1:]), *dag.rows[1:])
    assert run(replace(dag, rows=rows), (0,), 1) == ([], [])


def test_a_decided_wave_is_not_decided_again() -> None:
    assert run(draw(*TWO_REACH_A1), (0,), 1, decided=1) == ([], [])


def test_walking_back_takes_an_earlier_leader_that_the_later_one_reaches() -> None:
    one_supporter = ("ABC BC BC", "AB BC BC", "AB BC BC")
    dag = draw(*one_supporter, ALL, ALL, ALL, ALL)
    commits, delivered = run(dag, (0, 1), 2)
    assert commits == ["A1 walking back", "B5 directly"]
    assert delivered[:2] == ["A1", "B1"]


def test_walking_back_leaves_an_earlier_leader_that_nothing_reaches() -> None:
    dag = draw(*NOBODY_REACHES_A1, ALL, ALL, ALL, ALL)
    commits, delivered = run(dag, (0, 1), 2)
    assert commits == ["B5 directly"]
    assert "A1" not in delivered


def test_the_path_is_asked_from_the_leader_taken_last() -> None:
    """A9 reaches B5 and A1, but B5 does not reach A1, so A1 must stay behind."""
    b_misses_a = ("AC BC BC", "AC BC BC", "AC BC BC", "AC BC BC")
    dag = draw(*b_misses_a, "ABC BC BC", ALL, ALL, ALL, ALL, ALL, ALL)
    assert run(dag, (0, 1, 0), 3)[0] == ["B5 walking back", "A9 directly"]
    assert run(dag, (0, 0, 0), 3)[0] == ["A1 walking back", "A5 walking back", "A9 directly"]


@pytest.mark.parametrize("wave", [1, 2])
def test_histories_come_by_round_then_source(wave: int) -> None:
    _, delivered = run(draw(*[ALL] * 7), (2, 1), wave)
    expected = ["A1", "B1", "C1", "A2", "B2", "C2", "A3", "B3", "C3", "A4", "B4", "C4", "B5"]
    assert delivered == (["C1"] if wave == 1 else ["C1", *(v for v in expected if v != "C1")])
