"""From a line of JSON to a data type, with nothing let through: no guess, no default, no surplus.

Fast where a line is as it should be: one call of pydantic and one count. Only the others are
looked at twice.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Generic, NoReturn, TypeVar, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from tee_rider.spec.trace_error import FormatError, explain, field_path, no_json, shown

Value = TypeVar("Value")

PRIVATE = "x_"
"""What the name of a field starts with that the format does not have."""
OPTIONAL = frozenset({"freezes"})
"""Fields that are left out where there is nothing to say."""

STRICT = ConfigDict(strict=True, extra="forbid")
"""No value is converted, no unknown field is passed over."""


def strict_schema(adapter: TypeAdapter[Any]) -> Any:
    """The adapter's core schema, where every field of a dataclass is required, but OPTIONAL."""
    return _demand_all(adapter.core_schema)


def _demand_all(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_demand_all(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _demand_all(part) for key, part in schema.items()}
    demanded = schema.get("type") == "dataclass-field" and schema["name"] not in OPTIONAL
    if demanded and schema["schema"]["type"] == "default":
        schema["schema"] = schema["schema"]["schema"]
    return schema


def key_count(type_: Any) -> int:
    """How many keys the JSON of a dataclass has at least, with nested ones; 0 for others."""
    if not is_dataclass(type_):
        return 0
    hints = get_type_hints(type_)
    demanded = (field.name for field in fields(type_) if field.name not in OPTIONAL)
    return sum(1 + key_count(hints[name]) for name in demanded)


class StrictJson(Generic[Value]):
    """Reads one type, or one of several that ``event`` tells apart.

    JSON lets a key stand twice in an object, and parsers take one or the other. A line that is
    valid has each of its type's keys, so if it has no more colons than its type has keys, then no
    key stands twice.
    """

    def __init__(self, adapter: TypeAdapter[Any], members: Mapping[str, type]) -> None:
        """``adapter`` is configured ``STRICT``; ``members`` are what may come, by tag."""
        self.schema = strict_schema(adapter)
        self._validate = SchemaValidator(self.schema).validate_json
        self._colons = {member: key_count(member) for member in members.values()}
        self._tags = frozenset(members)

    def read(self, line: bytes) -> Value:
        """The value that the line holds.

        Raises:
            FormatError: it holds none.
        """
        try:
            value: Value = self._validate(line)
        except ValidationError as error:
            if error.error_count() == 1 and error.errors()[0]["type"] == "json_invalid":
                raise no_json(line, error.errors()[0]["ctx"]["error"]) from None
        else:
            if line.count(b":") == self._colons[type(value)]:
                return value
        return self._read_slowly(line)

    def _read_slowly(self, line: bytes) -> Value:
        """The same, without private fields and with a look at every key."""
        without_private = json.loads(
            line, object_pairs_hook=_object, parse_constant=_refuse_constant
        )
        try:
            value: Value = self._validate(json.dumps(without_private))
        except ValidationError as error:
            raise explain(error, self._tags) from None
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without its private fields."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            allowed = "each field once in an object"
            raise FormatError(field_path((name,)), "the field twice", allowed)
        found[name] = value
    kept = {name: value for name, value in pairs if not name.startswith(PRIVATE)}
    for name, value in kept.items():
        # Pydantic would take it for a named tuple.
        if isinstance(value, list) and _holds_object(value):
            allowed = "arrays and plain values in an array, as in [[0, digest]]"
            raise FormatError(field_path((name,)), "an object in an array", allowed)
    return kept


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(_holds_object(part) for part in value)
    )


def _refuse_constant(constant: str) -> NoReturn:
    raise FormatError("", shown(constant), "numbers that JSON has: integers below 2**53")
