"""Runs to draw, and pictures taken apart again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.model_check.export.excerpt import Excerpt, Rounds, Span, take_excerpt
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import Configuration, largest_configuration
from tee_rider.spec.events import AnyEvent, Event, InsertVertex
from tee_rider.spec.trace import Header, Implementation, read_trace, write_trace
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Vertex

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Run:
    """A trace, in pieces."""

    configuration: Configuration
    faulty: frozenset[int] = frozenset()
    events: list[AnyEvent] = field(default_factory=list)
    name: str = "test"

    def excerpt(self, rounds: Rounds | None = None, waves: int = 4, most: int = 100) -> Excerpt:
        span = Span(waves, most)
        return take_excerpt(self.configuration, self.faulty, self.name, self.events, rounds, span)

    def happen(self, replica: int, *events: Event) -> None:
        """These events happen next at the replica."""
        before = sum(1 for event in self.events if event.replica == replica)
        recorder = Recorder(self.configuration.n, [self.events.append])
        recorder.last_seq[replica] = before
        recorder.record(replica, events)

    def insert(self, replica: int, *vertices: Vertex) -> None:
        """The replica inserts the vertices."""
        position = StreamPosition(1, 1)
        self.happen(replica, *(InsertVertex(vertex=vertex, ui=position) for vertex in vertices))

    def write(self, path: Path) -> Path:
        whose = Implementation(self.name, "1")
        header = Header(
            configuration=self.configuration,
            profile="TEE_RIDER",
            faulty=tuple(sorted(self.faulty)),
            implementation=whose,
        )
        with path.open("w") as stream:
            write_trace(stream, header, self.events)
        return path


def simulated(n: int, faulty: int, waves: int, seed: int, scheduler: Scheduler) -> Run:
    setting = Setting(largest_configuration(n), TEE_RIDER)
    run = Run(setting.configuration, frozenset(range(n - faulty, n)))
    simulation = Simulation(
        setting=setting, waves=waves, seed=seed, faulty=faulty, scheduler=scheduler
    )
    simulate(simulation, [run.events.append])
    return run


@pytest.fixture(scope="session")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four replicas, D faulty, two waves: what the pictures in the README show."""
    scenario = Path(__file__).parents[2] / "docs" / "images" / "dag.txt"
    path = tmp_path_factory.mktemp("trace") / "dag.ndjson"
    result = CliRunner().invoke(
        app, ["simulate", "--scenario", str(scenario), "--trace", str(path)]
    )
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def run(trace: Path) -> Run:
    """The same in pieces."""
    header, located = read_trace(trace)
    events = [line.event for line in located]
    return Run(header.configuration, frozenset(header.faulty), events, header.implementation.name)


@pytest.fixture(scope="session")
def long_run() -> Run:
    """Three replicas, one faulty, ten waves."""
    return simulated(3, 1, 10, 5, Scheduler.RANDOM)


@pytest.fixture
def empty() -> Callable[..., Run]:
    """n replicas to which nothing has happened."""
    return lambda n=4, faulty=(): Run(largest_configuration(n), frozenset(faulty))


@pytest.fixture
def parse() -> Callable[[str], ElementTree.Element]:
    """The picture as a tree; fails if it is not well-formed."""
    return ElementTree.fromstring


@pytest.fixture
def tee_rider() -> Callable[..., Result]:
    """Run the command line."""

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments])

    return invoke


@pytest.fixture
def of_class() -> Callable[[ElementTree.Element, str], list[ElementTree.Element]]:
    """The elements of a picture, outside its legend, that have all of the classes."""

    def find(tree: ElementTree.Element, classes: str) -> list[ElementTree.Element]:
        wanted = set(classes.split())
        return [e for e in elements(tree) if wanted <= set(e.get("class", "").split())]

    return find


def elements(tree: ElementTree.Element) -> Iterable[ElementTree.Element]:
    """Everything drawn: the legend is what stands in groups that are moved as a whole."""
    for child in tree:
        if child.get("transform") is None:
            yield child
            yield from elements(child)
