"""The import package is one set of symlinks, and every dependency states its lower bound."""

import re
import tomllib
from pathlib import Path

FLOORS = ("model_check", "proofs_notes", "reference", "spec")


def test_src_holds_the_version_and_links_to_the_floors_alone(repository: Path) -> None:
    package = repository / "src" / "tee_rider"
    entries = {entry.name for entry in package.iterdir()} - {"__pycache__"}
    assert entries == {"__init__.py", "py.typed", *FLOORS}
    for floor in FLOORS:
        assert (package / floor).readlink() == Path("..", "..", floor)


def test_every_dependency_has_a_lower_bound(repository: Path) -> None:
    pyproject = tomllib.loads((repository / "pyproject.toml").read_text())
    project = pyproject["project"]
    groups = [
        pyproject["build-system"]["requires"],
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *pyproject["dependency-groups"].values(),
    ]
    requirements = [requirement for group in groups for requirement in group]
    assert "networkx>=3.4" in requirements
    assert [r for r in requirements if not re.fullmatch(r"[\w-]+>=[\d.]+", r)] == []
