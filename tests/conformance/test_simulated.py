"""Traces of the simulated world conform; those of other rules do not, and some only by replay."""

from dataclasses import replace

import pytest

from tee_rider.model_check.conformance.judge import make_oracle
from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.verdict import Judgement, Verdict
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent, Crash, Reject
from tee_rider.spec.judgement import Status
from tee_rider.spec.trace import Header, Implementation
from tee_rider.spec.vertex import Vertex


def observed(simulation: Simulation) -> tuple[Judgement, list[AnyEvent]]:
    """What the oracle says of a run that claims to follow TEE_RIDER."""
    configuration = simulation.setting.configuration
    header = Header(
        configuration=configuration,
        profile="TEE_RIDER",
        faulty=tuple(range(simulation.correct, configuration.n)),
        implementation=Implementation("simulation", "1"),
    )
    oracle = make_oracle(header, "t")
    events: list[AnyEvent] = []
    simulate(simulation, [oracle.observe, events.append])
    return oracle.judgement("t"), events


@pytest.mark.parametrize("scheduler", list(Scheduler))
@pytest.mark.parametrize(("n", "faulty", "crashes"), [(4, 0, ()), (5, 2, ()), (5, 0, ((1, 7),))])
def test_a_simulated_run_conforms(
    scheduler: Scheduler, n: int, faulty: int, crashes: tuple[tuple[int, int], ...]
) -> None:
    judgement, events = observed(
        Simulation(
            setting=Setting(largest_configuration(n), TEE_RIDER),
            waves=6,
            seed=1,
            faulty=faulty,
            scheduler=scheduler,
            crashes=crashes,
        )
    )
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)
    assert any(isinstance(event, Crash) for event in events) == bool(crashes)
    assert any(isinstance(event, Reject) for event in events) == bool(faulty)


def newest_source_first(history: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """The same order at all replicas, and causal, but not the one that the profile names."""
    return tuple(sorted(history, key=lambda vertex: (vertex.round, -vertex.source)))


@pytest.mark.parametrize(
    "profile",
    [
        replace(TEE_RIDER, linearise=newest_source_first),
        replace(TEE_RIDER, commit_evaluation="on_arrival"),
    ],
    ids=["another order", "another moment to commit"],
)
def test_another_profile_is_seen_by_the_replay_alone(profile: Profile) -> None:
    judgement, _ = observed(
        Simulation(
            setting=Setting(largest_configuration(5), profile),
            waves=10,
            seed=1,
            scheduler=Scheduler.FIFO,
        )
    )
    violated = [row.name for row in judgement.rows if row.status is Status.VIOLATED]
    assert violated == ["replay"], text_of(judgement)
