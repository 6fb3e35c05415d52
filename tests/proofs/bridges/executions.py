"""Which executions are mapped: random ones, directed ones, and random walks of an exploration."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from unittest import mock

from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import parse
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import PROFILES, TEE_RIDER, quorum
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import CreateVertex
from tee_rider.spec.interface import Output, Send
from tee_rider.spec.messages import SignedMessage, content_bytes
from tests.proofs.bridges.runs import Run, Step, run_of

HERE, SHARED = Path(__file__).parent, Path(__file__).parents[2] / "scenarios"
SCENARIOS = {
    file.stem: file.read_text() for file in (*sorted(SHARED.glob("*.txt")), *HERE.glob("*.txt"))
}
LATE_DELIVERY = replace(TEE_RIDER, holders_before_delivery=quorum)


@cache
def executions() -> tuple[Run, ...]:
    """Runs by every scheduler, with faulty hosts, crashes and echoes; directed ones; and walks."""
    return tuple(_executions())


def _executions() -> Iterator[Run]:
    for n, faulty, waves in ((3, 0, 2), (3, 1, 2), (4, 1, 2), (5, 1, 2), (5, 2, 2), (7, 3, 1)):
        yield from map(simulated, simulations(n, faulty, waves, range(1, 5)))
    for n in (3, 4):
        yield from map(simulated, simulations(n, 1, 1, range(2), LATE_DELIVERY))
    yield from map(played, SCENARIOS.values())
    for n, faulty in ((3, 0), (3, 1), (4, 1)):
        free = Scope(setting(n), 8, faulty, eager=False, any_order=True, reduce=False)
        scope = replace(free, junk=2 if faulty else 0)
        yield from (explored(scope, seed, most_steps=200) for seed in range(3))


def long_executions() -> Iterator[Run]:
    """More waves, for lemma 04."""
    for n, faulty, waves in ((3, 0, 12), (3, 1, 12), (4, 1, 8), (5, 0, 6), (5, 2, 4), (7, 3, 2)):
        yield from map(simulated, simulations(n, faulty, waves, range(2, 3)))


def setting(n: int, profile: Profile = TEE_RIDER) -> Setting:
    """n replicas, with the most faults that they tolerate."""
    return Setting(largest_configuration(n), profile)


def simulated(simulation: Simulation) -> Run:
    """A simulated run."""
    faulty = simulation.faulty_replicas
    return run_of(simulation.setting, faulty, lambda: simulate(simulation))


def simulations(
    n: int, faulty: int, waves: int, seeds: range, profile: Profile = TEE_RIDER
) -> Iterator[Simulation]:
    """One for each scheduler and seed; a crash in some, where it is tolerated."""
    within = setting(n, profile)
    for seed in seeds:
        for scheduler in Scheduler:
            crash = seed % 2 == 0 and faulty < within.configuration.f
            yield Simulation(
                setting=within,
                waves=waves,
                seed=seed,
                faulty=faulty,
                scheduler=scheduler,
                crashes=((0, 3),) if crash else (),
            )


def played(scenario_text: str, profile: Profile = TEE_RIDER) -> Run:
    """A scenario, played to the letter, perhaps by other rules."""
    with mock.patch.dict(PROFILES, TEE_RIDER=profile):
        scenario = Scenario(parse(scenario_text, "scenario"))
    return run_of(scenario.setting, scenario.faulty, scenario.play)


def explored(scope: Scope, seed: int, most_steps: int) -> Run:
    """A random walk through the message level, by the actions that an exploration would take."""
    model, random = MessageLevel(scope), Random(seed)
    (state,), steps = model.initial_states(), list[Step]()
    while len(steps) < most_steps and (possible := model.actions(state)):
        (i, input_, _), after = random.choice(possible)
        steps.append(_explored_step(model, i, input_, state[i], after[i]))
        state = after
    return Run(scope.setting, tuple(scope.correct), steps)


def _explored_step(model: MessageLevel, i: int, input_: int, before: int, after: int) -> Step:
    """A local step of a correct replica, or a signature of a faulty one."""
    found, usig = model.locals, IdealUsig(i)
    if i not in model.scope.correct:
        host = initial_state(model.scope.setting, usig)
        return Step(i, host, found.inputs[input_], host, ())
    outputs: list[Output] = []
    for event in found.events(before, input_, after):
        if isinstance(event, CreateVertex):
            enclave = replace(usig, counter=event.ui.counter - 1)
            _, ui = enclave.create_ui(content_bytes(event.vertex))
            outputs.append(Send(SignedMessage(event.vertex, ui), 0))
        outputs.append(event)
    states = found.all[before].state, found.all[after].state
    return Step(i, states[0], found.inputs[input_], states[1], tuple(outputs))
