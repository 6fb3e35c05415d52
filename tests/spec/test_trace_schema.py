"""The JSON Schema is generated from the types, and the copy in the tree is up to date."""

import json
from typing import Any, get_args

from tee_rider.spec.events import AnyEvent
from tee_rider.spec.trace import EXAMPLE_HEADER
from tee_rider.spec.trace_schema import SCHEMA_FILE, trace_schema


def test_the_copy_in_the_tree_is_the_one_that_is_printed() -> None:
    # To mend it: tee-rider schema --output spec/schemas/trace-1.json
    assert json.loads(SCHEMA_FILE.read_text()) == trace_schema()


def definitions() -> dict[str, Any]:
    found: dict[str, Any] = trace_schema()["$defs"]
    return found


def test_every_event_is_described_with_all_its_fields() -> None:
    for event in get_args(AnyEvent):
        described = definitions()[event.__name__]
        fields = list(event.__dataclass_fields__)
        assert sorted(described["properties"]) == sorted(fields)
        assert sorted(described["required"]) == sorted(fields)


def test_every_object_takes_private_fields_and_no_others() -> None:
    objects = [d for d in definitions().values() if d["type"] == "object"]
    assert len(objects) > len(get_args(AnyEvent))
    for described in objects:
        assert described["additionalProperties"] is False
        assert described["patternProperties"] == {"^x_": {}}


def test_edges_and_requests_are_arrays() -> None:
    lengths = {
        name: (definitions()[name]["minItems"], definitions()[name]["maxItems"])
        for name in ("StrongEdge", "WeakEdge", "Request")
    }
    assert lengths == {"StrongEdge": (2, 2), "WeakEdge": (3, 3), "Request": (2, 3)}


def test_the_header_is_described() -> None:
    assert sorted(definitions()["Header"]["properties"]) == sorted(json.loads(EXAMPLE_HEADER))
