"""The wheel holds the whole tree, and works where nothing else is installed."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import tee_rider

SOURCES = ("pyproject.toml", "LICENSE", "README.md", "src")
FLOORS = ("spec", "reference", "model_check", "proofs_notes")

# Commands that must succeed with the run-time dependencies alone, and what they print.
# Each runs outside the tree; {tests} stands for the directory of the tests.
COMMANDS = [
    (["--version"], f"tee-rider {tee_rider.__version__}"),
    (["--help"], "Usage: tee-rider"),
    (["check", "{tests}/golden/walking_back.ndjson"], "CONFORMS"),
    (["simulate", "--n", "4", "--faulty", "1", "--waves", "6", "--seed", "1"], "wave   1"),
]

# Imports every module; those that need an extra may fail, for the lack of that extra only.
IMPORT_ALL = """
import importlib, pkgutil, tee_rider
extras = {"z3", "hypothesis", "pytest", "cryptography", "ray"}
imported = 0
for module in pkgutil.walk_packages(tee_rider.__path__, "tee_rider."):
    try:
        importlib.import_module(module.name)
        imported += 1
    except ModuleNotFoundError as error:
        if error.name.split(".")[0] not in extras:
            raise
print(imported, "imported")
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a command that must succeed, away from this environment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory away from the tree."""
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def wheel(repository: Path, outside: Path) -> Path:
    """The wheel, built from the source distribution of a copy, where no old build can leak in."""
    tree = outside / "tree"
    tree.mkdir()
    ignore = shutil.ignore_patterns("__pycache__")
    for name in (*SOURCES, *FLOORS):
        if (repository / name).is_dir():
            shutil.copytree(repository / name, tree / name, symlinks=True, ignore=ignore)
        else:
            shutil.copy(repository / name, tree / name)
    run(sys.executable, "-m", "build", "--outdir", outside / "dist", tree, cwd=outside)
    (built,) = (outside / "dist").glob("*.whl")
    return built


def difference(tree: Path, wheel: Path) -> set[str]:
    """Files of the floors of a tree that its wheel lacks, and files that the wheel adds."""
    wanted = {
        f"tee_rider/{file.relative_to(tree)}"
        for floor in FLOORS
        for file in (tree / floor).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    return wanted ^ packed


def test_the_wheel_holds_every_file_of_the_tree(wheel: Path, outside: Path) -> None:
    tree = outside / "tree"
    assert difference(tree, wheel) == {"tee_rider/__init__.py", "tee_rider/py.typed"}
    assert any(n.endswith("/licenses/LICENSE") for n in zipfile.ZipFile(wheel).namelist())


def test_a_package_that_the_wheel_lacks_is_found(tree_copy: Path, wheel: Path) -> None:
    before = difference(tree_copy, wheel)
    (tree_copy / "spec" / "forgotten").mkdir()
    (tree_copy / "spec" / "forgotten" / "__init__.py").touch()
    assert difference(tree_copy, wheel) - before == {"tee_rider/spec/forgotten/__init__.py"}


def test_the_wheel_works_where_nothing_else_is_installed(
    repository: Path, wheel: Path, outside: Path
) -> None:
    environment = outside / "environment"
    venv.create(environment)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", wheel, cwd=outside)

    for arguments, expected in COMMANDS:
        given = [argument.replace("{tests}", str(repository / "tests")) for argument in arguments]
        assert expected in run(python.with_name("tee-rider"), *given, cwd=outside)
    imported = int(run(python, "-c", IMPORT_ALL, cwd=outside).split()[0])
    assert imported > len(FLOORS)
