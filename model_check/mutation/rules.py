"""By what rules a world is played: the true ones, but for those that a mutant replaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.world.clients import ReplyRule
from tee_rider.model_check.world.platform import SimulatedPlatform
from tee_rider.model_check.world.setup_run import Step
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.service import Service
from tee_rider.reference.setup import setup_step


@dataclass(frozen=True, slots=True)
class Rules:
    """What a world goes by; as it stands here, the true rules."""

    wrong: Mapping[str, Any] = field(default_factory=dict)
    """Rules of the profile, whichever a world plays, that are replaced."""
    odd: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """The same for single replicas."""
    edits: tuple[Edit, ...] = ()
    """Guards of the reference that are replaced."""
    common_coin: bool = True
    """Whether the coin shows everybody the same."""
    forks: int = 0
    """How many counters of a faulty replica may be bound to two messages."""
    nxbft: bool = False
    """Whether NxBFT's recovery is played, a protocol of its own."""
    holders_and_freezes: tuple[int, int] = (2, 2)
    """d and r of the first design of recovery, at n = 3."""
    new_epoch: int = 2
    """The epoch of an enclave that is started again."""
    platform: type[SimulatedPlatform] = SimulatedPlatform
    setup: Step = setup_step
    service: type[Service] = Service
    replies: ReplyRule = "f+1 matching"

    def over(self, base: Profile) -> Profile:
        """A profile with the rules replaced."""
        return replace(base, **self.wrong)

    @property
    def profile(self) -> Profile:
        """TEE-Rider with the rules replaced."""
        return self.over(TEE_RIDER)

    @property
    def odd_profiles(self) -> Mapping[int, Profile]:
        """Replicas that follow other rules than the rest."""
        return {i: replace(TEE_RIDER, **wrong) for i, wrong in self.odd.items()}
