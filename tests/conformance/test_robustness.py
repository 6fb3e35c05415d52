"""No trace, however wrong, breaks the oracle, and what it keeps does not grow with the trace."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tee_rider.model_check.conformance.judge import make_oracle
from tee_rider.model_check.conformance.report import document_of, text_of
from tee_rider.model_check.conformance.verdict import Verdict
from tee_rider.spec.events import AnyEvent, RDeliver
from tee_rider.spec.trace import Header
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import StrongEdge, Vertex, VertexId, WeakEdge

Run = list[AnyEvent]

NUMBERS = st.sampled_from([1, 2, 3, 5, 2**53 - 1])
REPLICAS = st.integers(0, 3)
DIGESTS = st.sampled_from([None, "00", "0" * 128])
NAMES = st.builds(VertexId, NUMBERS, REPLICAS, DIGESTS)
VERTICES = st.builds(
    Vertex,
    NUMBERS,
    REPLICAS,
    DIGESTS,
    st.lists(st.builds(StrongEdge, REPLICAS, DIGESTS), max_size=4).map(tuple),
    st.lists(st.builds(WeakEdge, NUMBERS, REPLICAS, DIGESTS), max_size=2).map(tuple),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "round": NUMBERS,
    "wave": NUMBERS,
    "direct": st.booleans(),
    "origin": REPLICAS,
    "ui": st.builds(StreamPosition, NUMBERS, NUMBERS),
    "replica": st.integers(0, 2),
}


@st.composite
def changed(draw: st.DrawFn, event: AnyEvent) -> AnyEvent:
    """The event with another value in one field."""
    names = [f.name for f in fields(event) if f.name not in ("seq", "event", "reason")]
    name = draw(st.sampled_from(names))
    old = getattr(event, name)
    if isinstance(old, Vertex):
        value: Any = draw(VERTICES)
    elif isinstance(old, VertexId):
        value = draw(NAMES)
    else:
        value = draw(VALUES.get(name, REPLICAS))
    result: AnyEvent = replace(event, **{name: value})
    return result


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_events_break_the_oracle(
    data: st.DataObject, run: Run, header: Header, numbered: Callable[[Run], Run]
) -> None:
    run = run[:400]
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(run) - 1))
        match data.draw(st.sampled_from(["change", "drop", "repeat", "move"])):
            case "change":
                run[i] = data.draw(changed(run[i]))
            case "drop":
                del run[i]
            case "repeat":
                run.insert(i, run[i])
            case "move":
                run.insert(data.draw(st.integers(0, len(run) - 1)), run.pop(i))
    oracle = make_oracle(header, "t")
    for event in numbered(run):
        oracle.observe(event)
    judgement = oracle.judgement("t")
    assert judgement.verdict in (Verdict.CONFORMS, Verdict.VIOLATES, Verdict.INCONCLUSIVE)
    assert text_of(judgement)
    assert document_of(judgement)


def test_memory_is_bounded_by_what_is_undelivered(run: Run, header: Header) -> None:
    oracle = make_oracle(header, "t")
    kept = []
    for event in run:
        oracle.observe(event)
        kept.append(oracle.kept)
    vertices = {e.vertex.id for e in run if isinstance(e, RDeliver)}
    assert len(vertices) > 90
    # About two waves of four vertices a round are undelivered somewhere.
    assert 8 < max(kept) < 60
