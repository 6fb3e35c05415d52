"""The rules of the reference, quoted from the functions that carry them out."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tee_rider.reference.dag import predecessors_present
from tee_rider.reference.ordering import order_vertices, wave_ready
from tee_rider.reference.profiles import next_counter
from tee_rider.reference.replica import request_coin
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.reference.vertex_validity import vertex_rejection


@dataclass(frozen=True, slots=True)
class Rule:
    """What the reference does, and which paper says so."""

    statement: str
    source: str


def rule_of(function: Callable[..., Any]) -> Rule:
    """The first line of a function's docstring, and its paragraph ``Source:`` in one line."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    sources = [part for part in paragraphs if part.startswith("Source:")]
    source = " ".join("".join(sources).removeprefix("Source:").split())
    return Rule(paragraphs[0].strip(), source.removesuffix("."))


STREAM = rule_of(next_counter)
VALIDITY = replace(
    rule_of(vertex_rejection),
    statement="Only a vertex that is valid at its place in its source's stream is delivered.",
)
INSERT = rule_of(predecessors_present)
ADVANCE = rule_of(round_complete)
CREATE = rule_of(create_new_vertex)
COIN = rule_of(request_coin)
COMMIT = rule_of(wave_ready)
DELIVER = rule_of(order_vertices)
