"""Lemma 08: binary agreement with strong validity exists exactly when n >= 3f + 1."""

from collections import Counter

import pytest

from tee_rider.proofs_notes import lemma_08_binary_agreement
from tee_rider.proofs_notes.kit.query import ask
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_08_binary_agreement import TABLES, decision_table


def test_everything_holds(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every) == {
        Kind.PROVED: 6,
        Kind.SATISFIABLE: 5,
        Kind.REFUTED: 4,
        Kind.NEEDED: 16,
    }


def test_the_smallest_clash_is_told(results: dict[str, Result]) -> None:
    assert results[TABLES.name].detail == (
        "n = 3, f = 1: inputs (0, 1), faulty (0,): decide 1; "
        "but inputs (0, 1), faulty (1,): decide 0"
    )


@pytest.mark.parametrize("n, f, status", [(5, 2, "unsat"), (6, 2, "unsat"), (7, 2, "sat")])
def test_a_table_needs_more_than_3f_replicas(n: int, f: int, status: str) -> None:
    assert ask(decision_table(n, f)).status == status


def test_every_view_is_judged_and_followed_by_hand() -> None:
    assert sorted(decision_table(4, 1)) == sorted(
        f"inputs {x}, faulty {bad}: decide {v}"
        for v in (0, 1)
        for x, bad in [
            ((v, v, v), ()),
            *(((v, v, v), (i,)) for i in range(3)),
            *((tuple(1 - v if k == i else v for k in range(3)), (i,)) for i in range(3)),
        ]
    )


def test_the_tables_notice_a_rule_that_asks_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        lemma_08_binary_agreement, "decision_table", lambda n, f: decision_table(n, 0)
    )
    (result,) = TABLES.check("08")
    assert (result.holds, result.detail) == (False, "n = 3, f = 1: sat")
