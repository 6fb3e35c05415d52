"""Plays a schedule on the reference's replicas, vertex by vertex, and writes it as a scenario."""

from collections.abc import Iterable, Mapping

from tee_rider.model_check.world.adversary import FaultyHost
from tee_rider.model_check.world.host import Coin, local_step
from tee_rider.reference.profile import Setting
from tee_rider.reference.replica import ReplicaState, initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import CommitLeader
from tee_rider.spec.identifiers import Mask, mask_of, members, replica_name
from tee_rider.spec.interface import Advance, Receive
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex


class Player:
    """Correct replicas run the reference; the player is their network, and the faulty hosts.

    Each replica is shown what its next vertex has edges to, with what must come before, and
    nothing else of that round: so the player decides the strong edges.
    """

    def __init__(self, setting: Setting, faulty: int, coin: Coin) -> None:
        """Nothing has happened yet; the last ``faulty`` replicas are faulty."""
        n = setting.configuration.n
        self.n = n
        self.correct = range(n - faulty)
        self.coin = coin
        self.states: list[ReplicaState] = [
            initial_state(setting, IdealUsig(i)) for i in self.correct
        ]
        self.hosts = {i: FaultyHost(setting, IdealUsig(i), coin) for i in range(n - faulty, n)}
        self.signed: dict[tuple[int, int], SignedMessage] = {}
        """By round and source."""
        self.streams: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        """Each source's addresses, in the order in which they were signed."""
        self.committed: dict[int, Mask] = {}
        """For each wave, which correct replicas have committed it directly."""
        self.lines: list[str] = []
        """The same as a scenario."""

    def state(self, replica: int) -> ReplicaState:
        """What a replica knows; of a faulty one, what its host has taken in."""
        return self.hosts[replica].state if replica in self.hosts else self.states[replica]

    def there(self, round_: int) -> Mask:
        """Of whom there is a vertex in a round."""
        return mask_of(tuple(i for i in range(self.n) if (round_, i) in self.signed))

    def make(self, round_: int, row: Mapping[int, Mask]) -> None:
        """Each replica of the row makes its vertex of a round, with these strong edges."""
        for parent in range(self.n):
            for i in sorted(row):
                if row[i] >> parent & 1:
                    self.show(round_ - 1, parent, i)
        moving = [i for i in sorted(row) if i not in self.hosts]
        if moving:
            verb = "advances" if len(moving) == 1 else "advance"
            self._say(f"{' '.join(map(replica_name, moving))} {verb}")
        for i in sorted(row):
            made = self._sign(round_, i, row[i]) if i in self.hosts else self._advance(i)
            edges = mask_of(tuple(edge.source for edge in made.strong_edges))
            assert (made.round, edges) == (round_, row[i]), (
                f"{made.name} has edges {edges:b}, not {row[i]:b}"
            )

    def show(self, round_: int, source: int, receiver: int) -> None:
        """A replica receives a vertex, after what its source signed before and what it names."""
        if source == receiver or self.state(receiver).dag.get(round_, source) is not None:
            return
        stream = self.streams[source]
        message = self.signed[round_, source]
        vertex = message.content
        assert isinstance(vertex, Vertex)
        place = stream.index((round_, source))
        if place:
            self.show(*stream[place - 1], receiver)
        for name in vertex.predecessors:
            self.show(name.round, name.source, receiver)
        self._say(f"deliver {vertex.name} to {replica_name(receiver)}")
        if receiver in self.hosts:
            self.hosts[receiver].follow(message)
        else:
            self._step(receiver, Receive(message))

    def show_all(self, upto: int) -> None:
        """Everybody receives everything of the rounds up to the given one."""
        for round_, source in sorted(self.signed):
            if round_ <= upto:
                for receiver in range(self.n):
                    self.show(round_, source, receiver)

    def forget(self, upto: int) -> None:
        """Everybody has received what was signed in the rounds up to the given one."""
        for address in [address for address in self.signed if address[0] <= upto]:
            del self.signed[address]
        for i, stream in enumerate(self.streams):
            self.streams[i] = [address for address in stream if address[0] > upto]

    def _advance(self, replica: int) -> Vertex:
        self._step(replica, Advance())
        state = self.states[replica]
        made = state.dag.get(state.round, replica)
        assert made is not None, "a correct replica holds its own vertex"
        return made

    def _sign(self, round_: int, host: int, parents: Mask) -> Vertex:
        below = [self.signed[round_ - 1, i].content for i in members(parents)]
        edges = tuple(StrongEdge(v.source, v.digest) for v in below if isinstance(v, Vertex))
        vertex = make_vertex(round_, host, edges)
        on = " ".join(v.name for v in below if isinstance(v, Vertex))
        self._say(f"{replica_name(host)} creates {vertex.name}" + (f" on {on}" if on else ""))
        self._note([send.message for send in self.hosts[host].sign(vertex)], host)
        return vertex

    def _step(self, replica: int, input_: Advance | Receive) -> None:
        state, sends, events = local_step(self.states[replica], input_, self.coin)
        self.states[replica] = state
        self._note([send.message for send in sends], replica)
        for event in events:
            if isinstance(event, CommitLeader) and event.direct:
                by = self.committed.get(event.wave, 0)
                self.committed[event.wave] = by | 1 << replica

    def _note(self, messages: Iterable[SignedMessage], by: int) -> None:
        for message in messages:
            if message.ui.replica == by and isinstance(message.content, Vertex):
                address = message.content.round, by
                self.signed[address] = message
                self.streams[by].append(address)

    def _say(self, line: str) -> None:
        said = self.lines[-1] if self.lines else ""
        what, to, receiver = line.partition(" to ")
        if to and said.startswith(f"{what} to "):
            self.lines[-1] = f"{said} {receiver}"
        else:
            self.lines.append(line)
