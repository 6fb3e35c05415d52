"""The shards of a search run as Ray actors; where Ray is not installed, these tests are skipped."""

from collections.abc import Iterator

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.searches.crew import Call
from tee_rider.model_check.searches.sharded import explore_sharded
from tests.searches.worlds import essence, messages

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'tee-rider[cluster]'")

MAKE = messages(rounds=2)


def test_a_cluster_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from tee_rider.model_check.searches.ray_crew import RayCrew

    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(UsageError, match=r"RAY_ADDRESS=127\.0\.0\.1:1: no cluster answers: "):
        RayCrew(2)


@pytest.fixture(scope="module")
def two_processors() -> Iterator[None]:
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.usefixtures("two_processors")
def test_two_actors_report_what_one_process_does_even_if_one_is_lost() -> None:
    from tee_rider.model_check.searches.ray_crew import RayCrew

    class Lossy(RayCrew):
        asked = 0

        def ask(self, worker: int, call: Call) -> None:
            super().ask(worker, call)
            self.asked += 1
            if self.asked == 30:
                ray.kill(self.actors[worker])

    alone = essence(explore(MAKE()))
    lossy = explore_sharded(MAKE, Lossy(2))
    assert essence(lossy) == alone
    assert lossy.facts["workers lost"] == 1


@pytest.mark.usefixtures("two_processors")
def test_a_cluster_with_too_few_processors_is_not_waited_for() -> None:
    from tee_rider.model_check.searches.ray_crew import RayCrew

    with pytest.raises(UsageError, match="--workers 3: the Ray cluster has 2 processors; allowed"):
        RayCrew(3)
