"""The trace format as a JSON Schema, for implementations in other languages."""

from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from tee_rider.spec.strict_json import PRIVATE
from tee_rider.spec.trace import EVENT, HEADER

SCHEMA_FILE = Path(__file__).parent / "schemas" / "trace-1.json"
"""The schema as it is kept in the tree; ``tee-rider schema --output`` writes it anew."""


def trace_schema() -> dict[str, Any]:
    """What each line of a trace must match: the first one the header, all others an event.

    A schema cannot say that ``seq`` has no holes, that replicas are below n and that arrays are
    sorted; the reader asks for these too.

    Source: ours (DESIGN, "Conformance").
    """
    generator = GenerateJsonSchema()
    inputs: list[Any] = [
        ("header", "validation", HEADER.schema),
        ("event", "validation", EVENT.schema),
    ]
    references, definitions = generator.generate_definitions(inputs)
    lines = [references["header", "validation"], references["event", "validation"]]
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "A line of a TEE-Rider trace, version 1",
        "description": "The first line of the file is the header, every other line is one event.",
        "anyOf": lines,
        "$defs": _with_private_fields(definitions),
    }


def _with_private_fields(schema: Any) -> Any:
    """Objects take fields of other names too if they start with ``x_``."""
    if isinstance(schema, list):
        return [_with_private_fields(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _with_private_fields(part) for key, part in schema.items()}
    if schema.get("additionalProperties") is False:
        schema["patternProperties"] = {f"^{PRIVATE}": {}}
    return schema
