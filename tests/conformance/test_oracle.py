"""What a trace carries is judged, what it does not carry is said, and neither is taken for more."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.verdict import (
    Judgement,
    Row,
    Verdict,
    verdict_of,
    worst,
)
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    ClientRequest,
    CommitLeader,
    Crash,
    CreateVertex,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
    Restart,
)
from tee_rider.spec.judgement import Status
from tee_rider.spec.vertex import StrongEdge, Vertex, VertexId, WeakEdge

Run = list[AnyEvent]
Judging = Callable[[Run], Judgement]
WithVertex = CreateVertex | RDeliver | InsertVertex


def statuses(judgement: Judgement) -> dict[str, Status]:
    return {row.name: row.status for row in judgement.rows}


def reason(judgement: Judgement, name: str) -> str:
    return next(row.reason for row in judgement.rows if row.name == name)


def deliveries(run: Run) -> Run:
    return [event for event in run if isinstance(event, ADeliver)]


def test_deliveries_alone_conform_at_tier_1(run: Run, judge: Judging) -> None:
    judgement = judge(deliveries(run))
    assert (judgement.verdict, judgement.tier) == (Verdict.CONFORMS, 1)
    holding = {name for name, status in statuses(judgement).items() if status is Status.HOLDS}
    assert holding == {"agreement", "total order", "integrity"}
    assert statuses(judgement)["replay"] is Status.NOT_JUDGED
    assert reason(judgement, "replay") == "deliveries only"


def test_deliveries_alone_can_violate(run: Run, judge: Judging) -> None:
    run = deliveries(run)
    run[5], run[6] = run[6], run[5]
    own = [event for event in run if event.replica == 0]
    i, j = run.index(own[3]), run.index(own[4])
    run[i], run[j] = run[j], run[i]
    judgement = judge(run)
    assert (judgement.verdict, judgement.tier) == (Verdict.VIOLATES, 1)
    assert judgement.divergences == ()


def test_one_replica_alone_is_inconclusive(run: Run, judge: Judging) -> None:
    judgement = judge([event for event in deliveries(run) if event.replica == 0])
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert statuses(judgement)["total order"] is Status.VACUOUS


@pytest.mark.parametrize("events", [[], [ClientRequest(client=1, number=1, operation="")]])
def test_nothing_delivered_is_inconclusive(events: Run, judge: Judging) -> None:
    judgement = judge(events)
    assert (judgement.verdict, judgement.tier) == (Verdict.INCONCLUSIVE, 0)
    assert Status.HOLDS not in statuses(judgement).values()


def test_a_run_that_is_too_short_is_inconclusive(run: Run, judge: Judging) -> None:
    first_coin = next(i for i, event in enumerate(run) if isinstance(event, ReleaseCoin))
    judgement = judge(run[:first_coin])
    assert (judgement.verdict, judgement.tier) == (Verdict.INCONCLUSIVE, 2)
    assert statuses(judgement)["replay"] is Status.HOLDS
    assert statuses(judgement)["total order"] is Status.VACUOUS


@pytest.mark.parametrize("end", [100, 333, 500, 777])
def test_a_log_may_end_anywhere(end: int, run: Run, judge: Judging) -> None:
    judgement = judge(run[:end])
    assert judgement.verdict is not Verdict.VIOLATES, text_of(judgement)
    assert statuses(judgement)["replay"] is Status.HOLDS


@pytest.mark.parametrize("kind", [RDeliver, ReleaseCoin])
def test_inputs_that_are_not_recorded_are_no_violation(
    kind: type[AnyEvent], run: Run, judge: Judging
) -> None:
    judgement = judge([event for event in run if not isinstance(event, kind)])
    assert judgement.verdict is Verdict.INCONCLUSIVE, text_of(judgement)
    assert statuses(judgement)["replay"] is Status.NOT_JUDGED
    assert reason(judgement, "replay").startswith("needs r")


def test_one_replica_that_logs_deliveries_only(run: Run, judge: Judging) -> None:
    judgement = judge([e for e in run if e.replica != 1 or isinstance(e, ADeliver)])
    assert statuses(judgement)["replay"] is Status.NOT_JUDGED
    assert reason(judgement, "replay") == "of B the trace shows outputs only"
    assert statuses(judgement)["total order"] is Status.HOLDS
    assert judgement.verdict is Verdict.INCONCLUSIVE


def test_outputs_before_the_first_input_diverge(run: Run, judge: Judging) -> None:
    delivery = next(e for e in run if isinstance(e, ADeliver) and e.replica == 1)
    judgement = judge([delivery, *run])
    assert judgement.verdict is Verdict.VIOLATES
    assert judgement.lines[1, 1] == 2
    assert "is not in its DAG" in judgement.divergences[0].reason


def test_the_mixture_of_logs_makes_no_difference(run: Run, judge: Judging) -> None:
    apart = judge(sorted(run, key=lambda event: event.replica))
    mixed = judge(run)
    assert (apart.verdict, apart.rows) == (mixed.verdict, mixed.rows)


def test_the_same_events_of_a_faulty_replica_are_nobodys_business(run: Run, judge: Judging) -> None:
    nonsense = ADeliver(replica=3, vertex=VertexId(99, 99, None), wave=7)
    judgement = judge([nonsense, *run, nonsense])
    assert judgement.verdict is Verdict.CONFORMS


def test_a_replica_that_crashes_is_judged_up_to_there(run: Run, judge: Judging) -> None:
    middle = [event for event in run if event.replica == 2]
    cut = run.index(middle[len(middle) // 2])
    rest = [event for event in run[cut:] if event.replica != 2]
    judgement = judge([*run[:cut], Crash(replica=2), *rest])
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)


def test_a_recovery_that_the_trace_does_not_show_to_its_end(run: Run, judge: Judging) -> None:
    restart = Restart(replica=2, epoch=2, attestation="", backup_seq=0)
    judgement = judge([*run, Crash(replica=2), restart])
    assert judgement.verdict is Verdict.INCONCLUSIVE
    vacuous = {name for name, status in statuses(judgement).items() if status is Status.VACUOUS}
    assert vacuous == {"recovery cut agreement"}
    assert statuses(judgement)["replay"] is Status.HOLDS


def foreign(name: str, vertex: Vertex) -> Vertex:
    """The vertex as an implementation with other digests would log it."""

    def other(digest: str | None) -> str | None:
        return None if name == "none" or digest is None else digest[::-1][:40]

    return replace(
        vertex,
        digest=other(vertex.digest),
        strong_edges=tuple(StrongEdge(s, other(d)) for s, d in vertex.strong_edges),
        weak_edges=tuple(WeakEdge(r, s, other(d)) for r, s, d in vertex.weak_edges),
    )


def translated(name: str, run: Run) -> Run:
    result: Run = []
    for event in run:
        match event:
            case CreateVertex() | RDeliver() | InsertVertex():
                result.append(replace(event, vertex=foreign(name, event.vertex)))
            case ADeliver(vertex=v):
                result.append(replace(event, vertex=foreign(name, Vertex(*astuple(v))).id))
            case CommitLeader(leader=v):
                result.append(replace(event, leader=foreign(name, Vertex(*astuple(v))).id))
            case _:
                result.append(event)
    return result


def astuple(name: VertexId) -> tuple[int, int, str | None]:
    return name.round, name.source, name.digest


def test_digests_are_the_implementations_own(run: Run, judge: Judging) -> None:
    judgement = judge(translated("other", run))
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)


def test_without_digests_nothing_is_said_of_equivocation(run: Run, judge: Judging) -> None:
    judgement = judge(translated("none", run))
    assert judgement.verdict is Verdict.INCONCLUSIVE, text_of(judgement)
    assert statuses(judgement)["non-equivocation"] is Status.NOT_JUDGED
    assert "no digest" in reason(judgement, "non-equivocation")
    assert statuses(judgement)["replay"] is Status.HOLDS


def test_another_moment_to_toss_the_coin(run: Run, judge: Judging) -> None:
    # The reference tosses after it has advanced; before it is as good where nothing came between.
    moved = 0
    for i, event in enumerate(run):
        if isinstance(event, ReleaseCoin) and event.replica == 0:
            own = [k for k in range(i) if run[k].replica == 0]
            start = max(k for k in own if isinstance(run[k], CreateVertex)) - 1
            commits = isinstance(run[i + 1], CommitLeader)
            if not commits:
                run.insert(start, run.pop(i))
                moved += 1
    judgement = judge(run)
    assert moved
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)


ROW = Row("p", "s", Status.HOLDS, 1)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([Status.HOLDS], Verdict.CONFORMS),
        ([Status.HOLDS, Status.VACUOUS], Verdict.INCONCLUSIVE),
        ([Status.HOLDS, Status.NOT_JUDGED], Verdict.INCONCLUSIVE),
        ([Status.HOLDS, Status.VACUOUS, Status.VIOLATED], Verdict.VIOLATES),
    ],
)
def test_the_verdict_follows_from_the_rows(statuses: list[Status], verdict: Verdict) -> None:
    assert verdict_of(replace(ROW, status=status) for status in statuses) is verdict


def test_what_the_trace_need_not_carry_does_not_count() -> None:
    other = replace(ROW, status=Status.NOT_JUDGED, carried=False)
    assert verdict_of([ROW, other]) is Verdict.CONFORMS
    assert verdict_of([other]) is Verdict.INCONCLUSIVE


def test_exit_codes_and_the_worst_of_several() -> None:
    codes = {verdict: int(verdict.exit_code) for verdict in Verdict}
    assert codes == {
        "CONFORMS": 0,
        "VIOLATES": 1,
        "INCONCLUSIVE": 3,
        "MALFORMED": 2,
        "HARNESS_ERROR": 4,
    }
    assert worst([Verdict.CONFORMS, Verdict.MALFORMED, Verdict.VIOLATES]) is Verdict.VIOLATES
    assert worst([Verdict.CONFORMS, Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
