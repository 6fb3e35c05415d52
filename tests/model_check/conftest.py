"""Settings and runs that the tests of the simulated world share."""

from collections.abc import Callable

import pytest

from tee_rider.model_check.world.simulate import Simulation
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration


@pytest.fixture
def setting_of() -> Callable[[int], Setting]:
    """n replicas by the rules of TEE_RIDER."""
    return lambda n: Setting(largest_configuration(n), TEE_RIDER)


@pytest.fixture
def simulation_of(setting_of: Callable[[int], Setting]) -> Callable[..., Simulation]:
    """A simulation of n replicas over two waves; everything can be said otherwise."""

    def make(n: int, **said: object) -> Simulation:
        return Simulation(**{"setting": setting_of(n), "waves": 2, "seed": 1, **said})  # type: ignore[arg-type]

    return make
