"""Every mutant at every checker: the same by any number of workers, and always to an end."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.mutation import cells, homes
from tee_rider.model_check.mutation.cells import Fate, Line, limited, line
from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.mutation.endless import NO_END, NoEndError, at_most
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.full import Matrix, full_matrix
from tee_rider.model_check.mutation.grounds import ANYTHING, Ground, Trial
from tee_rider.model_check.mutation.matrix_text import document, terminal
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.reach import can_tell, overheard
from tee_rider.model_check.mutation.rules import Rules

FEW = (find("junk not forwarded"), find("edges q-1 of 4"), find("counter 0"))
SOME = (homes.REFUSALS, homes.ENCLAVE, homes.FAULTY, homes.LAYERS_FEW_AT_4)


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return full_matrix(FEW, SOME)


def fates(line: Line) -> dict[str, Fate]:
    return {cell.checker: cell.fate for cell in line.cells}


def test_who_kills_whom(matrix: Matrix) -> None:
    assert matrix.faults == ()
    assert [line.killers for line in matrix.lines] == [
        ("message level", "Hypothesis"),
        ("refusals", "message level", "layers", "Hypothesis"),
        (),
    ]
    assert fates(matrix.lines[0])["enclave"] is Fate.UNREACHED
    assert fates(matrix.lines[2])["message level"] is Fate.SURVIVES


def test_the_same_by_two_workers(matrix: Matrix) -> None:
    assert full_matrix(FEW, SOME, workers=2) == matrix


def test_it_is_told_in_letters_and_as_a_document(matrix: Matrix) -> None:
    told = "\n".join(terminal(FEW, matrix))
    assert "junk not forwarded" in told
    assert "enclave: nothing" in told
    written = document(FEW, matrix)
    assert "| junk not forwarded | forwards: only what is valid" in written
    assert "message level (5 steps)" in written
    assert "- *edges q-1 of 4* (even n alone): " in written


def test_what_is_never_used_is_not_tried() -> None:
    with overheard() as used:
        homes.ENCLAVE.trial(Rules(), ANYTHING)
    assert "enclave.Enclave.join" in used()
    assert not can_tell(homes.ENCLAVE, used(), find("walk-back one wave only").rules)
    assert can_tell(homes.ENCLAVE, used(), find("join: own left out").rules)
    assert not can_tell(homes.ENCLAVE, used(), find("own coin").rules)
    assert can_tell(homes.LAYERS, frozenset(), find("own coin").rules)


# What never ends


class Endless(Ground):
    """A world that goes on for ever."""

    @property
    def bound(self) -> str:
        return "no bound at all"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        while True:
            pass


def test_what_never_ends_is_given_up_and_counts_as_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_SECONDS", 0.2)
    found = limited(Endless(), Rules(), ANYTHING)
    assert found.violated == {NO_END: ("no end:", "given up after 0.2 s of processor time")}


def test_no_error_handler_takes_the_end_for_its_own() -> None:
    with pytest.raises(NoEndError), at_most(0.1):
        while True:
            try:
                sum(range(1000))
            except Exception:
                pass


# Harmless ones


class Strict(Ground):
    """A ground on which whatever is replaced is noticed."""

    checker = "strict"

    def __init__(self, n: int) -> None:
        self.sizes = frozenset({n})

    @property
    def bound(self) -> str:
        return f"n={min(self.sizes)}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        return Trial({} if rules == Rules() else {"agreement": ("1 step:", "A and B differ")})


def tried(mutant: Mutant, ground: Ground) -> Line:
    used = frozenset({"dag.Dag.holds", "reliable_broadcast.receive", "profiles.quorum"})
    return line(mutant, {ground.checker: [ground]}, {ground: used})


def test_a_harmless_one_that_does_harm_is_a_fault_wherever_the_argument_holds() -> None:
    assert tried(find("counter 0"), Strict(3)).faults == (
        "it was held to be harmless, but violates agreement on n=3: A and B differ",
    )


def test_an_argument_for_even_n_says_nothing_of_odd_n() -> None:
    assert len(tried(find("edges q-1 of 4"), Strict(4)).faults) == 1
    survives = tried(find("edges q-1 of 4"), Strict(3))
    assert (survives.faults, survives.killers) == ((), ("strict",))


def test_the_three_of_even_n() -> None:
    assert [mutant.name for mutant in EVERY_MUTANT if mutant.only_at_even_n] == [
        "commit with q-1 of 4",
        "edges q-1 of 4",
        "freezes of q-1 of 4",
    ]


# The command


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["mutants", *arguments], env={"COLUMNS": "200"})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, matrix: Matrix) -> Iterator[None]:
    command = "tee_rider.model_check.commands.mutants."
    monkeypatch.setattr(f"{command}EVERY_MUTANT", FEW)
    monkeypatch.setattr(f"{command}full_matrix", lambda *_, **__: matrix)
    yield


def test_the_command_prints_the_matrix(few: None) -> None:
    result = run("--full")
    assert result.exit_code == 0
    assert "kills alone:" in result.stdout
    assert "1 of 3 mutants killed, 2 held to be harmless." in result.stdout
    found = json.loads(run("--full", "--json").stdout)
    assert found["mutants"][0]["cells"]["message level"]["dies_at"] == "5 steps"
    assert found["faults"] == []


def test_the_command_writes_the_document(
    few: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, matrix: Matrix
) -> None:
    target = tmp_path / "kill_matrix.md"
    monkeypatch.setattr("tee_rider.model_check.commands.mutants.DOCUMENT", target)
    assert run("--full", "--write").exit_code == 0
    assert target.read_text() == document(FEW, matrix)


def test_what_does_not_go_together_is_refused() -> None:
    assert run("--write").exit_code == ExitCode.USAGE
    assert run("--workers", "2").exit_code == ExitCode.USAGE
    assert run("--full", "--only", "counter 0", "--write").exit_code == ExitCode.USAGE


def test_a_wrong_edit_is_no_kill() -> None:
    mutant = replace(find("counter 0"), rules=Rules(edits=(Edit("dag.Dag.holds", "nothing", ""),)))
    with pytest.raises(AssertionError, match="occurs 0 times"):
        tried(mutant, Strict(3))
