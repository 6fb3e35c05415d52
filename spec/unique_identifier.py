"""What the trusted component vouches for: one message for each value of its counter."""

from dataclasses import dataclass

from tee_rider.spec.identifiers import Counter, Epoch, Replica, replica_name


@dataclass(frozen=True, slots=True, order=True)
class StreamPosition:
    """A place in a replica's stream of signed messages: epoch, then counter."""

    epoch: Epoch
    counter: Counter


@dataclass(frozen=True, slots=True)
class UniqueIdentifier:
    """replica's enclave, in this epoch, bound this counter to one message.

    Uniqueness: one counter, one message. Monotonicity: a later message has a larger counter.
    Sequentiality: the next message has the next counter; the first of an epoch is 1.

    Source: USIG (Efficient BFT), the service's three properties; epochs: ours (DESIGN, "USIG").
    """

    replica: Replica
    epoch: Epoch
    counter: Counter
    certificate: bytes

    @property
    def position(self) -> StreamPosition:
        """Where the message stands in its replica's stream."""
        return StreamPosition(self.epoch, self.counter)

    @property
    def name(self) -> str:
        """A#7 is the 7th message of A's first epoch, A#2.7 of its second."""
        epoch = "" if self.epoch == 1 else f"{self.epoch}."
        return f"{replica_name(self.replica)}#{epoch}{self.counter}"
