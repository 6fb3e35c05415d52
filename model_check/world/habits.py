"""How faulty hosts misbehave in simulated runs: a mixture of habits, drawn from the seed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from tee_rider.model_check.world.adversary import FaultyHost
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.misdeeds import INVALID_OF_WHO_RETURNS, VALID, possible_breaches
from tee_rider.model_check.world.network import Flight
from tee_rider.model_check.world.system import flights
from tee_rider.reference.profile import Setting
from tee_rider.reference.vertex_creation import create_new_vertex
from tee_rider.spec.interface import Send
from tee_rider.spec.messages import Content, Junk, SignedMessage
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request, Vertex

DEEDS_IN_A_ROUND = 3
"""How often at most a host does something between two vertices, so that every run ends."""
NEVER = 1 << 53
"""A round that no run reaches."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What one host tends to do; all but the two rounds are probabilities."""

    skip: float
    """That it makes no vertex in a round."""
    bend: float
    """That its vertex has odd edges, though it breaks no rule."""
    breach: float
    """That it signs something invalid first."""
    withhold: float
    """For each receiver of each message that it sends or forwards: that it keeps this copy back."""
    deed: float
    """On each turn: that it replays, forges, signs junk, or lets go of copies that it kept."""
    restart: float
    """In each round: that it restarts its enclave, once in a run."""
    lag: int
    """How many rounds the others must be ahead before it makes its vertex."""
    silent_from: int
    """The round from which on it sends nothing."""


def draw_habits(random: Random) -> Habits:
    """A mixture in which many habits are absent, so that those present are seen undisturbed."""
    return Habits(
        skip=random.choice((0.0, 0.0, 0.2, 0.5)),
        bend=random.choice((0.0, 0.3, 1.0)),
        breach=random.choice((0.0, 0.1, 0.5)),
        withhold=random.choice((0.0, 0.2, 0.5, 0.9)),
        deed=random.choice((0.0, 0.2, 0.5)),
        restart=random.choice((0.0, 0.0, 0.0, 0.05)),
        lag=random.choice((0, 0, 1, 3, 6)),
        silent_from=random.choice((NEVER, NEVER, NEVER, NEVER, 0, random.randrange(20))),
    )


class MisbehavingHost(FaultyHost):
    """Follows the DAG, and signs and sends by its habits."""

    bends = VALID
    """The odd edges that it knows."""

    def __init__(
        self, setting: Setting, enclave: Usig, coin: Coin, random: Random, habits: Habits
    ) -> None:
        """A host that has not done anything."""
        super().__init__(setting, enclave, coin)
        self.random = random
        self.habits = habits
        self.heard: list[SignedMessage] = []
        self.kept: list[Flight] = []
        self.deeds_left = DEEDS_IN_A_ROUND

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        """Take the message in, and forward it to some."""
        sends = self.follow(message)
        if sends:
            self.heard.append(message)
        return self._send(sends)

    def turn(self) -> Iterable[Flight]:
        """Make the next vertex if it is time, else perhaps do something else."""
        if self.round_complete and self._others_are_ahead():
            return self._next_vertex()
        if self.deeds_left and self.random.random() < self.habits.deed and not self._silent():
            self.deeds_left -= 1
            deeds = (self._replay, self._forge, self._sign_something_invalid, self._let_go)
            return self.random.choice(deeds)()
        return ()

    def says_freezes(self) -> bool:
        """Whether its next vertex says the freezes that a correct replica's would say."""
        return False

    def broadcast(self, content: Content) -> list[Flight]:
        """Sign the content, and send it to some."""
        sends = self.sign(content)
        self.heard.append(sends[0].message)
        return self._send(sends)

    def _silent(self) -> bool:
        return self.state.round >= self.habits.silent_from

    def _others_are_ahead(self) -> bool:
        lag = self.habits.lag
        return lag == 0 or bool(self.state.dag.round_vertices(self.state.round + lag))

    def _next_vertex(self) -> list[Flight]:
        random, habits = self.random, self.habits
        self.deeds_left = DEEDS_IN_A_ROUND
        if random.random() < habits.restart and self.state.broadcast.usig.epoch == 1:
            self.restart_enclave()
        request = Request(self.replica, self.random.randrange(1000))
        vertex = self.enter_next_round((request,), self.says_freezes())
        sent: list[Flight] = []
        if random.random() < habits.breach:
            sent += self._breach(vertex)
        if random.random() < habits.skip:
            return sent
        if random.random() < habits.bend:
            return sent + self.broadcast(random.choice(self.bends)(random, self.state, vertex))
        return sent + self.broadcast(vertex)

    def _breach(self, vertex: Vertex) -> list[Flight]:
        reason = self.random.choice(possible_breaches(self.state, vertex))
        return self.broadcast(INVALID_OF_WHO_RETURNS[reason](self.random, self.state, vertex))

    def _send(self, sends: Iterable[Send]) -> list[Flight]:
        """Each copy leaves now or is kept back."""
        if self._silent():
            return []
        leaving: list[Flight] = []
        for flight in flights(self.replica, sends):
            withheld = self.random.random() < self.habits.withhold
            (self.kept if withheld else leaving).append(flight)
        return leaving

    def _replay(self) -> list[Flight]:
        """Send an old message again, to anybody."""
        return [self._to_anybody(self.random.choice(self.heard))] if self.heard else []

    def _forge(self) -> list[Flight]:
        """Put another content under a unique identifier, also under ones yet to come."""
        if not self.heard:
            return []
        ui = self.random.choice(self.heard).ui
        counter, epoch = ui.counter + self.random.randrange(3), ui.epoch + self.random.randrange(2)
        forged = replace(ui, counter=counter, epoch=epoch)
        return [self._to_anybody(SignedMessage(Junk(b"forged"), forged))]

    def _sign_something_invalid(self) -> list[Flight]:
        """Use up a slot between two vertices."""
        state, round_ = self.state, self.state.round + 1
        undelivered = state.ordering.undelivered
        return self._breach(
            create_new_vertex(state.setting, state.dag, undelivered, round_, state.replica, ())
        )

    def _let_go(self) -> list[Flight]:
        """Send, late, some of what was kept."""
        waiting, self.kept = self.kept, []
        leaving: list[Flight] = []
        for flight in waiting:
            (leaving if self.random.random() < 0.5 else self.kept).append(flight)
        return leaving

    def _to_anybody(self, message: SignedMessage) -> Flight:
        n = self.state.setting.configuration.n
        return Flight(self.replica, self.random.randrange(n), message)


class TwoFacedHost:
    """Its enclave is broken too: it shows one face to half of the replicas, another to the rest.

    Both faces sign with the same counters, and each hears those alone that it is shown to, or it
    would speak of what they do not know. For the mutant without a USIG alone: nothing that a faulty
    host can do.
    """

    def __init__(
        self, setting: Setting, enclave: Usig, coin: Coin, random: Random, habits: Habits
    ) -> None:
        """Both faces have the same habits, but not the same luck."""
        seeds = random.random(), random.random()
        self.faces = [MisbehavingHost(setting, enclave, coin, Random(s), habits) for s in seeds]

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        """The face that its origin sees takes the message in."""
        if message.ui.replica == self.faces[0].replica:
            return ()
        return self.faces[message.ui.replica % 2].receive(message)

    def turn(self) -> Iterable[Flight]:
        """Both have their turn."""
        return [
            flight
            for side, face in enumerate(self.faces)
            for flight in face.turn()
            if flight.receiver % 2 == side
        ]
