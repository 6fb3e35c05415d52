"""A search that is interrupted goes on where it was, and a checkpoint of another one is refused."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.searches.checkpoint import Checkpoint
from tee_rider.model_check.searches.processes import Processes
from tee_rider.model_check.searches.sharded import explore_sharded
from tests.searches.worlds import essence, messages

MAKE = messages(rounds=2)
SEARCH = "two rounds"


def interrupted(directory: Path, workers: int = 1, states: int = 300) -> Report:
    checkpoint = Checkpoint.begin(directory, SEARCH)
    return explore_sharded(MAKE, Processes(workers), Limits(states), ledger=checkpoint)


def resumed(directory: Path, workers: int = 1, search: str = SEARCH) -> Report:
    checkpoint = Checkpoint.resume(directory, search)
    return explore_sharded(MAKE, Processes(workers), ledger=checkpoint)


def files_of(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(directory.glob("layer-*.json"))}


@pytest.mark.parametrize(("before", "after"), [(1, 1), (2, 3)])
def test_a_search_goes_on_with_any_number_of_workers(
    before: int, after: int, tmp_path: Path
) -> None:
    stopped = interrupted(tmp_path, before)
    assert 300 <= stopped.states < 1_257
    kept = files_of(tmp_path)
    assert essence(resumed(tmp_path, after)) == essence(explore(MAKE()))
    now = files_of(tmp_path)
    assert len(now) == 13
    assert kept.items() < now.items()


def test_files_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    for workers in (1, 2, 3):
        interrupted(tmp_path / str(workers), workers)
    one, *others = (files_of(tmp_path / str(workers)) for workers in (1, 2, 3))
    assert [other == one for other in others] == [True, True]
    body = json.loads(one["layer-0003.json"].splitlines()[0])
    assert (body["format"], body["version"], body["search"]) == ("tee-rider search", 1, SEARCH)
    assert body["keys"] and all(isinstance(number, int) for number in body["keys"])


def test_a_finished_search_is_reported_again(tmp_path: Path) -> None:
    interrupted(tmp_path, states=10_000)
    kept = files_of(tmp_path)
    assert essence(resumed(tmp_path)) == essence(explore(MAKE()))
    assert files_of(tmp_path) == kept


def test_a_violation_is_found_again(tmp_path: Path) -> None:
    make = messages("insertion before predecessors", rounds=2)
    found = explore_sharded(
        make, Processes(1), ledger=Checkpoint.begin(tmp_path, SEARCH)
    ).discoveries
    again = explore_sharded(
        make, Processes(2), ledger=Checkpoint.resume(tmp_path, SEARCH)
    ).discoveries
    assert [one.lines() for one in again] == [one.lines() for one in found]
    assert len(found) == 1


def test_a_file_that_was_being_written_does_not_count(tmp_path: Path) -> None:
    interrupted(tmp_path)
    (tmp_path / "layer-0099.part").write_text("{")
    assert Checkpoint.resume(tmp_path, SEARCH).states >= 300


def test_a_layer_is_complete_only_when_it_is_kept(tmp_path: Path) -> None:
    checkpoint = Checkpoint.begin(tmp_path / "there", SEARCH)
    (tmp_path / "there").rmdir()
    with pytest.raises(FileNotFoundError):
        explore_sharded(MAKE, Processes(1), ledger=checkpoint)
    assert checkpoint.layers == []


def test_a_directory_with_a_search_is_not_written_over(tmp_path: Path) -> None:
    interrupted(tmp_path)
    with pytest.raises(UsageError, match="there is a search in it; continue it with --resume"):
        Checkpoint.begin(tmp_path, SEARCH)


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--checkpoint .*file: File exists"):
        Checkpoint.begin(tmp_path / "file", SEARCH)
    with pytest.raises(UsageError, match="there is no search in it"):
        Checkpoint.resume(tmp_path / "nowhere", SEARCH)


def rewritten(directory: Path, depth: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a file says, and let all digests fit."""
    before = ""
    for file in sorted(directory.glob("layer-*.json")):
        body = json.loads(file.read_text().splitlines()[0])
        if file.name == f"layer-{depth:04}.json":
            change(body)
        line = json.dumps(body, sort_keys=True, separators=(",", ":"))
        before = sha256(f"{before}\n{line}".encode()).hexdigest()
        file.write_text(line + "\n" + json.dumps({"sha256": before}) + "\n")


def test_files_that_are_rewritten_as_they_were_are_fine(tmp_path: Path) -> None:
    interrupted(tmp_path)
    kept = files_of(tmp_path)
    rewritten(tmp_path, 3, lambda body: None)
    assert files_of(tmp_path) == kept


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another format": (lambda b: b.update(format="x"), "its format is 'x'; allowed here: 'tee-"),
    "another version": (lambda b: b.update(version=2), "its version is 2; allowed here: 1"),
    "another search": (lambda b: b.update(search="y"), "its search is 'y'; allowed here: 'two"),
    "another depth": (lambda b: b.update(depth=7), "depth 7 is not 3"),
    "no depth": (lambda b: b.pop("depth"), "KeyError: 'depth'"),
    "no states": (lambda b: b.update(parents=[], actions=[], keys=[]), "0 numbers for 0 states"),
    "a part too many": (lambda b: b["keys"].append(0), r"numbers for \d+ states"),
    "an unknown part": (lambda b: b["keys"].__setitem__(0, 999), "number 999 is not below"),
    "a negative part": (lambda b: b["keys"].__setitem__(0, -1), "OverflowError"),
    "words": (lambda b: b["keys"].__setitem__(0, "A"), "TypeError"),
    "an unknown parent": (lambda b: b["parents"].__setitem__(-1, 10**6), "1000000 is not below"),
    "disorder": (lambda b: b["parents"].reverse(), "the states are not in order"),
    "fewer actions": (lambda b: b["actions"].pop(), "ValueError"),
    "half a digest": (lambda b: b["parts"][0].__setitem__(0, "a"), "ValueError"),
    "half a parent": (lambda b: b["parts"][0][1].pop(), "a parent without 3 parts"),
    "a child as parent": (lambda b: b["parts"][0].__setitem__(1, [99] * 3), "99 is not below"),
    "a list": (lambda b: b.update(reached=[1]), "AttributeError"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    directory = tmp_path_factory.mktemp("kept")
    interrupted(directory)
    return files_of(directory)


@pytest.fixture
def directory(kept: dict[str, bytes], tmp_path: Path) -> Path:
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_foreign_or_wrong_file_is_refused(
    change: Callable[[dict[str, Any]], object], reason: str, directory: Path
) -> None:
    rewritten(directory, 3, change)
    with pytest.raises(UsageError, match=rf"layer-0003\.json: .*{reason}"):
        Checkpoint.resume(directory, SEARCH)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a changed figure": (
        lambda text: text.replace(b'"transitions":', b'"transitions":1'),
        "digest",
    ),
    "a lost end": (lambda text: text[:-30], "JSONDecodeError|digest"),
    "nothing": (lambda text: b"", "it is damaged, or no checkpoint"),
    "no text": (lambda text: b"\xff" + text, "UnicodeDecodeError"),
    "more": (lambda text: text + b"{}\n", "digest"),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused(
    damage: Callable[[bytes], bytes], reason: str, directory: Path
) -> None:
    file = directory / "layer-0002.json"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(UsageError, match=rf"layer-0002\.json: .*({reason})"):
        Checkpoint.resume(directory, SEARCH)


def test_a_file_of_another_search_among_them_is_refused(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make = messages(rounds=2, faulty=1)
    explore_sharded(make, Processes(1), ledger=Checkpoint.begin(other, SEARCH))
    (directory / "layer-0002.json").write_bytes((other / "layer-0002.json").read_bytes())
    with pytest.raises(UsageError, match=r"layer-0002\.json: .*the digest is another"):
        Checkpoint.resume(directory, SEARCH)


def test_a_missing_layer_is_named(directory: Path) -> None:
    (directory / "layer-0002.json").unlink()
    with pytest.raises(UsageError, match="layer 2, before it, is missing"):
        Checkpoint.resume(directory, SEARCH)


def test_a_checkpoint_by_other_rules_is_noticed_when_its_ways_are_taken(directory: Path) -> None:
    digest = "ab" * 32
    rewritten(directory, 2, lambda body: body["parts"][0].__setitem__(0, digest))
    with pytest.raises(UsageError, match=f"does not fit these rules: part {digest}"):
        resumed(directory, 2)


def test_layers_are_read_as_they_were_written(directory: Path) -> None:
    one, other = (Checkpoint.resume(directory, SEARCH) for _ in range(2))
    fresh = Checkpoint.begin(directory / "fresh", SEARCH)
    for layer in one.layers:
        fresh.add(layer)
    assert fresh.layers == other.layers
    assert files_of(directory / "fresh") == files_of(directory)
