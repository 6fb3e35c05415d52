"""Wrong guards: a function of ``reference`` with a few words of its text replaced, for a while.

Rules of a ``Profile`` are replaced by giving another one. All other rules stand in the text of the
reference itself; there a mutant is a function and the words in it that are different.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType
from typing import Any

REFERENCE = "tee_rider.reference"


class EditError(AssertionError):
    """The reference has changed: a mutant's words are not where they were."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In this function, these words are replaced by those."""

    function: str
    """Module and qualified name, as in ``dag.insert_vertex`` or ``enclave.Enclave.join``."""
    old: str
    """Words that occur once in the function's text."""
    new: str

    @property
    def module(self) -> str:
        """The file of the reference."""
        return self.function.split(".")[0]


@contextmanager
def in_force(edits: Sequence[Edit]) -> Iterator[None]:
    """The reference is wrong in these places until the end of the block, and right again then."""
    with ExitStack() as stack:
        for edit in edits:
            function = function_of(edit.function)
            stack.callback(setattr, function, "__code__", function.__code__)
            function.__code__ = changed_code(edit)
        yield


def function_of(name: str) -> FunctionType:
    """The function or method of the reference that has this name.

    Raises:
        EditError: there is none.
    """
    module, *path = name.split(".")
    found: Any = importlib.import_module(f"{REFERENCE}.{module}")
    for part in path:
        found = vars(found).get(part)
        found = found.fget if isinstance(found, property) else found
    if not isinstance(found, FunctionType):
        raise EditError(f"{name} is no function of the reference")
    return found


@cache
def changed_code(edit: Edit) -> CodeType:
    """The function's code with the words replaced.

    Raises:
        EditError: the words occur more than once in the function, or not at all.
    """
    text, begin, end = text_of(edit.function)
    lines = text.splitlines(keepends=True)
    body = "".join(lines[begin - 1 : end])
    if body.count(edit.old) != 1:
        raise EditError(f"{edit.function}: {edit.old!r} occurs {body.count(edit.old)} times")
    body = body.replace(edit.old, edit.new)
    module = compile("".join((*lines[: begin - 1], body, *lines[end:])), edit.function, "exec")
    qualified = edit.function.split(".", 1)[1]
    return next(code for code in _codes(module) if code.co_qualname == qualified)


@cache
def text_of(name: str) -> tuple[str, int, int]:
    """The text of a function's file, and its first and last line there."""
    function = function_of(name)
    text = inspect.getsource(inspect.getmodule(function))  # type: ignore[arg-type]
    begin = function.__code__.co_firstlineno
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == begin:
                return text, begin, node.end_lineno or begin
    raise EditError(f"{name} is not found in its file")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
