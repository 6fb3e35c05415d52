"""One simulated run: from a seed to everything that happens in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.enclaves import UsigForm, make_enclaves
from tee_rider.model_check.world.habits import MisbehavingHost, TwoFacedHost, draw_habits
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.recorder import Observer, Recorder
from tee_rider.model_check.world.schedulers import (
    Scheduler,
    copies_of_a_round,
    draw_paces,
    make_network,
)
from tee_rider.model_check.world.setting import Crashes
from tee_rider.model_check.world.system import FaultyReplica, System
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.vertex import Request

TURNS_IN_A_ROUND = 6
"""How often a faulty host gets its turn while every copy of a round's messages arrives once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Everything that decides what happens in a run."""

    setting: Setting
    waves: int
    seed: int
    faulty: int = 0
    """How many replicas are on faulty hosts: the last ones."""
    scheduler: Scheduler = Scheduler.RANDOM
    crashes: Crashes = ()
    usig: UsigForm = UsigForm.IDEAL
    coin: Coin | None = None
    """None: a coin from the seed."""
    equivocation: bool = False
    """Whether the faulty hosts' enclaves are broken: for the mutant without a USIG alone."""

    @property
    def last_round(self) -> int:
        """Entering this round asks for the coin of the last wave."""
        return WAVE_LENGTH * self.waves + 1

    @property
    def faulty_replicas(self) -> tuple[int, ...]:
        """Who misbehaves."""
        return tuple(range(self.correct, self.setting.configuration.n))

    @property
    def correct(self) -> int:
        """How many replicas are correct, those that crash included: the first ones."""
        return self.setting.configuration.n - self.faulty


def make_system(simulation: Simulation, observers: Iterable[Observer] = ()) -> System:
    """The world before anything has happened, faulty hosts with their habits included."""
    setting, seed, n = simulation.setting, simulation.seed, simulation.setting.configuration.n
    enclaves = make_enclaves(simulation.usig, n, seed)
    coin = simulation.coin or seeded_coin(seed, n)
    network = make_network(simulation.scheduler, Random(f"{seed} network"), n, simulation.correct)
    kind = TwoFacedHost if simulation.equivocation else MisbehavingHost
    hosts: dict[int, FaultyReplica] = {}
    for i in simulation.faulty_replicas:
        random = Random(f"{seed} host {i}")
        hosts[i] = kind(setting, enclaves[i], coin, random, draw_habits(random))
    recorder = Recorder(n, observers)
    return System(setting, enclaves, coin, network, recorder, simulation.last_round, hosts)


def simulate(
    simulation: Simulation, observers: Iterable[Observer] = (), tick: Ticker | None = None
) -> System:
    """Play until nothing is in flight and nobody can advance; the same from the same seed.

    Every message that was sent has then arrived, and every running replica has asked for the coin
    of the last wave, unless the protocol got stuck (``System.finished`` tells).

    Source: TEE-Rider, system model: asynchronous links between correct replicas lose nothing.
    """
    system = make_system(simulation, observers)
    random = Random(f"{simulation.seed} pace")
    n = simulation.setting.configuration.n
    paces = draw_paces(random, n)
    faulty = tuple(system.faulty)
    turns = min(0.5, TURNS_IN_A_ROUND * len(faulty) / copies_of_a_round(n))
    crashes = dict(simulation.crashes)
    network, moves = system.network, 0
    while network or system.ready:
        moves += 1
        if tick is not None and moves % 1000 == 0:
            tick(f"round {max(state.round for state in system.states)} of {system.last_round}")
        if faulty and random.random() < turns:
            system.faulty_turn(faulty[int(random.random() * len(faulty))])
            continue
        if system.ready:
            replica = system.ready[int(random.random() * len(system.ready))]
            if not network or random.random() < paces[replica]:
                advance(system, replica, crashes, random)
                continue
        if network:
            system.deliver_next()
    return system


def advance(system: System, replica: int, crashes: dict[int, int], random: Random) -> None:
    """The replica goes to its next round with a block of its own, and crashes if that is due."""
    round_ = system.states[replica].round + 1
    block = (Request(replica, round_),)
    if crashes.get(replica) == round_:
        system.advance_and_crash(replica, block, random.getrandbits(len(system.states)))
    else:
        system.advance(replica, block)


def stuck(system: System) -> Sequence[int]:
    """The running replicas that have not come to the last round."""
    return [i for i in system.running if system.states[i].round != system.last_round]
