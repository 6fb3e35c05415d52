"""Stories: logs written by hand, event by event, in letters."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    Crash,
    CreateVertex,
    Freeze,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
    Restart,
    Resume,
)
from tee_rider.spec.identifiers import replica_name, replica_number
from tee_rider.spec.judgement import Premises, Status, Violation
from tee_rider.spec.properties import Outcome, judge
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import (
    FreezeStatement,
    Request,
    StrongEdge,
    Vertex,
    WeakEdge,
    make_vertex,
)


class Story:
    """What each replica logs. Replicas are letters, vertices have names like ``B3`` or ``B3'``."""

    def __init__(self, n: int = 3, faulty: str = "", weak_edges: bool = True) -> None:
        configuration = largest_configuration(n)
        self.premises = Premises(configuration, frozenset(map(replica_number, faulty)), weak_edges)
        self.replicas = "".join(map(replica_name, range(n)))
        self.logs: dict[str, list[AnyEvent]] = {replica: [] for replica in self.replicas}
        self.vertices: dict[str, Vertex] = {}
        self.uis: dict[str, StreamPosition] = {}

    def vertex(
        self,
        name: str,
        edges: str = "",
        counter: int = 0,
        block: int = 0,
        epoch: int = 1,
        freezes: str = "",
    ) -> Vertex:
        """``B3`` with ``A2 C2 ~A1``: edges by name, to vertices of this story.

        Whom it freezes, in the first epoch and for the second, is named by letters.
        """
        source, round_ = replica_number(name[0]), int(name[1:].rstrip("'"))
        below = [self.vertices[edge] for edge in edges.split() if edge[0] != "~"]
        older = [self.vertices[edge[1:]] for edge in edges.split() if edge[0] == "~"]
        strong = tuple(StrongEdge(v.source, v.digest) for v in below)
        weak = tuple(WeakEdge(v.round, v.source, v.digest) for v in older)
        requests = (Request(source, block),) if block else ()
        said = tuple(FreezeStatement(replica_number(target), 1, 2, "") for target in freezes)
        self.vertices[name] = made = make_vertex(round_, source, strong, weak, requests, said)
        self.uis[name] = StreamPosition(epoch, counter or round_)
        return made

    def log(self, replica: str, event: AnyEvent) -> None:
        log = self.logs[replica]
        log.append(replace(event, replica=replica_number(replica), seq=len(log) + 1))

    def create(self, name: str, by: str = "") -> None:
        self.log(by or name[0], CreateVertex(vertex=self.vertices[name], ui=self.uis[name]))

    def r_deliver(self, replicas: str, names: str) -> None:
        for replica in replicas:
            for name in names.split():
                self.log(replica, RDeliver(vertex=self.vertices[name], ui=self.uis[name]))

    def insert(self, replicas: str, names: str) -> None:
        for replica in replicas:
            for name in names.split():
                self.log(replica, InsertVertex(vertex=self.vertices[name], ui=self.uis[name]))

    def take(self, replicas: str, names: str) -> None:
        """r_deliver and insert."""
        for replica in replicas:
            for name in names.split():
                self.r_deliver(replica, name)
                self.insert(replica, name)

    def enter(self, replicas: str, round_: int) -> None:
        for replica in replicas:
            self.log(replica, AdvanceRound(round=round_))

    def coin(self, replicas: str, wave: int, leader: str) -> None:
        for replica in replicas:
            self.log(replica, ReleaseCoin(wave=wave, leader=replica_number(leader)))

    def commit(self, replicas: str, wave: int, name: str, direct: bool = True) -> None:
        for replica in replicas:
            leader = self.vertices[name].id
            self.log(replica, CommitLeader(wave=wave, leader=leader, direct=direct))

    def deliver(self, replicas: str, names: str, wave: int = 1) -> None:
        for replica in replicas:
            for name in names.split():
                self.log(replica, ADeliver(vertex=self.vertices[name].id, wave=wave))

    def restart(self, replica: str, backup_seq: int, epoch: int = 2) -> None:
        """Crash and return."""
        self.log(replica, Crash())
        self.log(replica, Restart(epoch=epoch, attestation="", backup_seq=backup_seq))

    def freeze(self, replica: str, target: str, name: str, epoch: int = 1) -> None:
        """What the vertex of this name says."""
        last, ui = self.vertices[name].round, self.uis[name]
        self.log(replica, Freeze(target=replica_number(target), epoch=epoch, last=last, ui=ui))

    def resume(self, replicas: str, target: str, cut: int, freezers: str, epoch: int = 2) -> None:
        numbers = tuple(map(replica_number, freezers))
        for replica in replicas:
            number = replica_number(target)
            self.log(replica, Resume(target=number, epoch=epoch, cut=cut, freezers=numbers))

    def round(self, round_: int, edges: Callable[[str], str] | None = None, of: str = "") -> None:
        """These replicas, or all, enter a round and make a vertex there that all insert."""
        makers = of or self.replicas
        all_below = " ".join(f"{replica}{round_ - 1}" for replica in self.replicas)
        for replica in makers:
            chosen = all_below if edges is None else edges(replica)
            self.vertex(f"{replica}{round_}", chosen if round_ > 1 else "")
            self.enter(replica, round_)
            self.create(f"{replica}{round_}")
        for replica in self.replicas:
            self.take(replica, " ".join(f"{maker}{round_}" for maker in makers))

    def rounds(self, first: int, last: int) -> None:
        for round_ in range(first, last + 1):
            self.round(round_)

    @property
    def events(self) -> list[AnyEvent]:
        """One log after the other."""
        return [event for log in self.logs.values() for event in log]

    def shuffled(self, seed: int) -> list[AnyEvent]:
        """The logs merged in some way."""
        choose = random.Random(seed)
        logs = {replica: list(log) for replica, log in self.logs.items() if log}
        merged = []
        while logs:
            replica = choose.choice(sorted(logs))
            merged.append(logs[replica].pop(0))
            if not logs[replica]:
                del logs[replica]
        return merged

    def outcomes(self, events: Iterable[AnyEvent] | None = None) -> dict[str, Outcome]:
        judged = judge(self.premises, self.events if events is None else events)
        return {outcome.property: outcome for outcome in judged}

    @property
    def violated(self) -> list[str]:
        """The names of the properties that do not hold."""
        return [name for name, said in self.outcomes().items() if said.status is Status.VIOLATED]

    def violation(self, name: str) -> Violation:
        found = self.outcomes()[name].violation
        assert found is not None
        return found

    def observed(self, name: str) -> str:
        """The first line of a violation's explanation, with digests left out."""
        first, second = self.violation(name).explanation.split("\n")
        assert second.startswith(name.capitalize() + ": ")
        for vertex in self.vertices.values():
            first = first.replace(f" ({(vertex.digest or '')[:8]}..)", "")
        return first


@pytest.fixture
def story() -> Story:
    """Three replicas that have done nothing."""
    return Story()


@pytest.fixture
def make_story() -> type[Story]:
    return Story


@pytest.fixture
def first_round() -> Story:
    """Three replicas that all hold all vertices of round 1."""
    told = Story()
    told.round(1)
    return told


@pytest.fixture
def crashed() -> Story:
    """C crashed in round 3 and returned as it was in round 2; A4 and B4 freeze its first epoch."""
    told = Story()
    told.rounds(1, 2)
    backup_seq = len(told.logs["C"])
    told.round(3)
    told.restart("C", backup_seq)
    told.take("C", "A3 B3 C3")
    for replica in "AB":
        name = f"{replica}4"
        told.vertex(name, "A3 B3 C3", freezes="C")
        told.enter(replica, 4)
        told.create(name)
        told.freeze(replica, "C", name)
    told.enter("C", 3)
    told.enter("C", 4)
    told.take("ABC", "A4 B4")
    told.coin("ABC", 1, "A")
    told.commit("ABC", 1, "A1")
    told.deliver("ABC", "A1", 1)
    for round_, below in enumerate(("A4 B4", "A5 B5", "A6 B6", "A7 B7"), start=5):
        told.enter("C", round_)
        told.round(round_, dict.fromkeys("AB", below).__getitem__, of="AB")
    return told


@pytest.fixture
def ordered(crashed: Story) -> Story:
    """The same, where the leader A5 is committed, and all that it opens is still to be told."""
    crashed.coin("ABC", 2, "A")
    crashed.commit("ABC", 2, "A5")
    crashed.deliver("ABC", "B1 C1 A2 B2 C2 A3 B3 C3 A4 B4", 2)
    return crashed


@pytest.fixture
def two_waves() -> Story:
    """Three replicas in step through eight rounds; A leads the first wave, B the second."""
    told = Story()
    told.rounds(1, 4)
    told.coin("ABC", 1, "A")
    told.commit("ABC", 1, "A1")
    told.deliver("ABC", "A1", 1)
    told.rounds(5, 8)
    told.coin("ABC", 2, "B")
    told.commit("ABC", 2, "B5")
    told.deliver("ABC", "B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 B5", 2)
    return told
