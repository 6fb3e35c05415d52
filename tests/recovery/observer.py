"""What must hold across crashes, from events alone; events before a crash count as well."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tee_rider.spec.events import ADeliver, CreateVertex, InsertVertex, Resume
from tee_rider.spec.interface import Output
from tee_rider.spec.vertex import VertexId

Key = TypeVar("Key")
Value = TypeVar("Value")


class RecoveryError(AssertionError):
    """Two things were observed that cannot both be."""


@dataclass
class Observer:
    """Watches all correct replicas of one run."""

    slots: dict[tuple[int, int], VertexId] = field(default_factory=dict)
    created: dict[tuple[int, int], VertexId] = field(default_factory=dict)
    order: list[VertexId] = field(default_factory=list)
    """The longest delivered sequence of any life of any replica."""
    resumes: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def observe(self, replica: int, delivered: int, outputs: Iterable[Output]) -> int:
        """Judge what a replica did that had delivered so many vertices; how many it has now."""
        for output in outputs:
            name = getattr(output, "event", None)
            if name is not None:
                self.counts[name] = self.counts.get(name, 0) + 1
            match output:
                case InsertVertex(vertex=vertex):
                    self._once(self.slots, (vertex.round, vertex.source), vertex.id, replica)
                case CreateVertex(vertex=vertex):
                    self._once(self.created, (vertex.round, vertex.source), vertex.id, replica)
                case Resume(target=target, epoch=epoch, cut=cut, freezers=freezers):
                    self._once(self.resumes, (target, epoch), (cut, freezers), replica)
                case ADeliver(vertex=name_):
                    if delivered == len(self.order):
                        self.order.append(name_)
                    if self.order[delivered] != name_:
                        raise RecoveryError(
                            f"place {delivered}: {self.order[delivered]} and {name_} at {replica}"
                        )
                    delivered += 1
        return delivered

    def _once(self, known: dict[Key, Value], key: Key, value: Value, replica: int) -> None:
        if known.setdefault(key, value) != value:
            raise RecoveryError(f"{key}: {known[key]} and {value} at {replica}")
