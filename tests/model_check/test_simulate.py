"""A run ends, is the same from the same seed, and meets everything that it is there to meet."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tee_rider.model_check.telling.chronicle import Chronicle
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.enclaves import UsigForm
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.spec.events import AnyEvent, CreateVertex, InsertVertex, ReleaseCoin
from tee_rider.spec.judgement import Premises, Status
from tee_rider.spec.properties import Judge
from tee_rider.spec.rejections import RejectionReason

SimulationOf = Callable[..., Simulation]


def events_of(simulation: Simulation) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    assert simulate(simulation, [events.append]).finished
    return events


@pytest.mark.parametrize("scheduler", Scheduler)
@pytest.mark.parametrize(("n", "faulty"), [(3, 0), (4, 1), (5, 2)])
def test_every_run_comes_to_its_end(
    simulation_of: SimulationOf, scheduler: Scheduler, n: int, faulty: int
) -> None:
    for seed in range(3):
        simulation = simulation_of(n, faulty=faulty, scheduler=scheduler, seed=seed)
        system = simulate(simulation)
        assert system.finished
        assert len(system.network) == 0
        assert [system.states[i].round for i in system.running] == [9] * (n - faulty)


def test_everything_arrives_everywhere_in_the_end(simulation_of: SimulationOf) -> None:
    held: dict[int, set[object]] = {}
    for event in events_of(simulation_of(5, faulty=2, scheduler=Scheduler.STARVE)):
        if isinstance(event, InsertVertex):
            held.setdefault(event.replica, set()).add(event.vertex.id)
    assert sorted(held) == [0, 1, 2]
    assert held[0] == held[1] == held[2]


def test_the_same_seed_gives_the_same_run_and_another_seed_another(
    simulation_of: SimulationOf,
) -> None:
    simulation = simulation_of(4, faulty=1, scheduler=Scheduler.PARTITION)
    assert events_of(simulation) == events_of(simulation)
    assert events_of(simulation) != events_of(replace(simulation, seed=2))


def test_all_that_can_happen_does_happen(simulation_of: SimulationOf) -> None:
    totals: Counter[str] = Counter()
    rejections: Counter[str] = Counter()
    for scheduler in Scheduler:
        for n, faulty, seed in [(3, 0, 1), (4, 1, 2), (5, 0, 3), (5, 2, 9), (5, 2, 11)]:
            story = Chronicle()
            simulation = simulation_of(n, faulty=faulty, waves=6, seed=seed, scheduler=scheduler)
            simulate(simulation, [story.observe])
            totals.update(
                vertices=story.created,
                commits=story.commits,
                walk_backs=story.walk_backs,
                weak_edges=story.weak_edges,
            )
            rejections += story.rejections
    assert totals == {"commits": 425, "vertices": 2125, "walk_backs": 13, "weak_edges": 481}
    # All that a signed message can break under TEE_RIDER; the other two reasons are the host's.
    assert sorted(rejections) == sorted(
        set(RejectionReason)
        - {
            RejectionReason.WEAK_EDGES_NOT_USED,
            RejectionReason.OWN_PREDECESSOR_MISSING,
            RejectionReason.ROUND_INCOMPLETE,
            RejectionReason.COIN_NOT_REQUESTED,
            RejectionReason.FREEZE_NOT_ATTESTED,
            RejectionReason.EPOCH_FROZEN,
            RejectionReason.NOT_AFTER_CUT,
        }
    )


def test_pace_decides_how_many_edges_vertices_have(simulation_of: SimulationOf) -> None:
    sizes: Counter[int] = Counter()
    for seed in range(8):
        for event in events_of(simulation_of(5, seed=seed)):
            if isinstance(event, CreateVertex) and event.vertex.round > 1:
                sizes[len(event.vertex.strong_edges)] += 1
    assert set(sizes) == {3, 4, 5}
    assert min(sizes.values()) > 20


def test_a_crash_stops_a_replica_in_its_round(simulation_of: SimulationOf) -> None:
    story = Chronicle()
    system = simulate(simulation_of(3, crashes=((1, 6),)), [story.observe])
    assert system.finished
    assert [story.replicas[i].round for i in range(3)] == [9, 6, 9]
    assert [story.replicas[i].crashed for i in range(3)] == [False, True, False]


def test_a_crash_may_cut_a_broadcast_short(simulation_of: SimulationOf) -> None:
    receivers = Counter(
        sum(
            isinstance(event, InsertVertex) and event.vertex.name == "B6"
            for event in events_of(simulation_of(5, crashes=((1, 6),), seed=seed))
        )
        for seed in range(20)
    )
    # Forwarding is all or nothing: the vertex stays with B alone, or everybody gets it.
    assert set(receivers) == {1, 5}


@pytest.mark.parametrize("usig", UsigForm)
def test_every_form_of_usig_gives_the_same_run(simulation_of: SimulationOf, usig: UsigForm) -> None:
    """Given one coin: that of an enclave depends on what setup has agreed on."""
    coin = seeded_coin(5, 3)
    ideal = events_of(simulation_of(3, faulty=1, seed=5, waves=1, coin=coin))
    assert events_of(simulation_of(3, faulty=1, seed=5, waves=1, coin=coin, usig=usig)) == ideal


@pytest.mark.parametrize("usig", [UsigForm.HMAC, UsigForm.ED25519])
def test_enclaves_show_their_own_coin(simulation_of: SimulationOf, usig: UsigForm) -> None:
    events = events_of(simulation_of(3, faulty=1, seed=5, waves=3, usig=usig))
    shown = {(e.wave, e.leader) for e in events if isinstance(e, ReleaseCoin)}
    assert len(shown) == 3, "one leader a wave, the same for all"


def test_a_lost_slot_is_seen_as_a_run_that_is_stuck(simulation_of: SimulationOf) -> None:
    """Finding F2: who does not forward invalid messages leaves others waiting for a counter."""
    simulation = simulation_of(3, faulty=1, waves=6)
    hole = replace(simulation.setting.profile, forwards=lambda valid: valid)
    setting = replace(simulation.setting, profile=hole)
    stuck = [
        not simulate(replace(simulation, setting=setting, seed=seed)).finished for seed in range(30)
    ]
    assert sum(stuck) == 7


def violated_in(simulation: Simulation) -> set[str]:
    configuration = simulation.setting.configuration
    judge = Judge(Premises(configuration, frozenset(simulation.faulty_replicas)))
    simulate(simulation, [judge.observe])
    return {o.property for o in judge.outcomes() if o.status is Status.VIOLATED}


def test_a_broken_enclave_is_seen(simulation_of: SimulationOf) -> None:
    simulation = simulation_of(
        3, faulty=1, waves=4, equivocation=True, scheduler=Scheduler.PARTITION
    )
    violated = [violated_in(replace(simulation, seed=seed)) for seed in range(20)]
    assert sum("non-equivocation" in each for each in violated) == 3


def test_a_coin_that_differs_is_seen(simulation_of: SimulationOf) -> None:
    simulation = simulation_of(4, waves=4, coin=lambda replica, wave: (replica + wave) % 4)
    assert violated_in(simulation) == {"coin agreement", "agreement", "total order"}


def test_no_property_is_violated_in_honest_worlds(simulation_of: SimulationOf) -> None:
    for seed in range(10):
        simulation = simulation_of(5, faulty=2, waves=3, seed=seed, scheduler=Scheduler.NEWEST)
        assert violated_in(simulation) == set()
