"""What one replica has committed so far, and what it has to deliver for it."""

from collections import deque

from tee_rider.spec.dag_view import Address, DagView
from tee_rider.spec.events import ADeliver, CommitLeader, InsertVertex, ReleaseCoin


class CommitLog:
    """The coins, commits and deliveries of one replica over the DAG that it held at the time."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self.view = DagView()
        self.coins: dict[int, ReleaseCoin] = {}
        """Of the waves after the newest committed one."""
        self.has_coins = False
        """Whether any coin has shown: the replica may not log them."""
        self.last: CommitLeader | None = None
        """The newest commit."""
        self.unfounded: ADeliver | None = None
        """The first delivery before any commit: the replica may not log commits."""
        self.delivering: CommitLeader | None = None
        """The commit whose history is being delivered."""
        self.due: set[Address] = set()
        """What is left of that history."""
        self._later: deque[CommitLeader] = deque()

    def insert(self, event: InsertVertex) -> None:
        """The replica holds a vertex more."""
        if self.unfounded is None:
            self.view.insert(event.vertex)

    def release(self, event: ReleaseCoin) -> None:
        """A coin shows."""
        self.has_coins = True
        self.coins.setdefault(event.wave, event)

    def commit(self, event: CommitLeader) -> None:
        """The replica commits a leader; what lies below it decides nothing any more."""
        self.last = event
        self._later.append(event)
        self.view.forget_below(event.leader.round)
        for wave in [wave for wave in self.coins if wave <= event.wave]:
            del self.coins[wave]

    def deliver(self, event: ADeliver) -> bool:
        """The replica delivers a vertex; whether it was due, for this wave."""
        while self._later and not self.due:
            self.delivering = self._later.popleft()
            self.due = self.view.undelivered_history(place_of(self.delivering))
        address = (event.vertex.round, event.vertex.source)
        if address not in self.due or self.delivering is None:
            return False
        if event.wave != self.delivering.wave:
            return False
        self.due.discard(address)
        self.view.deliver(address)
        return True

    def deliver_unfounded(self, event: ADeliver) -> None:
        """The replica delivers before any commit; there is nothing that this could be held to."""
        self.unfounded = self.unfounded or event
        self.view = DagView()


def place_of(event: CommitLeader) -> Address:
    """The address of the leader."""
    return event.leader.round, event.leader.source
