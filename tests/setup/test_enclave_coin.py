"""Runs with the enclaves' coin: every correct replica gets it, with a proof from its streams."""

from dataclasses import replace
from random import Random

import pytest

from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.early_coin import in_step
from tee_rider.model_check.world.enclaves import UsigForm, equip
from tee_rider.model_check.world.habits import MisbehavingHost, draw_habits
from tee_rider.model_check.world.host import (
    CoinRefusedError,
    EnclaveCoin,
    gather_proof,
    local_step,
    toss,
)
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.schedulers import Scheduler, make_network
from tee_rider.model_check.world.system import System
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent, ReleaseCoin
from tee_rider.spec.interface import Advance

LAST_ROUND = 13


def play(profile: Profile, form: UsigForm, n: int, seed: int) -> tuple[System, list[AnyEvent]]:
    """A run over three waves; the last f replicas are on misbehaving hosts."""
    setting = Setting(largest_configuration(n), profile)
    enclaves, coin = equip(form, setting, seed)
    random, events = Random(seed), list[AnyEvent]()
    correct = n - setting.configuration.f
    network = make_network(Scheduler.RANDOM, random, n, correct)
    hosts = {
        i: MisbehavingHost(setting, enclaves[i], coin, random, draw_habits(random))
        for i in range(correct, n)
    }
    recorder = Recorder(n, [events.append])
    system = System(setting, enclaves, coin, network, recorder, LAST_ROUND, hosts)
    while network or system.ready:
        if random.random() < 0.1:
            system.faulty_turn(random.randrange(correct, n))
        elif system.ready and (not network or random.random() < 0.2):
            system.advance(random.choice(system.ready))
        elif network:
            system.deliver_next()
    return system, events


@pytest.mark.parametrize("form", [UsigForm.HMAC, UsigForm.ED25519])
@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
def test_no_enclave_refuses_a_correct_replica(profile: Profile, form: UsigForm) -> None:
    for n, seed in ((3, 1), (4, 2), (5, 3), (5, 4)):
        system, events = play(profile, form, n, seed)
        shown = [event for event in events if isinstance(event, ReleaseCoin)]
        assert system.finished
        waves = 3 if profile.coin_release == "round_complete" else 2
        assert len(shown) == waves * len(system.running)
        leaders = {(event.wave, event.leader) for event in shown}
        assert len(leaders) == waves


def test_ideal_enclaves_show_no_coin_and_leave_it_to_the_seed() -> None:
    setting = Setting(largest_configuration(5), TEE_RIDER)
    enclaves, coin = equip(UsigForm.IDEAL, setting, 7)
    assert not any(isinstance(enclave, Enclave) for enclave in enclaves)
    assert [coin(0, wave) for wave in range(1, 9)] == [
        seeded_coin(7, 5)(0, wave) for wave in range(1, 9)
    ]


def test_who_asks_too_early_or_without_a_state_is_refused() -> None:
    setting = Setting(largest_configuration(3), TEE_RIDER)
    state = in_step(setting, 3)[0]
    with pytest.raises(CoinRefusedError, match="A has no proof for the coin of wave 1"):
        toss(EnclaveCoin(), state, 1)
    with pytest.raises(CoinRefusedError, match="B has no proof for the coin of wave 2"):
        EnclaveCoin()(1, 2)


def test_a_proof_is_a_quorum_and_what_it_builds_on() -> None:
    setting = Setting(largest_configuration(5), HARDENED)
    state = in_step(setting, 5)[0]
    proof = gather_proof(state, 1)
    assert [signed.vertex.name for signed in proof.vertices] == ["A5", "B5", "C5"]
    assert [signed.vertex.name for signed in proof.parents] == ["A4", "B4", "C4", "D4", "E4"]
    enclave = state.broadcast.usig
    assert isinstance(enclave, Enclave)
    assert enclave.coin(1, proof) == toss(EnclaveCoin(), state, 1)
    assert enclave.coin(2, proof) is None
    assert enclave.coin(1, replace(proof, parents=())) is None
    after, _, events = local_step(state, Advance(), EnclaveCoin())
    assert [e.wave for e in events if isinstance(e, ReleaseCoin)] == [1]
    assert after.round == 6
