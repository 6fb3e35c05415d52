"""Mutants of a single guard: a few words in a function of ``reference`` are different."""

from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.rules import Rules


def guard(name: str, function: str, old: str, new: str, ground: Ground, *killers: str) -> Mutant:
    """A mutant that some property notices on a ground."""
    rules = Rules(edits=(Edit(function, old, new),))
    return Mutant(name, told(function, old, new), rules, ground, killers)


def harmless(
    name: str,
    function: str,
    old: str,
    new: str,
    ground: Ground,
    why: str,
    *spared: str,
    noticed: tuple[str, ...] = (),
) -> Mutant:
    """A mutant that does no harm, why, and the properties that it therefore never violates."""
    rules = Rules(edits=(Edit(function, old, new),))
    return Mutant(name, told(function, old, new), rules, ground, (), why, spared, noticed)


def told(function: str, old: str, new: str) -> str:
    """What is replaced, in a line."""
    before, after = (" ".join(words.split()) or "nothing" for words in (old, new))
    return f"{function}: '{before}' becomes '{after}'"
