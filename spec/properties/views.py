"""What one replica has come to, as a property sees it: kept at a backup, taken up at a restart."""

from array import array
from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from tee_rider.spec.events import Event, Restart

Spans = Mapping[int, tuple[tuple[int, int], ...]]
"""For each replica, the (backup_seq, seq) of its restarts: what lies between is lost."""


def lost_spans(restarts: Iterable[Restart]) -> Spans:
    """Which part of its past each replica loses with each restart."""
    spans: dict[int, tuple[tuple[int, int], ...]] = {}
    for event in restarts:
        spans[event.replica] = (*spans.get(event.replica, ()), (event.backup_seq, event.seq))
    return spans


def is_lost(spans: Spans, event: Event) -> bool:
    """Whether a restart takes the replica back to before the event."""
    of_replica = spans.get(event.replica, ())
    return any(backup_seq < event.seq < seq for backup_seq, seq in of_replica)


def copied(view: Any) -> Any:
    """A copy that later changes do not reach; events and vertices do not change, and are shared."""
    if isinstance(view, dict):
        return {key: copied(value) for key, value in view.items()}
    if isinstance(view, array):
        return copy(view)
    if isinstance(view, list | set | deque):
        return type(view)(map(copied, view))
    if hasattr(view, "__dict__"):
        other = copy(view)
        other.__dict__.update((name, copied(value)) for name, value in vars(view).items())
        return other
    return view
