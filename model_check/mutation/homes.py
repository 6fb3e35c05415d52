"""The grounds that stand ready, each small enough to be tried in a second or two."""

from dataclasses import replace

from tee_rider.model_check.mutation.client_cases import ClientGround
from tee_rider.model_check.mutation.enclave_cases import EnclaveGround
from tee_rider.model_check.mutation.explored import (
    CollectedGround,
    EarlyCoinGround,
    GameGround,
    RequestsGround,
    ReturnGround,
    SetupGround,
    ShapeGround,
    StoryGround,
)
from tee_rider.model_check.mutation.fixed_votes import FixedVotesGround
from tee_rider.model_check.mutation.getting_on import GETTING_ON
from tee_rider.model_check.mutation.grounds import Ground, LayeredGround, MessageGround
from tee_rider.model_check.mutation.proof_cases import ProofGround
from tee_rider.model_check.mutation.refusals import RefusalGround
from tee_rider.model_check.mutation.schedules import SCHEDULES
from tee_rider.model_check.mutation.setup_cases import PhasesGround
from tee_rider.model_check.mutation.worlds import (
    ClientsGround,
    EnclaveCoinGround,
    SimulatedGround,
)
from tee_rider.reference.profiles import HARDENED, TEE_RIDER, quorum
from tee_rider.spec.configuration import Configuration


def everybody(configuration: Configuration) -> int:
    """All replicas."""
    return configuration.n


HOLDERS = replace(HARDENED, name="HARDENED with d = q", holders_before_delivery=quorum)
ALL_HOLD = replace(HOLDERS, name="HARDENED with d = n", holders_before_delivery=everybody)
"""The broadcast waits until a quorum, or everybody, is known to hold a vertex."""

LAYERS = LayeredGround(n=3, waves=3, runs=90)
LAYERS_AT_4 = LayeredGround(n=4, waves=3, runs=30)
LAYERS_FEW, LAYERS_FEW_AT_4 = LayeredGround(n=3, waves=3, runs=20), LayeredGround(4, 3, runs=12)
LONG = LayeredGround(n=3, waves=6, runs=1, first=56)
JUNK = MessageGround(states=3_000, rounds=2, faulty=1, junk=1)
OVERTAKING = MessageGround(states=4_000, rounds=2, any_order=True)
SLOW = MessageGround(states=2_000, rounds=3)
FAULTY = MessageGround(states=2_000, rounds=2, faulty=1)
RUNS = SimulatedGround(n=3, faulty=1, waves=3, runs=12)
RUNS_AT_5 = SimulatedGround(n=5, faulty=2, waves=3, runs=4)
HARD_RUNS = SimulatedGround(n=3, faulty=1, waves=3, runs=12, base=HARDENED)
CRASHES = SimulatedGround(3, 0, waves=3, runs=8, base=HARDENED, crashes=((1, 3), (2, 7)))
CRASHES_AT_5 = SimulatedGround(5, 1, waves=3, runs=3, base=HARDENED, crashes=((1, 3), (0, 8)))
HELD = SimulatedGround(3, 1, waves=3, runs=6, base=HOLDERS)
HELD_BY_ALL = SimulatedGround(3, 0, waves=3, runs=4, base=ALL_HOLD)
COINS = EnclaveCoinGround(n=3, waves=3, runs=4)
COINS_AT_ONCE = EnclaveCoinGround(n=3, waves=3, runs=4, base=TEE_RIDER)
FINE = ShapeGround(n=3, waves=2)
FINE_3 = ShapeGround(n=3, waves=3)
FINE_HARDENED = ShapeGround(n=3, waves=2, base=HARDENED)
FRONTIER = ShapeGround(n=3, waves=None)
GAME, GAME_TRIED = GameGround(n=7), GameGround(n=3, brute=True)
FIXED_VOTES = FixedVotesGround()
RETURN = ReturnGround(early=2, rounds=6, states=4_000)
COLLECTED = CollectedGround()
STORIES = {name: StoryGround(name) for name in ("F2", "F3", "F4", "F6", "F7", "F9", "F11")}
SETUP, REQUESTS, EARLY_COIN = SetupGround(n=3), RequestsGround(), EarlyCoinGround()
CLIENTS = ClientsGround(n=3, liars=0, runs=3)
LIARS = ClientsGround(n=5, liars=2, runs=4, rounds=120)
LIARS_FEW = ClientsGround(n=5, liars=2, runs=3, rounds=120)
REFUSALS, PROOFS, ENCLAVE = RefusalGround(), ProofGround(), EnclaveGround()
REPLIES, PHASES = ClientGround(), PhasesGround()

EVERY_GROUND: tuple[Ground, ...] = (
    *(REFUSALS, PROOFS, ENCLAVE, SETUP, PHASES, EARLY_COIN, REQUESTS),
    *(FAULTY, OVERTAKING, SLOW, JUNK, LAYERS_FEW, LAYERS_FEW_AT_4),
    *(FINE, FINE_HARDENED, FRONTIER, GAME, GAME_TRIED, FIXED_VOTES),
    *(RUNS, HARD_RUNS, HELD, HELD_BY_ALL, CRASHES, RUNS_AT_5, CRASHES_AT_5),
    *(COINS, COINS_AT_ONCE, CLIENTS, LIARS_FEW, REPLIES),
    *(RETURN, COLLECTED, *SCHEDULES, *GETTING_ON, *STORIES.values()),
)
"""Every checker of the project at a small bound; some are the beginning of a mutant's own."""
