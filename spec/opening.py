"""When an epoch of a replica begins to fill rounds."""

from dataclasses import dataclass

from tee_rider.spec.vertex import VertexId


@dataclass(frozen=True, slots=True)
class Opening:
    """An epoch of a replica, and the wave leader whose delivery opened it (None: the setup)."""

    epoch: int = 1
    leader: VertexId | None = None

    @property
    def cut(self) -> int:
        """Rounds up to the leader's are of older epochs, rounds above it of this one."""
        return 0 if self.leader is None else self.leader.round
