"""Some waves with the fine key: leaders and vertices, by content."""

import pytest

from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.levels import FineLevel
from tee_rider.reference.profiles import HARDENED, TEE_RIDER


def nightly(*arguments):
    return pytest.param(*arguments, marks=pytest.mark.nightly)


@pytest.mark.parametrize(
    ("profile", "n", "waves", "late", "classes"),
    [
        (TEE_RIDER, 3, 1, False, 28),
        (TEE_RIDER, 3, 2, False, 217),
        (TEE_RIDER, 3, 3, False, 1287),
        (TEE_RIDER, 3, 2, True, 1527),
        (TEE_RIDER, 4, 2, False, 357),
        nightly(TEE_RIDER, 3, 4, False, 6798),
        nightly(TEE_RIDER, 3, 5, False, 34053),
        nightly(TEE_RIDER, 4, 3, False, 2477),
        nightly(TEE_RIDER, 4, 4, False, 14629),
        nightly(TEE_RIDER, 5, 2, False, 1366),
        nightly(TEE_RIDER, 5, 3, False, 30155),
        (HARDENED, 3, 1, False, 34),
        (HARDENED, 3, 2, False, 227),
        nightly(HARDENED, 3, 3, False, 1271),
        (HARDENED, 3, 1, True, 70),
        (HARDENED, 4, 2, False, 303),
        nightly(HARDENED, 3, 2, True, 1487),
        nightly(HARDENED, 3, 4, False, 6586),
        nightly(HARDENED, 3, 5, False, 32691),
        nightly(HARDENED, 4, 3, False, 1749),
        nightly(HARDENED, 4, 4, False, 9174),
        nightly(HARDENED, 5, 2, False, 1258),
        nightly(HARDENED, 5, 3, False, 23296),
    ],
)
def test_replicas_deliver_in_one_order(make_scope, profile, n, waves, late, classes):
    scope = make_scope(n, waves, profile, views=late)
    report = explore_shapes(FineLevel(scope), samples=50)
    bound = "1 wave" if waves == 1 else f"{waves} waves"
    assert report.verdict.startswith(f"no violation within {bound}, n={n}")
    assert report.states == classes


def test_weak_edges_come_with_vertices_that_arrive_late(make_scope, profile):
    scope = make_scope(waves=1, views=True, profile=profile)
    report = explore_shapes(FineLevel(scope), samples=50)
    assert report.verdict.startswith("no violation")
    assert report.reached["a correct replica's vertex has a weak edge"] == 2
    assert report.reached["a faulty replica's vertex has a weak edge"] == 2
