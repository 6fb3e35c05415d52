"""Traces with crashes and restarts: all is judged and replayed, in bounded memory."""

from collections import Counter
from pathlib import Path

import pytest

from tee_rider.model_check.conformance.judge import make_oracle
from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.verdict import Verdict
from tee_rider.spec.events import Freeze, RDeliver, Reject, Resume
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import ALL
from tee_rider.spec.properties.judging import restarts_of
from tests.conformance.recovered import (
    CORRECT,
    HEADER,
    RECOVERED,
    Judging,
    Run,
    judging,
    played,
    violated,
)


@pytest.fixture
def run() -> Run:
    """B returns twice and C once."""
    return played(RECOVERED, ((1, 6), (2, 14), (1, 20)))


@pytest.fixture
def judge(tmp_path: Path) -> Judging:
    return judging(tmp_path)


def test_three_recoveries_conform(run: Run, judge: Judging) -> None:
    judgement = judge(run)
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)
    names = [row.name for row in judgement.rows]
    assert names[:10] == [property_.name for property_ in ALL]
    assert {"recovery cut agreement", "replay"} <= set(names)
    for row in judgement.rows:
        assert (row.status, row.reason) == (Status.HOLDS, "")
        assert row.judged
    kinds = Counter(event.event for event in run)
    assert (kinds["crash"], kinds["restart"]) == (3, 3)
    # What was opened after a backup was taken is opened once more.
    assert kinds["resume"] > 3 * CORRECT
    assert kinds["freeze"] >= 3 * 3
    assert kinds["request"] and kinds["reply"]


def test_the_mixture_of_logs_makes_no_difference(run: Run, judge: Judging) -> None:
    mixed, apart = judge(run), judge(sorted(run, key=lambda event: event.replica))
    assert (apart.verdict, apart.rows) == (mixed.verdict, mixed.rows)


@pytest.mark.parametrize("seed", range(5))
def test_other_recoveries_conform(seed: int, judge: Judging) -> None:
    run = played(seed, ((0, 5), (1, 9), (2, 9), (0, 22)), clients=0)
    judgement = judge(run)
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)
    assert len(restarts_of(run)) >= 3


def test_what_an_epoch_may_not_fill_is_refused(judge: Judging) -> None:
    """Here a faulty host goes on in epochs that are closed."""
    of_epochs = Counter[str]()
    for seed in (4, 5, 6):
        run = played(seed, ((0, 5),), clients=0)
        assert judge(run).verdict is Verdict.CONFORMS
        refused = [
            (i, event.reason)
            for i, event in enumerate(run)
            if isinstance(event, Reject) and event.reason in ("epoch_frozen", "not_after_cut")
        ]
        of_epochs.update(reason for _, reason in refused)
        if refused:
            del run[refused[0][0]]
            judgement = judge(run)
            assert judgement.verdict is Verdict.VIOLATES
            assert "refuses an input of E: " in judgement.divergences[0].reference
    assert of_epochs


def test_without_crashes_nobody_asks_for_recovery(judge: Judging) -> None:
    run: Run = [e for e in played(2, (), clients=0) if not isinstance(e, Freeze | Resume)]
    judgement = judge(run)
    if judgement.verdict is not Verdict.VIOLATES:  # No faulty enclave returned.
        assert "recovery cut agreement" not in {row.name for row in judgement.rows}


def test_a_restart_that_was_not_known_is_not_followed(run: Run) -> None:
    oracle = make_oracle(HEADER, "t")
    for event in run:
        oracle.observe(event)
    judgement = oracle.judgement("t")
    assert judgement.verdict is Verdict.INCONCLUSIVE, text_of(judgement)
    replayed = judgement.rows[-1]
    assert replayed.status is Status.NOT_JUDGED
    assert replayed.reason.startswith("B returns from a backup of seq ")
    assert violated(judgement) == set()


def test_requests_and_replies_are_no_matter_of_the_replay(run: Run, judge: Judging) -> None:
    # Backups are named by seq, so the numbers must stay, and what they name.
    backups = {(event.replica, event.backup_seq) for event in restarts_of(run)}
    without = [
        event
        for event in run
        if event.event not in ("request", "reply") or (event.replica, event.seq) in backups
    ]
    assert len(without) < len(run) - 20
    rows = []
    for events in (run, without):
        oracle = make_oracle(HEADER, "t", restarts_of(run))
        for event in events:
            oracle.observe(event)
        rows.append(oracle.judgement("t").rows[-1])
    assert rows[0] == rows[1]
    assert rows[0].status is Status.HOLDS


def test_memory_is_bounded_by_what_is_undelivered_somewhere(run: Run) -> None:
    oracle = make_oracle(HEADER, "t", restarts_of(run))
    kept = []
    for event in run:
        oracle.observe(event)
        kept.append(oracle.kept)
    vertices = {e.vertex.id for e in run if isinstance(e, RDeliver)}
    assert len(vertices) > 150
    # What a replica lost is kept until it has delivered it once more.
    assert kept[-1] < 60
