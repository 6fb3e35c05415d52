"""A run that was played to its end, and all that is to be said of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tee_rider.model_check.console import Ticker
from tee_rider.model_check.telling.chronicle import Chronicle
from tee_rider.model_check.telling.recovery_story import RecoveryStory
from tee_rider.model_check.telling.shortcomings import client_failures, stuck_replicas
from tee_rider.model_check.world.clients import Clients
from tee_rider.model_check.world.crashes import Postponed
from tee_rider.model_check.world.recorder import Observer
from tee_rider.model_check.world.simulate import Simulation, play
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import Judge, Outcome, judge
from tee_rider.spec.properties.linearizability import linearizability
from tee_rider.spec.state_machine import KeyValueStore


@dataclass(frozen=True, slots=True)
class Played:
    """The end of a run."""

    system: System
    story: Chronicle
    recoveries: RecoveryStory
    postponed: tuple[Postponed, ...]
    outcomes: tuple[Outcome, ...]
    stuck: dict[int, str]
    """The replicas that were left behind, and how."""
    clients: Clients | None
    more_waves: int
    """How many waves were played beyond those asked for."""

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong beyond the properties."""
        told = tuple(f"{replica_name(i)} {how}" for i, how in self.stuck.items())
        return told + client_failures(self.clients)


def play_and_judge(
    simulation: Simulation, writers: Iterable[Observer] = (), tick: Ticker | None = None
) -> Played:
    """Play a run, and judge it by all properties.

    Raises:
        UsageError: a library is missing.
    """
    setting, faulty = simulation.setting, simulation.faulty_replicas
    story, recoveries = Chronicle(), RecoveryStory(faulty)
    observers: list[Observer] = [story.observe, recoveries.observe, *writers]
    judge_, events = Judge(premises_of(setting, faulty)), list[AnyEvent]()
    # What a backup held is judged only if it is known beforehand which one will be restored.
    afterwards = bool(simulation.crashes) and setting.profile.replicas_return
    observers.append(events.append if afterwards else judge_.observe)
    system, plan = play(simulation, observers, tick)
    outcomes = judge(premises_of(setting, faulty), events) if afterwards else judge_.outcomes()
    clients = system.attendant if isinstance(system.attendant, Clients) else None
    if clients is not None:
        outcomes += (linearizability(clients.history, KeyValueStore()),)
    delivered = {i: replica.delivered for i, replica in story.replicas.items()}
    stuck = stuck_replicas(system, delivered, frozenset(recoveries.restarts))
    more_waves = (system.last_round - simulation.last_round) // WAVE_LENGTH
    return Played(system, story, recoveries, plan.postponed, outcomes, stuck, clients, more_waves)


def premises_of(setting: Setting, faulty: Iterable[int]) -> Premises:
    """What is known of a run beforehand."""
    weak_edges = setting.profile.weak_edges is not None
    return Premises(setting.configuration, frozenset(faulty), weak_edges)
