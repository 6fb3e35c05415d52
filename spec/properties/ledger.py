"""What was first seen at each address of the DAG, in memory that all replicas' progress frees."""

from array import array
from collections.abc import Hashable
from functools import lru_cache
from hashlib import sha256

from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import Mask, mask_of

CHUNK = 32


class Fingerprints:
    """A number below 2**64 for each (lane, index), 0 where none is stored.

    Indices lie in chunks, so that each costs about fifteen bytes where they are dense, and one
    chunk at most where they are not.
    """

    def __init__(self) -> None:
        """All are 0."""
        self._chunks: dict[tuple[Hashable, int], array[int]] = {}

    def get(self, lane: Hashable, index: int) -> int:
        """The number stored there, 0 if there is none."""
        chunk = self._chunks.get((lane, index // CHUNK))
        return 0 if chunk is None else chunk[index % CHUNK]

    def put(self, lane: Hashable, index: int, number: int) -> None:
        """Store a number."""
        chunk = self._chunks.get((lane, index // CHUNK))
        if chunk is None:
            chunk = self._chunks[lane, index // CHUNK] = array("Q", bytes(8 * CHUNK))
        chunk[index % CHUNK] = number


class Entry:
    """What is known of one address."""

    __slots__ = ("content", "first", "missing", "round", "source")

    def __init__(
        self,
        round_: int,
        source: Hashable,
        first: AnyEvent | None,
        content: Hashable,
        missing: Mask,
    ) -> None:
        """The content that the first event showed there, and the replicas that still have to come.

        ``first`` is None once the event is forgotten.
        """
        self.round = round_
        self.source = source
        self.first = first
        self.content = content
        self.missing = missing


class Ledger:
    """For each address the first event there, until every correct replica is through with it.

    From then on a fingerprint of the content stays, enough to recognise another content. Where a
    replica never comes, the events stay to the end.
    """

    def __init__(self, correct: frozenset[int]) -> None:
        """No address has been seen."""
        self._everyone = mask_of(tuple(correct))
        self._open: dict[tuple[int, Hashable], Entry] = {}
        self._closed = Fingerprints()

    def enter(self, event: AnyEvent, round_: int, source: Hashable, content: Hashable) -> Entry:
        """The entry of an address; the event makes it if there is none.

        A source may be told apart further, as by its epochs.

        Whether the content is another one shows in ``entry.content != content``.
        """
        entry = self._open.get((round_, source))
        if entry is None:
            closed = self._closed.get(source, round_)
            if closed:
                known = content if closed == fingerprint(content) else closed
                return Entry(round_, source, None, known, 0)
            entry = Entry(round_, source, event, content, self._everyone)
            self._open[round_, source] = entry
        return entry

    def pass_by(self, entry: Entry, replica: int) -> bool:
        """Note that the replica is through with the address; False if it was so before.

        That is for ever, so it is not to be noted where a restart takes the replica back.
        """
        bit = 1 << replica
        if not entry.missing & bit:
            return False
        entry.missing ^= bit
        if not entry.missing:
            del self._open[entry.round, entry.source]
            self._closed.put(entry.source, entry.round, fingerprint(entry.content))
        return True

    def passed(self, replica: int, round_: int, source: int, content: Hashable) -> bool:
        """Whether the replica is through with the address, and its first content is this one.

        None is like any content, on either side.
        """
        entry = self._open.get((round_, source))
        if entry is not None:
            fits = entry.content == content or content is None or entry.content is None
            return fits and not entry.missing >> replica & 1
        closed = self._closed.get(source, round_)
        return closed != 0 and (
            closed == fingerprint(content) or content is None or closed == fingerprint(None)
        )

    def __len__(self) -> int:
        """How many addresses are kept in full."""
        return len(self._open)


def fingerprint(content: Hashable) -> int:
    """A number from 1 to 2**64 - 1 that two contents share by chance only, the same everywhere."""
    return _of_digest(content) if isinstance(content, str) else _hashed(content)


def _hashed(content: Hashable) -> int:
    return int.from_bytes(sha256(repr(content).encode()).digest()[:8]) or 1


@lru_cache(maxsize=2**12)
def _of_digest(digest: str) -> int:
    """All replicas ask for the same one within a short time."""
    return _hashed(digest)
