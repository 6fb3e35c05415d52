"""A faulty host in a scenario: it listens to everything, and signs and sends what the text says."""

from collections.abc import Iterable
from typing import Any

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.nxbft.messages import Commit, PlainMessage, Proposal, ReturnRequest
from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.scenarios.message_names import SECOND, address_of, is_named
from tee_rider.model_check.world.network import Flight
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.identifiers import replica_name, replica_number
from tee_rider.spec.messages import Content, RecoveryRequest, SignedMessage, content_bytes
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request, StrongEdge, Vertex, WeakEdge, make_vertex


class ScriptedHost:
    """Does nothing of its own accord. It has any number of enclaves, one for each epoch.

    Source: TEE-Rider, system model: what a faulty host can do.
    """

    def __init__(self, setting: Setting, enclave: Usig) -> None:
        """A host that has not done anything."""
        self.setting = setting
        self.replica = enclave.replica
        self.enclaves = {enclave.epoch: enclave}
        self.heard: list[SignedMessage] = []
        self.seconds: list[SignedMessage] = []
        """Signed with a counter that it had used, as no USIG would."""

    @property
    def others(self) -> tuple[int, ...]:
        """Everybody else."""
        return tuple(i for i in range(self.setting.configuration.n) if i != self.replica)

    @property
    def plain_requests(self) -> bool:
        """Whether its protocol is NxBFT, where a replica returns by messages without counters."""
        return self.setting.profile.name == NXBFT.name

    def receive(self, message: Any) -> Iterable[Flight]:
        """Take the message in, and forward nothing."""
        if isinstance(message, SignedMessage):
            self.heard.append(message)
        return ()

    def turn(self) -> Iterable[Flight]:
        """Wait for the text."""
        return ()

    def sign(self, content: Content, epoch: int = 1) -> SignedMessage:
        """The epoch's enclave binds its next counter to the content."""
        while max(self.enclaves) < epoch:
            self.enclaves[max(self.enclaves) + 1] = self.enclaves[max(self.enclaves)].restart()
        self.enclaves[epoch], ui = self.enclaves[epoch].create_ui(content_bytes(content))
        message = SignedMessage(content, ui)
        self.heard.append(message)
        return message

    def sign_again(self, vertex: Vertex, most: int) -> SignedMessage:
        """Bind the counter of its vertex of that address to this one too, ``most`` times in all.

        Raises:
            UsageError: its enclave counts, there is no such vertex, or it says the same.
        """
        if len(self.seconds) >= most:
            raise UsageError(
                f"{vertex.name}{SECOND} is a second vertex with one counter, which a USIG refuses:"
                f" {most} can be signed; write 'mutant equivocation' on top for one"
            )
        first = self.find(vertex.name)
        if first.content == vertex:
            raise UsageError(f"{vertex.name}{SECOND} says the same as {vertex.name}")
        usig = IdealUsig(self.replica, first.ui.epoch, first.ui.counter - 1)
        _, ui = usig.create_ui(content_bytes(vertex))
        self.seconds.append(SignedMessage(vertex, ui))
        return self.seconds[-1]

    def ask(self, epoch: int) -> SignedMessage | PlainMessage:
        """Ask that a new enclave may replace the old one.

        Raises:
            UsageError: the enclave has signed something before.
        """
        if self.plain_requests:
            return ReturnRequest(self.replica, epoch)
        message = self.sign(RecoveryRequest(), epoch)
        if message.ui.counter != 1:
            raise UsageError(f"a request is the first message of its epoch, not {message.ui.name}")
        return message

    def tell_chain(self, verb: str, names: str, target: str, epoch: int) -> PlainMessage:
        """Propose a chain for another's return, or commit to it, whatever it is.

        Raises:
            UsageError: its protocol has no such messages, or it has not heard such vertices.
        """
        if not self.plain_requests:
            name = self.setting.profile.name
            raise UsageError(f"nothing is proposed in {name}: write 'profile nxbft' on top")
        chain = () if names == "nothing" else tuple(self.find(name) for name in names.split())
        kind = Proposal if verb == "proposes" else Commit
        return kind(self.replica, replica_number(target), epoch, chain)

    def find(self, name: str) -> SignedMessage:
        """A message that it signed or heard.

        Raises:
            UsageError: it has no such message.
        """
        for message in (*self.heard, *self.seconds):
            if is_named(message, name, self.seconds):
                return message
        raise UsageError(f"{replica_name(self.replica)} has no message {name} that it could send")

    def make(self, name: str, edges: str | None, saying: str | None) -> Vertex:
        """A vertex on the given edges; without any, on all that it has heard of the round before.

        Raises:
            UsageError: the vertex is another's, or its edges lead to what it never heard of.
        """
        source, round_ = address_of(name)
        if source != self.replica:
            raise UsageError(f"{replica_name(self.replica)} cannot create {name}: it is another's")
        requests = (Request(source, round_, saying),) if saying else ()
        if edges is None:
            return make_vertex(round_, source, self._all_edges(round_ - 1), (), requests)
        strong: list[StrongEdge] = []
        weak: list[WeakEdge] = []
        for edge in edges.split():
            vertex = self._heard_of(edge.removeprefix("~"))
            if edge.startswith("~"):
                weak.append(WeakEdge(vertex.round, vertex.source, vertex.digest))
            elif vertex.round == round_ - 1:
                strong.append(self._edge_to(vertex))
            else:
                raise UsageError(
                    f"{edge} is not of round {round_ - 1}: write ~{edge} for a weak edge"
                )
        return make_vertex(round_, source, tuple(strong), tuple(weak), requests)

    def _all_edges(self, round_: int) -> tuple[StrongEdge, ...]:
        first: dict[int, Vertex] = {}
        for message in self.heard:
            vertex = message.content
            if isinstance(vertex, Vertex) and vertex.round == round_:
                first.setdefault(vertex.source, vertex)
        return tuple(self._edge_to(first[source]) for source in sorted(first))

    def _edge_to(self, vertex: Vertex) -> StrongEdge:
        return StrongEdge(vertex.source, None if self.plain_requests else vertex.digest)

    def _heard_of(self, name: str) -> Vertex:
        for message in self.heard:
            if isinstance(message.content, Vertex) and message.content.name == name:
                return message.content
        raise UsageError(f"{replica_name(self.replica)} has not heard of {name}")
