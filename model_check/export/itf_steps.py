"""Any path as an ITF trace: what happens and where everybody is, in words.

Source: Apalache, ADR 15 "Informal Trace Format in JSON"; the variables are ours.
"""

from typing import Any

from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.export.itf import Expression, document_text

TYPES = {"action": "Str", "effects": "Seq(Str)", "state": "Seq(Str)"}
"""All variables."""


def itf_of_steps(path: Path[Any, Any], violated: str | None, command: str) -> str:
    """The path as a file, a state a line; ``command`` is the line that tells it again."""
    model, before = path.model, path.start
    states = [_state(0, "start", [], list(model.format_state(path.start)))]
    for number, step in enumerate(path.steps, start=1):
        action, *effects = model.format_action(before, step.action, step.state)
        before = step.state
        states.append(_state(number, action, effects, list(model.format_state(before))))
    return document_text(states, TYPES, violated, command)


def _state(number: int, action: str, effects: list[str], state: list[str]) -> Expression:
    return {
        "#meta": {"index": number},
        "action": action,
        "effects": [*effects],
        "state": [*state],
    }
