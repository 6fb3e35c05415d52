"""Settings and enclaves before setup."""

from collections.abc import Callable

import pytest

from tee_rider.model_check.world.enclaves import new_enclave
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration


@pytest.fixture
def hardened() -> Callable[[int], Setting]:
    """n replicas by the rules of HARDENED."""
    return lambda n: Setting(largest_configuration(n), HARDENED)


@pytest.fixture
def fresh() -> Callable[..., list[Enclave]]:
    """The enclaves of n replicas before setup."""

    def make(n: int, seed: int = 0, profile: Profile = HARDENED, life: int = 0) -> list[Enclave]:
        setting = Setting(largest_configuration(n), profile)
        return [new_enclave(setting, IdealUsig(i), seed, life) for i in range(n)]

    return make
