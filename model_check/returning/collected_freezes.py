"""The first design of recovery as a small model: the target collects r freezes of its old epoch.

The last replica, the *target*, signs vertices for rounds 1, 2, .... Whoever holds one says so; a
vertex is delivered when d replicas are known to hold it. The target crashes, returns and asks; who
hears of that freezes: it accepts nothing more of the old epoch and says how much of it it holds.
The target's first new message, RESUME, names r freezes. The cut is the largest one named: the new
epoch fills the rounds above it.

It fills no round twice exactly when d + r > n: some freezer then holds what was delivered. The
target itself answers only where all n must, and what it made is then durable.

Source: DESIGN, "Recovery". The reference lets the total order count instead (spec/README.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.model import Always, Model, Property, Sometimes
from tee_rider.model_check.exploration.report import Report
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import members, replica_name
from tee_rider.spec.judgement import Violation

UP, DOWN, ASKING, BACK = "is up", "is down", "asks", "is back"


class State(NamedTuple):
    """Everything that is known of one run; tuples are by replica, the target is the last."""

    phase: str
    held: tuple[int, ...]
    """How many old vertices each holds; the target: how many it signed."""
    heard: tuple[tuple[int, ...], ...]
    """``heard[i][j]``: how many old vertices i has heard j to hold."""
    delivered: tuple[int, ...]
    frozen: int = 0
    """Who has frozen, as a bitmask; what a freeze says is ``held``, which grows no more."""
    collected: int = 0
    cut: int | None = None
    read: int = 0
    """Who has read the RESUME."""
    new_held: tuple[int, ...] = ()
    new_delivered: int = 0


class Action(NamedTuple):
    """What happens, to whom, and from whom."""

    kind: str
    replica: int
    other: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """n replicas, d holders before delivery, r freezes; the target signs so many old vertices."""

    n: int
    d: int
    r: int
    vertices: int = 2

    @property
    def target(self) -> int:
        """Who crashes."""
        return self.n - 1


class CollectedFreezes(Model[State, Action]):
    """One crash and return, in every order of events."""

    name = "collected freezes"

    def __init__(self, rules: Rules) -> None:
        """Nothing has happened yet."""
        self.rules = rules
        self.others = range(rules.target)
        self.bound = (
            f"n={rules.n}, d={rules.d}, r={rules.r}: one crash and return of"
            f" {replica_name(rules.target)}, {rules.vertices} rounds"
        )

    def initial_states(self) -> Sequence[State]:
        """The target is up and has signed nothing."""
        nothing = (0,) * self.rules.n
        return [State(UP, nothing, (nothing,) * self.rules.n, nothing, new_held=nothing)]

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """Messages arrive in the order of their streams, after any time, or never."""
        return [*self._target(state), *self._old_epoch(state), *self._new_epoch(state)]

    def _target(self, state: State) -> Iterator[tuple[Action, State]]:
        rules, target = self.rules, self.rules.target
        signed = state.held[target]
        match state.phase:
            case "is up":
                if signed < rules.vertices:
                    held = _raised(state.held, target, signed + 1)
                    yield Action("signs", target), state._replace(held=held)
                yield Action("crashes", target), state._replace(phase=DOWN)
            case "is down":
                yield Action("asks", target), state._replace(phase=ASKING)
            case "asks":
                for i in members(state.frozen & ~state.collected):
                    collected = state.collected | 1 << i
                    yield Action("collects", target, i), state._replace(collected=collected)
                if state.collected.bit_count() >= min(rules.r, rules.n - 1):
                    named = [state.held[i] for i in members(state.collected)]
                    own = [signed] if rules.r == rules.n else []
                    after = state._replace(phase=BACK, cut=max(named + own))
                    yield Action("resumes", target), after

    def _old_epoch(self, state: State) -> Iterator[tuple[Action, State]]:
        rules, target = self.rules, self.rules.target
        for i in self.others:
            accepts = not (state.frozen | state.read) >> i & 1
            if accepts and state.held[i] < state.held[target]:
                held = _raised(state.held, i, state.held[i] + 1)
                yield Action("accepts", i, target), state._replace(held=held)
            if state.phase == ASKING and not state.frozen >> i & 1:
                yield Action("freezes", i), state._replace(frozen=state.frozen | 1 << i)
        for i in range(rules.n):
            if i == target and state.phase != UP:
                continue
            for j in self.others:
                if i != j and rules.d > 1 and state.heard[i][j] < state.held[j]:
                    row = _raised(state.heard[i], j, state.heard[i][j] + 1)
                    heard = (*state.heard[:i], row, *state.heard[i + 1 :])
                    yield Action("hears", i, j), state._replace(heard=heard)
            place = state.delivered[i] + 1
            said = sum(state.heard[i][j] >= place for j in self.others if j != i)
            holders = 1 + (i != target) + said
            beyond = state.read >> i & 1 and place > (state.cut or 0)
            if place <= state.held[i] and holders >= rules.d and not beyond:
                delivered = _raised(state.delivered, i, place)
                yield Action("delivers", i), state._replace(delivered=delivered)

    def _new_epoch(self, state: State) -> Iterator[tuple[Action, State]]:
        if state.cut is None:
            return
        target, new = self.rules.target, state.new_held
        if state.cut + new[target] < self.rules.vertices:
            signed = _raised(new, target, new[target] + 1)
            yield Action("signs anew", target), state._replace(new_held=signed)
        for i in self.others:
            if not state.read >> i & 1:
                taken = _raised(state.delivered, i, max(state.delivered[i], state.cut))
                after = state._replace(read=state.read | 1 << i, delivered=taken)
                yield Action("reads RESUME", i), after
            elif new[i] < new[target]:
                held = _raised(new, i, new[i] + 1)
                yield Action("accepts anew", i), state._replace(new_held=held)
        place = state.new_delivered + 1
        if sum(held >= place for held in new) >= self.rules.d:
            yield Action("delivers anew", target), state._replace(new_delivered=place)

    def properties(self) -> Sequence[Property[State]]:
        """No round is filled twice, and both epochs get to deliver."""
        return [
            Always("one vertex per round", self._filled_twice),
            Sometimes("an old vertex is delivered", lambda state: max(state.delivered) > 0),
            Sometimes("a new vertex is delivered", lambda state: state.new_delivered > 0),
        ]

    def _filled_twice(self, state: State) -> tuple[Violation, ...]:
        if state.cut is None or not state.new_delivered or max(state.delivered) <= state.cut:
            return ()
        who = replica_name(state.delivered.index(max(state.delivered)))
        return (
            Violation(
                property="one vertex per round",
                source="DESIGN, Recovery: the new epoch fills rounds above the cut",
                witness=(),
                explanation=(
                    f"{who} delivered an old vertex for round {state.cut + 1}; the cut is"
                    f" {state.cut}, so a new one is delivered for that round."
                ),
            ),
        )

    def format_state(self, state: State) -> Sequence[str]:
        """How far each is."""
        name = replica_name(self.rules.target)
        return [f"{name} {state.phase}, has signed {state.held[self.rules.target]}"]

    def format_action(self, before: State, action: Action, after: State) -> Sequence[str]:
        """Who does what."""
        of = f" from {replica_name(action.other)}" if action.kind in {"collects", "hears"} else ""
        cut = f", cut {after.cut}" if action.kind == "resumes" else ""
        return [f"{replica_name(action.replica)} {action.kind}{of}{cut}"]


def _raised(counts: tuple[int, ...], place: int, to: int) -> tuple[int, ...]:
    return (*counts[:place], to, *counts[place + 1 :])


def settings(n: int) -> list[Rules]:
    """Every d and r at n replicas."""
    n = largest_configuration(n).n
    return [Rules(n, d, r) for d in range(1, n + 1) for r in range(1, n + 1)]


def explore_setting(rules: Rules) -> Report:
    """All of one setting."""
    return explore(CollectedFreezes(rules))
