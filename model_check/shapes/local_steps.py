"""Real steps of correct replicas, each taken once however often it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tee_rider.model_check.world.host import local_step
from tee_rider.reference.dag import predecessor_addresses
from tee_rider.reference.profile import Setting
from tee_rider.reference.replica import ReplicaState, initial_state, r_delivered
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import ADeliver, CommitLeader, CreateVertex
from tee_rider.spec.interface import Advance
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Request, Vertex

Rows: TypeAlias = tuple[tuple[Vertex, ...], ...]
"""``rows[r - 1][i]`` is replica i's vertex of round r: all that exists."""


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One correct replica: its real state, and what it has committed and delivered so far."""

    state: ReplicaState
    commits: tuple[CommitLeader, ...] = ()
    delivered: tuple[ADeliver, ...] = ()
    leaders: tuple[str | None, ...] = ()
    """The digests of the leaders committed, which stand for all that they say and reach."""
    vertices: tuple[str | None, ...] = ()
    """The digests of the vertices delivered."""

    def holds(self, round_: int, source: int) -> bool:
        """Whether a vertex of this address is in its DAG."""
        return self.state.dag.get(round_, source) is not None


class LocalSteps:
    """Takes real steps, and remembers those of one round: siblings of a class share most of them.

    A step is known by the identity of the state that it starts from, which is kept alive meanwhile,
    and by digests, which name a vertex with all that it reaches.
    """

    def __init__(self, setting: Setting) -> None:
        """Nothing is taken yet."""
        self.setting = setting
        self.taken = 0
        """How many steps the reference took."""
        self._delivered: dict[tuple[int, str | None], tuple[Local, Local]] = {}
        self._asked: dict[int, int] = {}
        """For each state that can advance the wave whose coin it asks for then; 0: for none."""
        self._advanced: dict[tuple[int, int | None], tuple[Local, Local, Vertex]] = {}

    def first(self, replica: int, requests: tuple[Request, ...] = ()) -> tuple[Local, Vertex]:
        """A replica that has entered round 1, and its vertex there."""
        local = Local(initial_state(self.setting, IdealUsig(replica)))
        return self._advance(local, (), requests)[:2]

    def forget(self) -> None:
        """Start afresh; the steps taken in other rounds are asked for no more."""
        self._delivered.clear()
        self._asked.clear()
        self._advanced.clear()

    def deliver(self, local: Local, vertex: Vertex, rows: Rows) -> Local:
        """The broadcast hands the replica a vertex, after everything that the vertex reaches."""
        key = id(local), vertex.digest
        known = self._delivered.get(key)
        if known is None:
            after = local
            for missing in unheld(local, vertex, rows):
                self.taken += 1
                state, outputs = r_delivered(after.state, missing, StreamPosition(1, missing.round))
                after = _heard(after, state, outputs)
            known = self._delivered[key] = local, after
        return known[1]

    def advance(
        self,
        local: Local,
        leaders: Sequence[int],
        requests: tuple[Request, ...] = (),
    ) -> tuple[Local, Vertex]:
        """The replica enters its next round, sees the coin if it asks, and creates its vertex."""
        asked = self._asked.get(id(local), 0)
        key = id(local), leaders[asked - 1] if asked else None
        known = self._advanced.get(key)
        if known is None or requests:
            after, vertex, asked = self._advance(local, leaders, requests)
            self._asked[id(local)] = asked
            known = local, after, vertex
            self._advanced[id(local), leaders[asked - 1] if asked else None] = known
        return known[1], known[2]

    def _advance(
        self, local: Local, leaders: Sequence[int], requests: tuple[Request, ...]
    ) -> tuple[Local, Vertex, int]:
        self.taken += 1
        asked = [0]

        def coin(replica: int, wave: int) -> int:
            asked.append(wave)
            return leaders[wave - 1]

        state, _, events = local_step(local.state, Advance(requests), coin)
        created = next(event.vertex for event in events if isinstance(event, CreateVertex))
        return _heard(local, state, events), created, asked[-1]


def unheld(local: Local | None, vertex: Vertex, rows: Rows) -> list[Vertex]:
    """The vertex and all that it reaches, but for what the replica holds; oldest first."""
    found: dict[tuple[int, int], Vertex] = {}
    stack = [(vertex.round, vertex.source)]
    while stack:
        address = stack.pop()
        if address not in found and not (local and local.holds(*address)):
            found[address] = rows[address[0] - 1][address[1]]
            stack += predecessor_addresses(found[address])
    return [found[address] for address in sorted(found)]


def _heard(local: Local, state: ReplicaState, outputs: Sequence[object]) -> Local:
    """The replica after a step, its log extended by what it did."""
    commits = tuple(output for output in outputs if isinstance(output, CommitLeader))
    if not commits:
        return Local(state, local.commits, local.delivered, local.leaders, local.vertices)
    delivered = tuple(output for output in outputs if isinstance(output, ADeliver))
    return Local(
        state,
        local.commits + commits,
        local.delivered + delivered,
        local.leaders + tuple(commit.leader.digest for commit in commits),
        local.vertices + tuple(delivery.vertex.digest for delivery in delivered),
    )
