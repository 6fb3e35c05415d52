"""What of the reference a ground uses: where nothing that is replaced is used, nothing differs.

Grounds are deterministic. So a mutant whose words the true run never comes to is the true run.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from tee_rider import reference
from tee_rider.model_check.mutation.edits import function_of
from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.reference.profiles import PROFILES

HOME = Path(next(iter(reference.__path__))).resolve()


@contextmanager
def overheard() -> Iterator[Callable[[], frozenset[str]]]:
    """Which functions of the reference are called in the block, by the names that edits use."""
    codes: set[CodeType] = set()

    # Returns None, so that nothing but calls is traced: each function's lines run at full speed.
    def overhear(frame: FrameType, event: str, _: object) -> None:
        codes.add(frame.f_code)

    before = sys.gettrace()
    sys.settrace(overhear)
    try:
        yield lambda: frozenset(name_of(code) for code in codes if _is_ours(code))
    finally:
        sys.settrace(before)


def _is_ours(code: CodeType) -> bool:
    return Path(code.co_filename).resolve().parent == HOME


def name_of(code: CodeType) -> str:
    """As in ``dag.Dag.holds``."""
    return f"{Path(code.co_filename).stem}.{code.co_qualname}"


def can_tell(ground: Ground, used: frozenset[str], rules: Rules) -> bool:
    """Whether anything that these rules replace is ever used on a ground."""
    true = Rules()
    replaced = {f.name for f in fields(Rules) if getattr(rules, f.name) != getattr(true, f.name)}
    if any(name_of(function_of(edit.function).__code__) in used for edit in rules.edits):
        return True
    if (replaced - {"wrong", "edits"}) & ground.parts:
        return True
    return "wrong" in ground.parts and any(_is_used(name, used) for name in rules.wrong)


def _is_used(name: str, used: frozenset[str]) -> bool:
    """Whether a rule of a profile is called; of one that is a value, that is not known."""
    rules: list[Any] = [getattr(profile, name) for profile in PROFILES.values()]
    return any(
        not isinstance(rule, FunctionType) or name_of(rule.__code__) in used for rule in rules
    )
