"""The events of a run in one order, as short records that a page can step through."""

from typing import TypeAlias

from tee_rider.model_check.conformance.narrate import narrate
from tee_rider.model_check.export.dag_view import DagView
from tee_rider.model_check.export.excerpt import Shown
from tee_rider.model_check.export.moments import Moment
from tee_rider.model_check.export.style import WAVE_COLOURS
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import VertexId

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def run_record(view: DagView, moments: tuple[Moment, ...], chosen: int) -> dict[str, Json]:
    """What the page's script reads; it says the same as the drawing of the view.

    ``nodes`` are [round, source, name, faulty], the drawn ones first and in the drawing's order;
    ``steps`` are [replica, moment, text, change, argument...], by moment: causes before effects.
    """
    excerpt = view.excerpt
    names = [node.id for node in view.nodes]
    numbers = {name: number for number, name in enumerate(names)}
    for moment in moments:
        for name in filter(None, (moment.created, moment.received)):
            if numbers.setdefault(name, len(names)) == len(names):
                names.append(name)
    steps: list[Json] = [
        [moment.replica, number, narrate(shown.event), *_change(shown, numbers)]
        for number, moment in enumerate(moments)
        if moment.in_trace
        for shown in moment.shown
    ]
    return {
        "replicas": [replica_name(i) for i in range(excerpt.configuration.n)],
        "choices": list[Json](sorted(excerpt.correct)),
        "chosen": chosen,
        "nodes": [
            [name.round, name.source, name.name, name.source in excerpt.faulty] for name in names
        ],
        "drawn": len(view.nodes),
        "waveColours": WAVE_COLOURS,
        "steps": steps,
        "columns": [moment.column for moment in moments],
    }


def _change(shown: Shown, numbers: dict[VertexId, int]) -> list[Json]:
    """What an event changes at its replica: a word, then its arguments; vertices by number."""
    match shown.event:
        case AdvanceRound(round=round_):
            return ["round", round_]
        case CreateVertex(vertex=vertex):
            return ["create", numbers.get(vertex.id)]
        case RDeliver(vertex=vertex):
            return ["receive", numbers.get(vertex.id)]
        case InsertVertex(vertex=vertex):
            return ["insert", numbers.get(vertex.id)]
        case ReleaseCoin(wave=wave, leader=leader):
            return ["coin", wave, leader]
        case CommitLeader(leader=leader):
            return ["commit", numbers.get(leader), shown.event.wave, shown.event.direct]
        case ADeliver(vertex=name):
            return ["deliver", numbers.get(name), shown.event.wave, shown.position]
        case _:
            return [shown.event.event]
