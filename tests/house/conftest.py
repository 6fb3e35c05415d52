"""The tree under test, a copy of it to spoil, and a way to run the developers' tools."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

NOT_SOURCE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the tree under test."""
    return Path(__file__).parents[2]


@pytest.fixture
def tree_copy(repository: Path, tmp_path: Path) -> Path:
    """A copy of the sources that a test may change."""
    return Path(shutil.copytree(repository, tmp_path / "tree", symlinks=True, ignore=NOT_SOURCE))


@pytest.fixture(scope="session")
def run_tool() -> Callable[..., subprocess.CompletedProcess[str]]:
    """A tool sees the `src` of the directory that it runs in, not the installed one."""

    def run(*command: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        tool = shutil.which(command[0], path=sysconfig.get_path("scripts"))
        assert tool, f"{command[0]} is not installed in this environment"
        environment = {**os.environ, "PYTHONPATH": str(cwd / "src"), "NO_COLOR": "1"}
        return subprocess.run(
            [tool, *command[1:]],
            cwd=cwd,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
