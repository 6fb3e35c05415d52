"""Lives of replicas: local states and messages by number, and each real step taken once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from tee_rider.model_check.world.host import local_step
from tee_rider.reference.replica import ReplicaState, may_advance, restart
from tee_rider.spec.events import ADeliver
from tee_rider.spec.interface import Advance, Input, Receive, Send
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Vertex, VertexId

Sent: TypeAlias = tuple[tuple[int, int], ...]
"""Numbers of messages, and to whom each, as a bitmask."""


class Life(NamedTuple):
    """A replica's state, and what it has delivered since it began, its backup's part included."""

    state: ReplicaState
    delivered: tuple[VertexId, ...] = ()


class Lives:
    """All lives found so far, and all messages sent in them."""

    def __init__(self, leaders: Sequence[int]) -> None:
        """None is found yet; ``leaders`` are what the coins of the waves show."""
        self.all: list[Life] = []
        self.messages: list[SignedMessage] = []
        self._leaders = leaders
        self._numbers: dict[Life, int] = {}
        self._message_numbers: dict[SignedMessage, int] = {}
        self._vertices: dict[VertexId, list[int]] = {}
        self._after: dict[tuple[int, frozenset[int], int], tuple[int, Sent]] = {}

    def number(self, life: Life) -> int:
        """The number of a life, a new one if it is new."""
        number = self._numbers.setdefault(life, len(self.all))
        if number == len(self.all):
            self.all.append(life)
        return number

    def receive(self, number: int, messages: frozenset[int], rounds: int) -> tuple[int, Sent]:
        """A replica receives some messages, and then advances for as long as it can."""
        key = (number, messages, rounds)
        if key not in self._after:
            ordered = sorted(messages, key=lambda m: self.messages[m].ui.position)
            inputs = [Receive(self.messages[message]) for message in ordered]
            self._after[key] = self._run(self.all[number], inputs, rounds)
        return self._after[key]

    def back(self, number: int, usig: Usig) -> tuple[int, Sent]:
        """A backup of that life comes back with a new enclave."""
        backup = self.all[number]
        state, outputs = restart(backup.state, usig)
        sends = (output for output in outputs if isinstance(output, Send))
        return self.number(Life(state, backup.delivered)), self._sent(sends)

    def _run(self, life: Life, inputs: list[Receive], rounds: int) -> tuple[int, Sent]:
        state, delivered = life
        sends: list[Send] = []
        pending: list[Input] = [*inputs]
        while pending or (state.round < rounds and may_advance(state)):
            input_ = pending.pop(0) if pending else Advance()
            state, sent, events = local_step(state, input_, self._coin)
            sends += sent
            delivered += tuple(e.vertex for e in events if isinstance(e, ADeliver))
        return self.number(Life(state, delivered)), self._sent(sends)

    def _coin(self, _: object, wave: int) -> int:
        return self._leaders[wave - 1]

    def _sent(self, sends: Iterable[Send]) -> Sent:
        numbered: list[tuple[int, int]] = []
        for send in sends:
            number = self._message_numbers.setdefault(send.message, len(self.messages))
            if number == len(self.messages):
                self.messages.append(send.message)
                if isinstance(send.message.content, Vertex):
                    self._vertices.setdefault(send.message.content.id, []).append(number)
            numbered.append((number, send.to))
        return tuple(numbered)

    def missing(self, number: int, message: int) -> int:
        """How many messages of its stream a life still needs to have this one: 1 is next."""
        ui = self.messages[message].ui
        stream = self.all[number].state.broadcast.stream(ui.replica, ui.epoch)
        return ui.counter - stream.accepted

    def with_history(
        self, number: int, message: int, arriving: frozenset[int]
    ) -> frozenset[int] | None:
        """A message with all that must come before it; None if some of that is not arriving."""
        dag = self.all[number].state.dag
        needed: set[int] = set()
        stack = [message]
        while stack:
            one = stack.pop()
            if one in needed:
                continue
            if one not in arriving:
                return None
            needed.add(one)
            stack += self._before_in_stream(one, arriving)
            content = self.messages[one].content
            for name in content.predecessors if isinstance(content, Vertex) else ():
                if not dag.holds(name):
                    there = [m for m in self._vertices.get(name, ()) if m in arriving]
                    if not there and not self._waits(number, name):
                        return None
                    stack += there
        return frozenset(needed)

    def _before_in_stream(self, message: int, arriving: frozenset[int]) -> Iterator[int]:
        ui = self.messages[message].ui
        for other in sorted(arriving):
            before = self.messages[other].ui
            same = (before.replica, before.epoch) == (ui.replica, ui.epoch)
            if same and before.counter < ui.counter:
                yield other

    def _waits(self, number: int, name: VertexId) -> bool:
        """Whether a life has a vertex already, and it waits for others to enter the DAG."""
        return any(vertex.id == name for vertex, _ in self.all[number].state.waiting)
