"""No file is too long to read at once; the reference can be read beside the paper."""

import os
from collections.abc import Iterator
from pathlib import Path

MOST_LINES_OF_A_FILE = 300
REFERENCE_CODE_LINES_BELOW = 1200
PROOF_KIT_CODE_LINES_BELOW = 250


def python_files(root: Path) -> Iterator[Path]:
    """Python files of a tree, each once: neither hidden nor built, nor behind a symlink."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in {"build", "dist"})
        yield from (Path(directory, f) for f in sorted(files) if f.endswith(".py"))


def long_files(root: Path) -> list[str]:
    """Files of a tree that are too long, each with its number of lines."""
    lengths = {file: len(file.read_text().splitlines()) for file in python_files(root)}
    return [
        f"{file.relative_to(root)}: {length} lines, at most {MOST_LINES_OF_A_FILE} allowed"
        for file, length in lengths.items()
        if length > MOST_LINES_OF_A_FILE
    ]


def code_lines(source: str) -> int:
    """Lines of a source text that are neither blank nor a comment alone."""
    lines = (line.strip() for line in source.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def test_no_python_file_is_too_long(repository: Path) -> None:
    assert Path(__file__) in set(python_files(repository))
    assert long_files(repository) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "fits.py").write_text("x = 1\n" * 300)
    (tmp_path / "deep" / "bad.py").write_text("x = 1\n" * 301)
    assert long_files(tmp_path) == ["deep/bad.py: 301 lines, at most 300 allowed"]


def test_reference_can_be_read_beside_the_paper(repository: Path) -> None:
    files = list(python_files(repository / "reference"))
    assert files
    assert sum(code_lines(file.read_text()) for file in files) < REFERENCE_CODE_LINES_BELOW


def test_the_proof_kit_is_small_enough_to_be_trusted(repository: Path) -> None:
    files = list(python_files(repository / "proofs_notes" / "kit"))
    assert files
    assert sum(code_lines(file.read_text()) for file in files) < PROOF_KIT_CODE_LINES_BELOW


def test_code_lines_are_not_blank_and_not_comments() -> None:
    assert code_lines('"""Doc."""\n\n# why\nx = 1  # what\n    # why\n\ty = 2\n  \n') == 3
