"""Counterexamples of mutants, as explorations find them."""

from dataclasses import replace
from functools import cache
from typing import Any

from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.exploration.report import Discovery
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.exploration.shrink import Telling, unfold
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import largest_configuration


def model_of(mutant: str, **bound: Any) -> MessageLevel:
    """The message level by the rules of a mutant."""
    rules = find(mutant).rules
    scope = Scope(Setting(largest_configuration(3), rules.profile), **bound)
    return MessageLevel(
        replace(
            scope,
            forks=rules.forks,
            common_coin=rules.common_coin,
            profiles=rules.odd_profiles,
        )
    )


def first_discovery(model: MessageLevel) -> Discovery:
    return explore(model, Limits(states=20_000)).discoveries[0]


def found(mutant: str, **bound: Any) -> Telling:
    """The first counterexample, step by step, in a model that knows no other."""
    model = model_of(mutant, **bound)
    code, name = _found(mutant, tuple(bound.items()))
    return unfold(model, Path.replay(model, code), name)


@cache
def _found(mutant: str, bound: tuple[tuple[str, Any], ...]) -> tuple[str, str]:
    discovery = first_discovery(model_of(mutant, **dict(bound)))
    return discovery.path.code, discovery.violation.property
