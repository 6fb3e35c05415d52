"""The rules of the reference, quoted from the functions that carry them out."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tee_rider.reference.dag import predecessors_present
from tee_rider.reference.ordering import order_vertices, wave_ready
from tee_rider.reference.profiles import next_counter
from tee_rider.reference.recovery import epoch_rejection, follow_order, freezes_to_say
from tee_rider.reference.replica import advance, may_advance, request_coin
from tee_rider.reference.vertex_creation import create_new_vertex, round_complete
from tee_rider.reference.vertex_validity import vertex_rejection


@dataclass(frozen=True, slots=True)
class Rule:
    """What the reference does, and which paper says so."""

    statement: str
    source: str


def rule_of(function: Callable[..., Any]) -> Rule:
    """The first line of a function's docstring, and its source, or else that of its module."""
    doc = inspect.getdoc(function) or ""
    source = _source_in(doc) or _source_in(inspect.getdoc(inspect.getmodule(function)) or "")
    return Rule(doc.split("\n\n")[0].strip(), source)


def _source_in(doc: str) -> str:
    """The paragraph ``Source:`` of a docstring in one line."""
    parts = (part for part in doc.split("\n\n") if part.startswith("Source:"))
    return " ".join("".join(parts).removeprefix("Source:").split()).removesuffix(".")


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
OWN_VERTEX = replace(
    rule_of(may_advance),
    statement="A replica advances when it holds its own vertex, on which the next one must build.",
)
FIRST_VERTEX = replace(
    rule_of(advance),
    statement="The first vertex of an epoch that is open stands in the round that the replica is"
    " in.",
    source="ours (spec/README.md, Recovery)",
)
FREEZE = rule_of(freezes_to_say)
RESUME = rule_of(follow_order)
EPOCH = replace(
    rule_of(epoch_rejection),
    statement="A vertex stands above the cut that opened its epoch, and has seen no freeze of it.",
)
