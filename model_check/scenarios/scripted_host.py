"""A faulty host in a scenario: it listens to everything, and signs and sends what the text says."""

from collections.abc import Iterable

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.adversary import FaultyHost
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.network import Flight
from tee_rider.reference.profile import Setting
from tee_rider.reference.reliable_broadcast import Send
from tee_rider.reference.usig import Usig
from tee_rider.reference.vertex_creation import create_new_vertex
from tee_rider.spec.identifiers import replica_name, replica_number
from tee_rider.spec.messages import Content, SignedMessage
from tee_rider.spec.vertex import Request, StrongEdge, Vertex, WeakEdge, make_vertex


class ScriptedHost(FaultyHost):
    """Does nothing of its own accord."""

    def __init__(self, setting: Setting, enclave: Usig, coin: Coin) -> None:
        """A host that has not done anything."""
        super().__init__(setting, enclave, coin)
        self.heard: list[SignedMessage] = []

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        """Take the message in, and forward nothing."""
        self.heard.append(message)
        self.follow(message)
        return ()

    def turn(self) -> Iterable[Flight]:
        """Wait for the text."""
        return ()

    def say(self, content: Content) -> list[Send]:
        """Sign the content; it is sent to whom the text says."""
        sends = self.sign(content)
        self.heard.append(sends[0].message)
        return sends

    def find(self, name: str) -> SignedMessage:
        """A message that it signed or heard.

        Raises:
            UsageError: it has no such message.
        """
        for message in self.heard:
            if is_named(message, name):
                return message
        raise UsageError(f"{replica_name(self.replica)} has no message {name} that it could send")

    def make(self, name: str, edges: str | None, saying: str | None) -> Vertex:
        """A vertex on the given edges; without any, the one that a correct replica would make.

        Raises:
            UsageError: the vertex is another replica's, or its edges lead to what is not held.
        """
        source, round_ = address_of(name)
        if source != self.replica:
            raise UsageError(f"{replica_name(self.replica)} cannot create {name}: it is another's")
        requests = (Request(source, round_, saying),) if saying else ()
        if edges is None:
            state = self.state
            undelivered = state.ordering.undelivered
            return create_new_vertex(
                state.setting, state.dag, undelivered, round_, source, requests
            )
        strong: list[StrongEdge] = []
        weak: list[WeakEdge] = []
        for edge in edges.split():
            held = self._held(edge.removeprefix("~"))
            if edge.startswith("~"):
                weak.append(WeakEdge(held.round, held.source, held.digest))
            elif held.round == round_ - 1:
                strong.append(StrongEdge(held.source, held.digest))
            else:
                raise UsageError(
                    f"{edge} is not of round {round_ - 1}: write ~{edge} for a weak edge"
                )
        return make_vertex(round_, source, tuple(strong), tuple(weak), requests)

    def _held(self, name: str) -> Vertex:
        source, round_ = address_of(name)
        n = self.state.setting.configuration.n
        held = self.state.dag.get(round_, source) if source < n else None
        if held is None:
            raise UsageError(f"{replica_name(self.replica)} does not hold {name} in its DAG")
        return held


def address_of(name: str) -> tuple[int, int]:
    """The source and the round of a vertex's name, as in A4."""
    letters = name.rstrip("0123456789")
    return replica_number(letters), int(name.removeprefix(letters))


def is_named(message: SignedMessage, name: str) -> bool:
    """Whether a name means this message: A4 its vertex, A#7 its place in A's stream."""
    if "#" in name:
        origin, counter = name.split("#")
        return (message.ui.replica, message.ui.counter) == (replica_number(origin), int(counter))
    return isinstance(message.content, Vertex) and message.content.name == name


def name_of(message: SignedMessage) -> str:
    """A4 for a vertex, A#7 for anything else."""
    return message.content.name if isinstance(message.content, Vertex) else message.ui.name
