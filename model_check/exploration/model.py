"""What is explored and what is asked of it: models, properties, and the paths that lead somewhere.

A model says in which states the world may begin and what may happen in each. Explorers know nothing
else of the world, so every exploration of this project shares them, and its paths and reports.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from tee_rider.model_check.console import UsageError
from tee_rider.spec.judgement import Violation

State = TypeVar("State", bound=Hashable)
Action = TypeVar("Action")
LONGEST_CODE = 10_000
"""Characters of the code of a path."""


@dataclass(frozen=True, slots=True)
class Always(Generic[State]):
    """Something that must hold in every state; ``violations`` says how it does not."""

    name: str
    violations: Callable[[State], Sequence[Violation]]


@dataclass(frozen=True, slots=True)
class Sometimes(Generic[State]):
    """Something that some state must show, or the exploration was vacuous."""

    name: str
    reached: Callable[[State], bool]


Property: TypeAlias = Always[State] | Sometimes[State]


class Model(ABC, Generic[State, Action]):
    """A world with states and actions.

    Everything is a function of the model's parameters and of the state alone, orders included: the
    same indices lead along the same path in every process.

    Source: ours, in the manner of Stateright. There, actions and next states are asked for one by
    one; here they come together, since what an action leads to is what tells whether it can happen.
    """

    name: str
    """What kind of exploration this is."""
    bound: str
    """Within which bound; completes "no violation within ..."."""
    in_layers = False
    """Whether every way to a state takes as many actions, so that one layer alone has it."""

    judges_ends = False
    """Whether only states that nothing follows are judged, since what is violated stays so."""

    @abstractmethod
    def initial_states(self) -> Sequence[State]:
        """Where the world may begin."""

    @abstractmethod
    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """What may happen in a state, and the state that it leads to."""

    @abstractmethod
    def properties(self) -> Sequence[Property[State]]:
        """What is asked of the model."""

    @abstractmethod
    def format_action(self, before: State, action: Action, after: State) -> Sequence[str]:
        """What happened, for a person: the action in the first line, what it caused below."""

    @abstractmethod
    def format_state(self, state: State) -> Sequence[str]:
        """A state, for a person."""

    def within_bound(self, state: State) -> bool:
        """Whether to go on from a state; it is judged in any case."""
        return True

    def facts(self) -> Mapping[str, int]:
        """Figures worth reporting besides the numbers of states and transitions."""
        return {}


@dataclass(frozen=True, slots=True)
class Step(Generic[State, Action]):
    """One step of a path: the how-many-th action was taken, which, and where it led."""

    index: int
    action: Action
    state: State


@dataclass(frozen=True, slots=True)
class Path(Generic[State, Action]):
    """A way through a model, from the how-many-th initial state over some actions.

    Its code is all indices with dots between them: ``0.3.2`` begins in the first initial state and
    takes the fourth, then the third of the actions possible.
    """

    model: Model[State, Action]
    start_index: int
    start: State
    steps: tuple[Step[State, Action], ...] = ()

    @property
    def end(self) -> State:
        """The state that the path leads to."""
        return self.steps[-1].state if self.steps else self.start

    @property
    def code(self) -> str:
        """The path in short, as :meth:`replay` reads it."""
        return ".".join(map(str, (self.start_index, *(step.index for step in self.steps))))

    @property
    def states(self) -> tuple[State, ...]:
        """All states on the way, first and last included."""
        return (self.start, *(step.state for step in self.steps))

    def lines(self) -> list[str]:
        """Numbered actions, what each caused indented below it."""
        text = ["0. " + "; ".join(self.model.format_state(self.start))]
        before = self.start
        for number, step in enumerate(self.steps, start=1):
            action, *effects = self.model.format_action(before, step.action, step.state)
            text += [f"{number}. {action}", *(f"     {effect}" for effect in effects)]
            before = step.state
        return text

    @classmethod
    def replay(cls, model: Model[State, Action], code: str) -> "Path[State, Action]":
        """The path that a code stands for, taken again from the start.

        Raises:
            UsageError: the code does not fit the model; the message names the place.
        """
        indices = _indices(code)
        initial = model.initial_states()
        start = _choose(initial, indices[0], "initial states", "at the start")
        steps: list[Step[State, Action]] = []
        state = start
        for place, index in enumerate(indices[1:], start=1):
            possible = model.actions(state)
            action, state = _choose(possible, index, "actions", f"in step {place}")
            steps.append(Step(index, action, state))
        return cls(model, indices[0], start, tuple(steps))


Item = TypeVar("Item")


def _indices(code: str) -> list[int]:
    parts = code.split(".")
    if len(code) > LONGEST_CODE:
        raise UsageError(f"path: {len(code)} characters; at most {LONGEST_CODE} are allowed")
    for place, part in enumerate(parts):
        if not (part.isascii() and part.isdigit() and len(part) < 10):
            raise UsageError(
                f"path {code[:60]!r}: {part[:20]!r} at place {place} is no index; allowed are"
                " numbers with dots between them, as in 0.3.2"
            )
    return [int(part) for part in parts]


def _choose(items: Sequence[Item], index: int, what: str, where: str) -> Item:
    if index >= len(items):
        allowed = f"0 to {len(items) - 1}" if items else "none"
        raise UsageError(f"path: index {index} {where}; there are {len(items)} {what}: {allowed}")
    return items[index]
