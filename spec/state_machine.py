"""The sequential specification: what one copy of the service does, one operation after the other.

State machine replication promises that many copies look like this one. Operations and results are
text, so that any trace can carry them.
"""

from dataclasses import dataclass
from typing import Protocol, Self

from tee_rider.spec.encoding import digest_of

REFUSAL = "error: "
"""How the result of an operation begins that is none; it has changed nothing."""
SHOWN = 60
"""Characters shown of an operation that is none."""


class StateMachine(Protocol):
    """An immutable state, and what operations make of it; equal operations have equal effects.

    Source: Schneider, Implementing Fault-Tolerant Services Using the State Machine Approach.
    """

    def apply(self, operation: str) -> tuple[Self, str]:
        """The state after the operation, and its result; no text raises anything."""

    def only_reads(self, result: str) -> bool:
        """Whether no operation with this result changes anything, in any state."""

    def digest(self) -> str:
        """Equal for equal states, and for no others."""

    def snapshot(self) -> str:
        """The whole state as text."""

    def restore(self, snapshot: str) -> Self:
        """The state that a snapshot was taken of.

        Raises:
            ValueError: nothing could have given this snapshot.
        """


@dataclass(frozen=True, slots=True)
class KeyValueStore:
    """Values by key, both of them words: printable and without a space.

    Source: ours (spec/README.md, "Clients and replies").
    """

    entries: tuple[tuple[str, str], ...] = ()
    """Sorted, each key once."""

    def apply(self, operation: str) -> tuple[Self, str]:
        """One of ``put k v``, ``get k``, ``delete k`` and ``compare_and_swap k old new``.

        The result is ``ok`` where something was changed, ``value v`` for what is there, or
        ``absent``; for anything else an error.
        """
        words = operation.split(" ") if operation.isprintable() else []
        values = dict(self.entries)
        match words if all(words) else []:
            case ["put", key, value]:
                return self._with({**values, key: value}), "ok"
            case ["get", key]:
                return self, _told(values.get(key))
            case ["delete", key] if key in values:
                del values[key]
                return self._with(values), "ok"
            case ["compare_and_swap", key, old, new] if values.get(key) == old:
                return self._with({**values, key: new}), "ok"
            case ["delete", key] | ["compare_and_swap", key, _, _]:
                return self, _told(values.get(key))
        allowed = "put KEY VALUE, get KEY, delete KEY, compare_and_swap KEY OLD NEW"
        return self, f"{REFUSAL}{operation[:SHOWN]!r} is no operation; allowed: {allowed}"

    def only_reads(self, result: str) -> bool:
        """Whether it is not ``ok``."""
        return result != "ok"

    def digest(self) -> str:
        """The digest of all entries."""
        return digest_of(self.entries)

    def snapshot(self) -> str:
        """One ``put`` for each key, a line each."""
        return "\n".join(f"put {key} {value}" for key, value in self.entries)

    def restore(self, snapshot: str) -> Self:
        """The store in which these puts end.

        Raises:
            ValueError: nothing could have given this snapshot.
        """
        restored = self._with({})
        for line in snapshot.split("\n") if snapshot else ():
            restored, _ = restored.apply(line)
        if restored.snapshot() != snapshot:
            found = f"found {snapshot[:SHOWN]!r}"
            raise ValueError(f"{found}; allowed: lines like 'put KEY VALUE', sorted by key")
        return restored

    def _with(self, values: dict[str, str]) -> Self:
        return type(self)(tuple(sorted(values.items())))


def _told(value: str | None) -> str:
    return "absent" if value is None else f"value {value}"
