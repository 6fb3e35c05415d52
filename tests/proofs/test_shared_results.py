"""Processes of one test run check each subject of a lemma once between them."""

from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tee_rider.proofs_notes.kit.result import Kind, Result
from tests.proofs import conftest

RESULT = Result("00", "counted", Kind.PROVED, holds=True, seconds=0.0)


class Counted:
    def __init__(self, log: Path) -> None:
        self.log = log

    def check(self, lemma: str) -> Iterator[Result]:
        with self.log.open("a") as file:
            file.write(f"{lemma}\n")
        yield RESULT


def ask(folder: Path) -> None:
    conftest.FOLDERS[:] = [folder]
    assert conftest.once("lemma_00_0", Counted(folder / "log"), "00") == (RESULT,)


def test_what_one_process_has_checked_no_other_checks(tmp_path) -> None:
    processes = [get_context("spawn").Process(target=ask, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (tmp_path / "log").read_text() == "00\n"


def test_a_process_alone_shares_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(conftest, "FOLDERS", [])
    assert conftest.once("lemma_00_0", Counted(tmp_path / "log"), "00") == (RESULT,)
    assert [file.name for file in tmp_path.iterdir()] == ["log"]
