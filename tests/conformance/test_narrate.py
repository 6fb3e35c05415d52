"""Every event has words of its own."""

from dataclasses import MISSING, fields
from typing import Any, get_args

import pytest

from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.spec.events import AnyEvent, ClientReply, ClientRequest, Event
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Vertex, VertexId, make_vertex

VERTEX = make_vertex(1, 0, (), (), ())
VALUES = {VertexId: VERTEX.id, Vertex: VERTEX, StreamPosition: StreamPosition(1, 1)}


def example(kind: type[Event]) -> Any:
    """Any event of a kind."""
    given: dict[str, Any] = {
        field.name: next((value for of, value in VALUES.items() if field.type is of), 1)
        for field in fields(kind)
        if field.default is MISSING
    }
    return kind(**{**given, **({"freezers": (0,)} if "freezers" in given else {})})


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: str(kind.__name__))
def test_no_event_is_told_by_its_name_in_traces_alone(kind: type[Event]) -> None:
    assert not narrate(example(kind)).startswith("has the event")


def test_what_clients_ask_and_get_is_told() -> None:
    asked = ClientRequest(client=2, number=7, operation="put x 1")
    answered = ClientReply(client=2, number=7, result="None")
    assert narrate(asked) == "hears request 7 of client 2"
    assert narrate(answered) == "answers request 7 of client 2"
