"""Recorded executions in which each replica's own enclave shows the coin, for a proof.

A small world of its own: messages arrive in any order, correct replicas advance at any time. Faulty
hosts follow the protocol as far as they like, tell some replicas nothing, and ask their enclaves
for the coin whenever they have anything to show.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from unittest import mock

from tee_rider.model_check.world.enclaves import enclaves_with_coin
from tee_rider.model_check.world.host import gather_proof
from tee_rider.reference import enclave as trusted
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.replica import initial_state, may_advance, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.coin import leader_of
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Input, Receive, Send
from tee_rider.spec.messages import SignedMessage
from tests.proofs.bridges.executions import setting
from tests.proofs.bridges.runs import Run, Step

SECRET = 2
"""The wave whose coin differs in the second run."""
Equip = Callable[[list[Enclave]], list[Enclave]]


@dataclass(frozen=True, slots=True)
class Toss:
    """An enclave was asked for a coin: what it says, and what it says in the second run.

    The two runs have the same steps. The second answer is the same code's, with another secret.
    """

    enclave: int
    wave: int
    leader: int | None
    other_leader: int | None


@dataclass
class Tossed:
    """A run, and what enclaves were asked after which of its steps."""

    run: Run
    tosses: dict[int, list[Toss]] = field(default_factory=dict)

    def after(self, number: int) -> list[Toss]:
        """What was asked when so many steps had been taken."""
        return self.tosses.get(number, [])


def other_leader_of(seed: bytes, wave: int, n: int) -> int:
    """The coin of the second run."""
    return (leader_of(seed, wave, n) + (wave == SECRET)) % n


class World:
    """n replicas with their enclaves, and the messages under way."""

    def __init__(
        self, n: int, faulty: int, waves: int, seed: int, profile: Profile, equip: Equip
    ) -> None:
        """Setup is over."""
        self.random, self.setting, self.waves = Random(seed), setting(n, profile), waves
        usigs = [IdealUsig(i) for i in range(n)]
        enclaves = equip(enclaves_with_coin(self.setting, usigs, seed))
        self.states = [initial_state(self.setting, enclave) for enclave in enclaves]
        self.correct = tuple(range(n - faulty))
        self.flights: list[tuple[int, SignedMessage]] = []
        self.told = Tossed(Run(self.setting, self.correct, []))

    def play(self) -> Tossed:
        """Go on until nobody can."""
        while moves := self._moves():
            self._step(*self.random.choice(moves))
        return self.told

    def _moves(self) -> list[tuple[int, Input]]:
        """A message arrives, or a replica advances; the last round asks for the last coin."""
        last = WAVE_LENGTH * self.waves + 2
        ready = [i for i, s in enumerate(self.states) if s.round < last and may_advance(s)]
        moves: list[tuple[int, Input]] = [(i, Advance()) for i in ready]
        if self.flights:
            receiver, message = self.flights.pop(self.random.randrange(len(self.flights)))
            self.flights.append((receiver, message))
            moves += [(receiver, Receive(message))] * 3
        return moves

    def _step(self, i: int, input_: Input) -> None:
        if isinstance(input_, Receive):
            self.flights.remove((i, input_.message))
        before = self.states[i]
        self.states[i], outputs = step(before, input_)
        self.told.run.steps.append(Step(i, before, input_, self.states[i], outputs))
        for output in outputs:
            if isinstance(output, Send):
                self._send(i, output)
        if i not in self.correct:
            self._ask(i, len(self.states[i].ordering.leaders) + 1)
        for output in outputs:
            if isinstance(output, CoinRequested):
                leader = self._ask(i, output.wave)
                if leader is not None:
                    self._step(i, CoinReleased(output.wave, leader))

    def _send(self, sender: int, send: Send) -> None:
        """A faulty host keeps what it likes to itself; what it forwards, others forward as well."""
        for receiver in range(len(self.states)):
            kept = sender not in self.correct and self.random.random() < 0.3
            if send.to >> receiver & 1 and not kept:
                self.flights.append((receiver, send.message))

    def _ask(self, i: int, wave: int) -> int | None:
        state = self.states[i]
        enclave, proof = state.broadcast.usig, gather_proof(state, wave)
        assert isinstance(enclave, Enclave)
        if not proof.vertices:
            return None
        leader = enclave.coin(wave, proof)
        with mock.patch.object(trusted, "leader_of", other_leader_of):
            toss = Toss(i, wave, leader, enclave.coin(wave, proof))
        self.told.tosses.setdefault(len(self.told.run.steps), []).append(toss)
        return leader


def same(enclaves: list[Enclave]) -> list[Enclave]:
    """As setup left them."""
    return enclaves


def tossed(
    n: int, faulty: int, waves: int, seed: int, profile: Profile = HARDENED, equip: Equip = same
) -> Tossed:
    """One run."""
    return World(n, faulty, waves, seed, profile, equip).play()
