"""One simulated run: from a seed to everything that happens in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.world.backups import BackupAge
from tee_rider.model_check.world.careless import CarelessHost
from tee_rider.model_check.world.clients import Clients, Load, ReplyRule
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.crashes import CrashPlan
from tee_rider.model_check.world.enclaves import UsigForm, equip, make_enclaves
from tee_rider.model_check.world.habits import MisbehavingHost, TwoFacedHost, draw_habits
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.recorder import Observer, Recorder
from tee_rider.model_check.world.returning_host import ReturningHost
from tee_rider.model_check.world.schedulers import (
    Scheduler,
    copies_of_a_round,
    draw_paces,
    make_network,
)
from tee_rider.model_check.world.setting import Crashes
from tee_rider.model_check.world.subject import REFERENCE, Subject, subject_of
from tee_rider.model_check.world.system import FaultyReplica, System
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import Request

TURNS_IN_A_ROUND = 6
"""How often a faulty host gets its turn while every copy of a round's messages arrives once."""
REQUESTS_OF_A_CLIENT = 10
"""How many requests each client makes in a run."""
MOST_MORE_WAVES = 40
"""For how many waves at most a run goes on until all are back and answered."""
IDLE_TURNS = 200
"""How often the clients get their turn while nothing else can happen."""


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
    backup_age: BackupAge = BackupAge.FRESH
    """Which backup replicas return from, where the profile lets them return."""
    clients: int = 0
    """How many clients there are; without any, each replica makes requests of its own."""
    usig: UsigForm = UsigForm.IDEAL
    coin: Coin | None = None
    """None: a coin from the seed."""
    equivocation: bool = False
    """Whether the faulty hosts' enclaves are broken: for the mutant without a USIG alone."""

    @property
    def last_round(self) -> int:
        """Where its waves end."""
        return end_of(self.setting, self.waves)

    @property
    def faulty_replicas(self) -> tuple[int, ...]:
        """Who misbehaves."""
        return tuple(range(self.correct, self.setting.configuration.n))

    @property
    def correct(self) -> int:
        """How many replicas are correct, those that crash included: the first ones."""
        return self.setting.configuration.n - self.faulty


def end_of(setting: Setting, waves: int) -> int:
    """The round that asks for the coin of the last of so many waves, once a quorum is there."""
    late = setting.profile.coin_release == "next_round_quorum"
    return WAVE_LENGTH * waves + 1 + late


def make_system(simulation: Simulation, observers: Iterable[Observer] = ()) -> System:
    """The world before anything has happened, faulty hosts with their habits included."""
    setting, seed, n = simulation.setting, simulation.seed, simulation.setting.configuration.n
    subject = subject_of(setting.profile.name)
    enclaves, coin = make_enclaves(simulation.usig, n, seed), seeded_coin(seed, n)
    if subject is REFERENCE:
        enclaves, coin = equip(simulation.usig, setting, seed)
    coin = simulation.coin or coin
    network = make_network(simulation.scheduler, Random(f"{seed} network"), n, simulation.correct)
    hosts: dict[int, FaultyReplica] = {}
    for i in simulation.faulty_replicas:
        random = Random(f"{seed} host {i}")
        hosts[i] = faulty_host(simulation, subject, enclaves[i], coin, random)
    recorder = Recorder(n, observers)
    last_round = simulation.last_round
    clients = make_clients(simulation)
    return System(setting, enclaves, coin, network, recorder, last_round, hosts, subject, clients)


def faulty_host(
    simulation: Simulation, subject: Subject, enclave: Usig, coin: Coin, random: Random
) -> FaultyReplica:
    """A host with habits of its own; one that follows another protocol bends no message of it."""
    setting = simulation.setting
    if subject is not REFERENCE:
        return CarelessHost(subject, setting, enclave, coin, random)
    kind: type[TwoFacedHost | ReturningHost | MisbehavingHost] = MisbehavingHost
    if simulation.equivocation:
        kind = TwoFacedHost
    elif setting.profile.replicas_return:
        kind = ReturningHost
    return kind(setting, enclave, coin, random, draw_habits(random))


def make_clients(simulation: Simulation) -> Clients | None:
    """The clients of the run, if there are any."""
    if not simulation.clients:
        return None
    profile, faulty = simulation.setting.profile, frozenset(simulation.faulty_replicas)
    # NxBFT takes the first reply because, in its operating model, no host lies to clients.
    rule: ReplyRule = "first" if profile.name == NXBFT.name and not faulty else "f+1 matching"
    load = Load(clients=simulation.clients, requests=REQUESTS_OF_A_CLIENT, rule=rule)
    random = Random(f"{simulation.seed} clients")
    return Clients(simulation.setting.configuration, faulty, load, random)


def simulate(
    simulation: Simulation, observers: Iterable[Observer] = (), tick: Ticker | None = None
) -> System:
    """Play until nothing is in flight and nobody can advance; the same from the same seed.

    Every message that was sent has then arrived, and every running replica has asked for the coin
    of the last wave, unless the protocol got stuck (``System.finished`` tells). While a crash
    is due, a replica is away, or a client waits, the run goes on for some waves more.

    Source: TEE-Rider, system model: asynchronous links between correct replicas lose nothing.
    """
    return play(simulation, observers, tick)[0]


def play(
    simulation: Simulation, observers: Iterable[Observer] = (), tick: Ticker | None = None
) -> tuple[System, CrashPlan]:
    """Play as ``simulate`` does; also what became of the crashes that were planned."""
    system = make_system(simulation, observers)
    random = Random(f"{simulation.seed} pace")
    n = simulation.setting.configuration.n
    paces = draw_paces(random, n)
    faulty = tuple(system.faulty)
    turns = min(0.5, TURNS_IN_A_ROUND * len(faulty) / copies_of_a_round(n))
    outside = min(0.5, TURNS_IN_A_ROUND / copies_of_a_round(n))
    plan = CrashPlan.of(
        simulation.crashes, system, simulation.backup_age, Random(f"{simulation.seed} crashes")
    )
    luck = Random(f"{simulation.seed} outside")
    network, moves = system.network, 0
    while network or system.ready or goes_on(system, plan, simulation.last_round):
        moves += 1
        if tick is not None and moves % 1000 == 0:
            tick(f"round {max(state.round for state in system.states)} of {system.last_round}")
        if plan.down and plan.returns_now(system, moves):
            continue
        if system.attendant and luck.random() < outside:
            system.outside_turn()
        if faulty and random.random() < turns:
            system.faulty_turn(faulty[int(random.random() * len(faulty))])
            continue
        if system.ready:
            replica = system.ready[int(random.random() * len(system.ready))]
            if not network or random.random() < paces[replica]:
                advance(system, replica, plan, random, moves)
                continue
        if network:
            system.deliver_next()
    return system, plan


def goes_on(system: System, plan: CrashPlan, last_round: int) -> bool:
    """When nothing more would happen by itself: bring about what the run still waits for."""
    if plan.down:
        return plan.returns_now(system, 0, at_once=True)
    for _ in range(IDLE_TURNS):
        if system.attendant is None or system.attendant.finished:
            break
        system.outside_turn()
        if system.network or system.ready:
            return True
    waits = system.attendant is not None and not system.attendant.finished
    waits |= plan.returns and (plan.more_to_come or bool(system.away))
    more = system.last_round < last_round + WAVE_LENGTH * MOST_MORE_WAVES
    if not (waits and more and system.finished):
        return False
    system.extend(WAVE_LENGTH)
    return bool(system.ready)


def advance(system: System, replica: int, plan: CrashPlan, random: Random, move: int) -> None:
    """The replica goes to its next round with a block of its own, and crashes if that is due."""
    round_ = system.states[replica].round + 1
    attendant = system.attendant
    block = attendant.block(replica) if attendant else (Request(replica, round_),)
    plan.before_advance(system, replica)
    if plan.crashes_now(system, replica, round_):
        plan.crash(system, replica, block, random.getrandbits(len(system.states)), move)
    else:
        system.advance(replica, block)


def stuck(system: System) -> Sequence[int]:
    """The running replicas that have not come to the last round."""
    return [i for i in system.running if system.states[i].round != system.last_round]
