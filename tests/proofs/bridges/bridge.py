"""Runs of the reference against a proof: each step must be a step of the proof's system.

A step of the reference is a sequence of actions of the system: usually one, none when nothing that
the proof speaks of changes (a *stutter*), several when one message sets off others. An action names
its parameters, not its transition. Exactly one transition must be allowed with them; its updates
give the next state; and the state after the last must be the one that the reference is in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from tee_rider.proofs_notes.kit.claim import Formulas
from tee_rider.proofs_notes.kit.system import System
from tee_rider.proofs_notes.kit.transition import Transition
from tests.proofs.bridges.finite import Element, Formula, NewTable, World
from tests.proofs.bridges.runs import Run, Step

Action: TypeAlias = Mapping[str, Element]
"""By the name of a transition's parameter."""


class Mismatch(AssertionError):  # noqa: N818 - it is one, like an assertion that fails
    """The reference does what the proof does not speak of; the message says where."""


class TranslatedSystem:
    """A transition system, ready to be evaluated."""

    def __init__(self, system: System) -> None:
        """Translate every formula once."""
        self.system = system
        self.axioms = translated({**system.axioms, **system.definitions})
        self.initial = translated(system.initial)
        self.invariants = translated({**system.invariants, **system.safety})
        self.steps = {name: TranslatedStep(t) for name, t in system.transitions.items()}


class TranslatedStep:
    """A transition, ready to be evaluated."""

    def __init__(self, transition: Transition) -> None:
        """Translate guard and updates."""
        self.parameters = {str(parameter) for parameter in transition.parameters}
        self.sorts = {
            str(parameter): parameter.sort().name() for parameter in transition.parameters
        }
        self.guard = translated(transition.guard)
        updates = transition.updates.items()
        self.updates = {symbol.name(): NewTable(symbol, update) for symbol, update in updates}


def translated(formulas: Formulas) -> dict[str, Formula]:
    """The same formulas, ready to be evaluated."""
    return {name: Formula(formula) for name, formula in formulas.items()}


def false(formulas: Mapping[str, Formula], world: World) -> list[str]:
    """The names of those that do not hold."""
    return [name for name, formula in formulas.items() if not formula.holds(world)]


class Map(Protocol):
    """What a run looks like in a proof's vocabulary."""

    rigid: World
    """Sorts, and all symbols that never change."""

    def start(self) -> World:
        """The changing symbols before the first step."""

    def actions(self, step: Step) -> Sequence[Action]:
        """What happens in a step, as far as the proof speaks of it."""

    def after(self, step: Step) -> World:
        """The changing symbols after a step; those that only the proof keeps may be missing."""


@dataclass
class Crossing:
    """What came of it."""

    steps: int = 0
    """Steps of the reference by correct replicas, stutters included."""
    stutters: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    """How often each transition was the one."""
    judged: int = 0
    """In how many states all invariants were evaluated."""

    def __iadd__(self, other: "Crossing") -> "Crossing":
        """Both together."""
        self.steps, self.stutters = self.steps + other.steps, self.stutters + other.stutters
        self.fired, self.judged = self.fired + other.fired, self.judged + other.judged
        return self


def cross(system: TranslatedSystem, map_: Map, run: Run, every: int) -> Crossing:
    """Follow a whole run; judge all invariants after every so many actions and at the end.

    Raises:
        Mismatch: a step is none of the system's, or a state is not as it says.
    """
    world = {**map_.rigid, **map_.start()}
    _expect_none(false(system.axioms, world), "the world of this run breaks axioms")
    _expect_none(false(system.initial, world), "the first state is none of the system's")
    crossing = Crossing()
    for number, step in enumerate(run.steps):
        place = f"step {number}, {step.told}"
        actions = map_.actions(step)
        for action in actions:
            name = _allowed(system, world, action, place)
            updates = system.steps[name].updates.items()
            known = {**world, **action}
            world |= {symbol: update.of(known) for symbol, update in updates}
            crossing.fired[name] += 1
        _compare(world, map_.after(step), place)
        correct = step.replica in run.correct
        crossing.steps += correct
        crossing.stutters += correct and not actions
        if actions and crossing.fired.total() // every > crossing.judged:
            _judge(system, world, place, crossing)
    _judge(system, world, "the end", crossing)
    return crossing


def cross_all(
    system: TranslatedSystem, map_of: Callable[[Run], Map], runs: Iterable[Run], every: int
) -> Crossing:
    """Follow several runs."""
    total = Crossing()
    for run in runs:
        total += cross(system, map_of(run), run, every)
    return total


def _allowed(system: TranslatedSystem, world: World, action: Action, place: str) -> str:
    """The one transition that these parameters allow."""
    known, refused = {**world, **action}, {}
    for name, step in system.steps.items():
        if step.parameters <= action.keys():
            strange = [p for p, sort in step.sorts.items() if action[p] not in world[sort]]
            refused[name] = [f"{p} of its sort" for p in strange] or false(step.guard, known)
    allowed = [name for name, reasons in refused.items() if not reasons]
    if len(allowed) != 1:
        told = ", ".join(f"{name}={value}" for name, value in action.items())
        why = "; ".join(f"{name} needs: {', '.join(r)}" for name, r in refused.items() if r)
        raise Mismatch(f"{place}: with {told} allowed: {', '.join(allowed) or 'nothing'}; {why}")
    return allowed[0]


def _compare(world: World, seen: World, place: str) -> None:
    for symbol, table in seen.items():
        if world[symbol] != table:
            lines = "\n".join(_differences(world[symbol], table))
            raise Mismatch(f"{place}: {symbol} is not what follows from the formulas\n{lines}")


def _differences(formulas: Any, reference: Any) -> Iterator[str]:
    here, there = _rows(formulas), _rows(reference)
    for row in sorted(here.keys() | there.keys(), key=str):
        if here.get(row) != there.get(row):
            yield f"  {row}: by the formulas {here.get(row)}, in the reference {there.get(row)}"


def _rows(table: Any) -> Mapping[Any, Any]:
    return table if isinstance(table, Mapping) else dict.fromkeys(table, True)


def _judge(system: TranslatedSystem, world: World, place: str, crossing: Crossing) -> None:
    _expect_none(false(system.invariants, world), f"{place}: invariants are broken")
    crossing.judged += 1


def _expect_none(names: list[str], what: str) -> None:
    if names:
        raise Mismatch(f"{what}: {', '.join(names)}")
