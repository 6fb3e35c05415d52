"""Some waves with the fine key: leaders and vertices, by content."""

import pytest

from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.levels import FineLevel


@pytest.mark.parametrize(
    ("n", "waves", "late", "classes"),
    [
        (3, 1, False, 28),
        (3, 2, False, 217),
        (3, 3, False, 1287),
        (3, 2, True, 1527),
        (4, 2, False, 357),
        pytest.param(3, 4, False, 6798, marks=pytest.mark.nightly),
        pytest.param(3, 5, False, 34053, marks=pytest.mark.nightly),
        pytest.param(4, 3, False, 2477, marks=pytest.mark.nightly),
        pytest.param(4, 4, False, 14629, marks=pytest.mark.nightly),
        pytest.param(5, 2, False, 1366, marks=pytest.mark.nightly),
        pytest.param(5, 3, False, 30155, marks=pytest.mark.nightly),
    ],
)
def test_replicas_deliver_in_one_order(make_scope, n, waves, late, classes):
    report = explore_shapes(FineLevel(make_scope(n, waves, views=late)), samples=50)
    bound = "1 wave" if waves == 1 else f"{waves} waves"
    assert report.verdict.startswith(f"no violation within {bound}, n={n}")
    assert report.states == classes


def test_weak_edges_come_with_vertices_that_arrive_late(make_scope):
    report = explore_shapes(FineLevel(make_scope(waves=1, views=True)), samples=50)
    assert report.verdict.startswith("no violation")
    assert report.reached["a correct replica's vertex has a weak edge"] == 2
    assert report.reached["a faulty replica's vertex has a weak edge"] == 2
