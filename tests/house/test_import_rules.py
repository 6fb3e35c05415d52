"""Every import rule of pyproject.toml holds, and each breaks when a file breaks it."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

RunTool = Callable[..., CompletedProcess[str]]

# Contract, a file that breaks it, and the import that does.
BAD_IMPORTS = [
    ("floors", "spec/bad.py", "import tee_rider.reference"),
    ("floors", "spec/bad.py", "import tee_rider.model_check"),
    ("floors", "spec/bad.py", "import tee_rider.proofs_notes"),
    ("floors", "reference/bad.py", "import tee_rider.model_check"),
    ("floors", "reference/bad.py", "import tee_rider.proofs_notes"),
    ("floors", "model_check/bad.py", "import tee_rider.proofs_notes"),
    ("floors", "proofs_notes/bad.py", "import tee_rider.model_check"),
    ("independent-proofs", "proofs_notes/bad.py", "from tee_rider import reference"),
    ("z3", "spec/bad.py", "import z3"),
    ("z3", "reference/bad.py", "from z3 import Int"),
    ("z3", "model_check/conformance/bad.py", "def late() -> None:\n    import z3"),
    ("testing", "model_check/bad.py", "import hypothesis"),
    ("testing", "model_check/export/bad.py", "import pytest"),
    ("signatures", "reference/bad.py", "import cryptography.hazmat.primitives"),
    ("cluster", "model_check/searches/bad.py", "from ray import remote"),
    ("pure-spec", "spec/bad.py", "from random import Random"),
    ("pure-spec", "spec/bad.py", "import os.path"),
    ("pure-reference", "reference/bad.py", "import networkx"),
    ("pure-reference", "reference/bad.py", "from pydantic import TypeAdapter"),
    ("pure-reference", "reference/bad.py", "from time import time"),
    ("pure-reference", "reference/bad.py", "from pathlib import Path"),
    ("plain-proofs", "proofs_notes/kit/bad.py", "import networkx"),
    ("tests", "model_check/bad.py", "import tests.house"),
]


@pytest.fixture(scope="session")
def contracts(repository: Path) -> dict[str, str]:
    """Name of each contract of pyproject.toml, by its identifier."""
    pyproject = tomllib.loads((repository / "pyproject.toml").read_text())
    return {c["id"]: c["name"] for c in pyproject["tool"]["importlinter"]["contracts"]}


def broken_contracts(output: str) -> list[str]:
    """Names of the contracts that a report of lint-imports calls broken."""
    return [line.split(" BROKEN")[0] for line in output.splitlines() if " BROKEN" in line]


def test_every_contract_has_a_bad_import(contracts: dict[str, str]) -> None:
    assert {contract for contract, _, _ in BAD_IMPORTS} == set(contracts)


def test_the_tree_keeps_every_contract(
    repository: Path, contracts: dict[str, str], run_tool: RunTool
) -> None:
    result = run_tool("lint-imports", "--no-cache", cwd=repository)
    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(contracts)} kept, 0 broken." in result.stdout


@pytest.mark.parametrize(("contract", "file", "statement"), BAD_IMPORTS)
def test_a_bad_import_breaks_its_contract_alone(
    contract: str,
    file: str,
    statement: str,
    contracts: dict[str, str],
    tree_copy: Path,
    run_tool: RunTool,
) -> None:
    (tree_copy / file).write_text(f'"""Bad."""\n\n{statement}\n')
    result = run_tool("lint-imports", "--no-cache", cwd=tree_copy)
    assert result.returncode == 1, result.stdout
    assert broken_contracts(result.stdout) == [contracts[contract]]


@pytest.mark.parametrize("package", ["spec", "reference", "model_check", "proofs_notes", "src"])
@pytest.mark.parametrize("statement", ["import {0}", "from {0} import x", "from {0}.x import y"])
def test_ruff_refuses_the_second_name_of_a_package(
    package: str, statement: str, repository: Path, run_tool: RunTool
) -> None:
    code = statement.format(package) + "\n"
    command = ("ruff", "check", "--select=TID", "--no-cache", "--stdin-filename=tests/bad.py", "-")
    result = run_tool(*command, cwd=repository, stdin=code)
    assert result.returncode == 1
    assert "TID251" in result.stdout


def test_ruff_checks_each_file_once_where_it_is(repository: Path, run_tool: RunTool) -> None:
    result = run_tool("ruff", "check", "--show-files", cwd=repository)
    files = [Path(line).relative_to(repository) for line in result.stdout.splitlines()]
    assert Path("spec/__init__.py") in files
    assert [f for f in files if f.parts[0] == "src"] == [Path("src/tee_rider/__init__.py")]
