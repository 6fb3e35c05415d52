"""What is measured: each row one command, and what to count in the document that it prints."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tee_rider.model_check.bench.cost import Document
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.encoding import digest_of
from tee_rider.spec.events import ADeliver
from tee_rider.spec.trace import Header, Implementation, write_trace
from tee_rider.spec.vertex import VertexId

DELIVERED = 100_000
"""Vertices that each of ten replicas delivers in the trace of deliveries only."""
PROFILES = ("tee-rider", "hardened")


@dataclass(frozen=True, slots=True)
class Bench:
    """One row."""

    arguments: tuple[str, ...]
    unit: str
    amount: Callable[[Document], int]
    slow: bool = False
    """Minutes, or gigabytes: run only if asked for."""
    prepare: Callable[[], None] | None = None
    """Writes what the command reads."""
    read_by: str = ""
    """The verb that reads what the command writes: its rows need this one."""

    @property
    def verb(self) -> str:
        """By which rows are chosen."""
        return self.read_by or self.arguments[0]


def created(run: Document) -> int:
    """Vertices that correct replicas made."""
    return int(run["created"])


def events(judgement: Document) -> int:
    """Events of a trace."""
    return sum(int(file["events"]) for file in judgement["files"])


def states(report: Document) -> int:
    """States of an exploration."""
    return int(report["states"])


def returned(document: Document) -> int:
    """States of one crash and return."""
    return sum(states(report) for report in document["returns"])


def benches(folder: Path) -> Iterator[Bench]:
    """All rows, in the order in which they are run; later ones read what earlier ones wrote."""
    yield from searches()
    yield from simulations()
    yield from checks(folder)


def searches() -> Iterator[Bench]:
    """Explorations, up to the largest that is quick."""
    for rounds, more, slow in (
        (3, "--faulty 0", False),
        (4, "--faulty 0", False),
        (4, "--faulty 1 --leader A", False),
        (4, "--faulty 1 --leader C", False),
        (5, "--faulty 0", True),
        (4, "--faulty 0 --every-state", False),
        (4, "--faulty 1 --leader A --every-state", True),
        (5, "--faulty 0 --every-state --max-states 11000000", True),
    ):
        yield _search("explore", "--n 3", f"--rounds {rounds}", more, slow=slow)
    for profile in PROFILES:
        for n, waves, slow in (
            *((3, 4, False), (4, 3, False), (5, 2, False)),
            *((3, 5, True), (4, 4, True), (5, 3, True)),
        ):
            yield _search("fine", f"--n {n}", f"--waves {waves}", profile=profile, slow=slow)
    for profile in PROFILES:
        for n in range(3, 8):
            yield _search("frontier", f"--n {n}", profile=profile, slow=n == 7)
    yield Bench(("recovery",), "states", returned)


def simulations() -> Iterator[Bench]:
    """Runs in which all replicas are correct: growth with rounds, and with n."""
    for n, waves in ((4, 50), (4, 200), (4, 800), (10, 20), (10, 80), (40, 2), (40, 5)):
        yield _simulation(n, waves)


def checks(folder: Path) -> Iterator[Bench]:
    """Traces judged: complete ones, and of deliveries only; growth with their length."""
    for part, waves in (("half", 400), ("whole", 800)):
        full = folder / f"full_{part}.ndjson"
        yield replace(_simulation(10, waves, "--trace", str(full)), read_by="check")
        yield Bench(("check", str(full)), "events", events)
    for part, count in (("half", DELIVERED // 2), ("whole", DELIVERED)):
        path = folder / f"deliveries_{part}.ndjson"

        def write(path: Path = path, count: int = count) -> None:
            write_deliveries(path, count)

        yield Bench(("check", str(path)), "events", events, prepare=write)


def _search(verb: str, *options: str, profile: str = "tee-rider", slow: bool = False) -> Bench:
    words = " ".join((*options, *(() if profile == "tee-rider" else (f"--profile {profile}",))))
    return Bench((verb, *words.split()), "states", states, slow)


def _simulation(n: int, waves: int, *more: str) -> Bench:
    arguments = ("simulate", "--n", str(n), "--waves", str(waves), "--seed", "1", *more)
    return Bench(arguments, "vertices", created)


def write_deliveries(path: Path, count: int) -> None:
    """A trace in which each of ten replicas delivers the same vertices in the same order."""
    configuration = largest_configuration(10)
    header = Header(
        configuration=configuration,
        profile="TEE_RIDER",
        implementation=Implementation("bench", "1"),
    )
    with path.open("w") as stream:
        write_trace(stream, header, deliveries(configuration.n, count))


def deliveries(n: int, count: int) -> Iterable[ADeliver]:
    """Each vertex delivered by all replicas before the next one."""
    for position in range(count):
        round_, source = position // n + 1, position % n
        vertex = VertexId(round_, source, digest_of((round_, source)))
        for replica in range(n):
            yield ADeliver(
                seq=position + 1, replica=replica, vertex=vertex, wave=(round_ - 1) // 4 + 1
            )
