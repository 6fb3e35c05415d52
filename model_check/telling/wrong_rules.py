"""Wrong rules for explorations and scenarios, by the name of their mutant."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.message_level import Action, MessageLevel, State
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.edits import Edit, in_force
from tee_rider.model_check.mutation.endless import NoEndError, at_most
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.mutation.rules import Rules

MESSAGES = frozenset({"wrong", "odd", "edits", "common_coin", "forks"})
"""Parts of the rules that concern replicas and the messages between them."""
RETURNS = frozenset({"wrong", "edits", "new_epoch", "holders_and_freezes"})
"""Parts that concern one crash and return."""
BESIDE = frozenset({"client", "coin", "enclave", "service", "setup"})
"""Modules of the reference that neither explorations of messages nor scenarios play."""

FOR_GOOD = ExitStack()
"""What is never ended."""
MOST_SECONDS = 10
"""Of processor time for what may follow one state: by true rules, thousandths."""


class WrongRulesFailError(Exception):
    """By wrong rules a step of the reference raised an error, or did not end."""


class WrongLevel(MessageLevel):
    """The message level by rules that are wrong, so that a step may fail."""

    def initial_states(self) -> Sequence[State]:
        """Where everything begins.

        Raises:
            WrongRulesFailError: a step fails.
        """
        with _failing(lambda: "at once"):
            return super().initial_states()

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """What may follow.

        Raises:
            WrongRulesFailError: a step fails.
        """
        with _failing(lambda: "\n  ".join(["after", *self.format_state(state)])):
            return super().actions(state)


@contextmanager
def _failing(when: Callable[[], str]) -> Iterator[None]:
    """What a step raises becomes a finding, and so does that it never ends."""
    try:
        with at_most(MOST_SECONDS):
            yield
    except (NoEndError, Exception) as error:
        why = f"{type(error).__name__}: {error}"
        raise WrongRulesFailError(f"a step fails ({why}) {when()}") from error


def rules_of(name: str, parts: frozenset[str] = MESSAGES) -> Rules:
    """The rules of a mutant that shows, if at all, in what replicas say to each other.

    ``parts`` are those that it may replace.

    Raises:
        UsageError: there is no such mutant, or it is about something else.
    """
    mutant = find(name)
    beside = beside_these(mutant.rules, parts)
    if beside:
        raise UsageError(
            f"mutant {name!r} replaces {', '.join(beside)}, which nothing here comes to;"
            f" how it dies: tee-rider mutants --only {shlex.quote(name)}"
        )
    return mutant.rules


def wrong_model(edits: Sequence[Edit], scope: Scope) -> WrongLevel:
    """For a worker, in whose process the guards stay wrong until it ends."""
    FOR_GOOD.enter_context(in_force(edits))
    return WrongLevel(scope)


def beside_these(rules: Rules, parts: frozenset[str] = MESSAGES) -> list[str]:
    """What the rules replace beside these parts, or in code that is never played."""
    true = Rules()
    found = [
        part.name.replace("_", " ")
        for part in fields(Rules)
        if part.name not in parts and getattr(rules, part.name) != getattr(true, part.name)
    ]
    found += [edit.function for edit in rules.edits if edit.module in BESIDE]
    return found
