"""Layered runs: round by round, every replica makes a vertex on the edges that it is told.

The shape of the DAG alone decides what is committed, so a run may go layer by layer: before a
replica makes its next vertex, it receives just the histories of the vertices that it shall name.
Many waves of any shape are so reached in milliseconds, over the real ``reference.step``.
"""

from collections.abc import Mapping, Sequence
from random import Random

from tee_rider.model_check.world.host import Coin, local_step
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.dag import Address, predecessor_addresses
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.identifiers import Mask, mask_of, members
from tee_rider.spec.interface import Advance, Input, Receive
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex

CHANGE_OF_MOOD = 0.3
OBEDIENCE = 0.95
GENEROSITY = (0.1, 0.5)


class LayeredRun:
    """A run of n correct replicas that are always in the same round."""

    def __init__(
        self,
        setting: Setting,
        coin: Coin,
        recorder: Recorder,
        profiles: Mapping[int, Profile] | None = None,
    ) -> None:
        """Everybody has made its vertex of round 1; some may follow profiles of their own."""
        self.n = setting.configuration.n
        self.coin = coin
        self.recorder = recorder
        self.round = 0
        self.sent: dict[Address, SignedMessage] = {}
        """The message that carries the vertex of each address."""
        self.states = [
            initial_state(
                Setting(setting.configuration, (profiles or {}).get(i, setting.profile)),
                IdealUsig(i),
            )
            for i in range(self.n)
        ]
        self.advance()

    def advance(self) -> None:
        """Everybody makes its next vertex on what it holds."""
        self.round += 1
        for replica in range(self.n):
            self._step(replica, Advance())

    def layer(self, edges: Sequence[Mask]) -> None:
        """Everybody makes its next vertex on the vertices of these sources, and what they name."""
        for replica, sources in enumerate(edges):
            for source in members(sources):
                self._receive(replica, (self.round, source))
        self.advance()

    def _receive(self, replica: int, address: Address) -> None:
        """Receive a vertex, everything that it names first."""
        message = self.sent[address]
        accepted = self.states[replica].broadcast.stream(message.ui.replica, 1).accepted
        if message.ui.counter <= accepted:
            return
        assert isinstance(message.content, Vertex)
        for below in sorted(predecessor_addresses(message.content)):
            self._receive(replica, below)
        for counter in range(accepted + 1, message.ui.counter):
            self._receive(replica, (counter, address[1]))
        self._step(replica, Receive(message))

    def _step(self, replica: int, input_: Input) -> None:
        state, sends, events = local_step(self.states[replica], input_, self.coin)
        self.states[replica] = state
        self.recorder.record(replica, events)
        for send in sends:
            content = send.message.content
            if isinstance(content, Vertex):
                self.sent[content.round, content.source] = send.message


class Moods:
    """Draws layers in which replicas keep to their own group for a few rounds.

    Edges drawn evenly make almost every wave commit directly, and nothing is ever put to the test.
    """

    def __init__(self, random: Random, n: int, least: int) -> None:
        """Every vertex gets at least so many edges, and mostly no more."""
        self._random = random
        self._n = n
        self._least = least
        self._generosity = random.choice(GENEROSITY)
        """How often a vertex has more edges than it needs."""
        self._group: list[int] = []
        """One of the two groups; the other one is everybody else."""

    def layer(self) -> list[Mask]:
        """For each replica itself and some others, those of its group first."""
        random, everyone = self._random, range(self._n)
        if random.random() < CHANGE_OF_MOOD:
            self._group = random.sample(everyone, self._n - self._least)
        edges: list[Mask] = []
        for replica in everyone:
            others = [other for other in everyone if other != replica]
            random.shuffle(others)
            if random.random() < OBEDIENCE:
                inside = replica in self._group
                others.sort(key=lambda other: (other in self._group) != inside)
            count = self._least
            if random.random() < self._generosity:
                count = random.randint(self._least, self._n)
            edges.append(mask_of((replica, *others[: count - 1])))
        return edges


def random_run(
    setting: Setting,
    coin: Coin,
    recorder: Recorder,
    waves: int,
    seed: int,
    profiles: Mapping[int, Profile] | None = None,
) -> None:
    """A layered run of some waves whose shape is drawn from the seed."""
    run = LayeredRun(setting, coin, recorder, profiles)
    least = max(1, setting.profile.edge_quorum(setting.configuration))
    moods = Moods(Random(seed), run.n, least)
    for _ in range(WAVE_LENGTH * waves):
        run.layer(moods.layer())
