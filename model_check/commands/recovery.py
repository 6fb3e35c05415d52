"""``tee-rider recovery``: one crash and return, exhaustively, for both designs of recovery."""

import re
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from tee_rider.model_check.console import ExitCode, UsageError, console, print_json, progress
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.mutation.edits import Edit, in_force
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.mutation.rules import Rules as Wrong
from tee_rider.model_check.returning.collected_freezes import (
    CollectedFreezes,
    Rules,
    explore_setting,
    settings,
)
from tee_rider.model_check.returning.moments import Returning
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.model_check.telling.recovery_path import Wishes, tell_recovery
from tee_rider.model_check.telling.wrong_rules import RETURNS, rules_of
from tee_rider.model_check.world.recovery_cost import RecoveryCost, recovery_costs
from tee_rider.model_check.world.setting import make_setting
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.identifiers import replica_name, replica_number

REPLICAS = range(3, 10)
"""For which the costs are counted."""


def recovery(
    early: Annotated[
        int, typer.Option(min=1, max=4, help="C crashes in one of so many rounds.")
    ] = 1,
    rounds: Annotated[int, typer.Option(min=2, max=40, help="How many rounds to play.")] = 11,
    leader: Annotated[str, typer.Option(help="Whom every coin shows; 'each' tries all.")] = "A",
    mutant: Annotated[
        str, typer.Option(metavar="NAME", help="Explore by the rules of this mutant alone.")
    ] = "",
    collected: Annotated[
        str,
        typer.Option(metavar="D,R", help="Explore the first design with this d and r alone."),
    ] = "",
    replay: Annotated[
        str, typer.Option(metavar="0.3.2", help="Tell this one path instead of exploring.")
    ] = "",
    trace: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the path as a trace, to check and show."),
    ] = None,
    itf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the path as an ITF trace.")
    ] = None,
    costs: Annotated[
        bool, typer.Option("--costs", help="Count what a return costs for n = 3 to 9, instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Explore one crash and return among three replicas, whatever is heard, lost and late.

    First the design in which the target collects r freezes, for every number d of holders and every
    r: it must fill a round twice exactly when d + r is at most n. Then the reference, in which the
    total order counts the freezes. Ends with 0 if all is as it must be, 1 if not, 3 if something
    that had to happen never did.

    With --mutant, --collected or --replay only that is explored or told: 1 if it is violated.
    """
    try:
        leaders = _leaders(leader)
        if mutant or collected or replay:
            wishes, edits = _wishes(early, rounds, leader, mutant, collected)
            with in_force(edits):
                wishes = replace(wishes, replay=replay, trace=trace, itf=itf)
                raise typer.Exit(tell_recovery(wishes, as_json))
        if trace or itf:
            option = "--trace" if trace else "--itf"
            raise UsageError(f"{option}: of which path? Give --mutant, --collected or --replay too")
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    if costs:
        raise typer.Exit(_costs(as_json))
    with progress("collected freezes") as tick:
        designs: list[tuple[Rules, Report]] = []
        for rules in settings(3):
            tick(f"d={rules.d}, r={rules.r}")
            designs.append((rules, explore_setting(rules)))
    returns: list[Report] = []
    with progress("one return") as tick:
        for shown in leaders:
            coins = (shown,) * max(1, rounds // WAVE_LENGTH)
            scope = Returning(make_setting(3, "hardened", "one"), early, rounds, coins)
            returns.append(explore(OneReturn(scope), tick=tick))
    codes = [ExitCode.HOLDS if as_it_must_be(*entry) else ExitCode.VIOLATED for entry in designs]
    code = max([*codes, *(report.exit_code for report in returns)], key=_gravity)
    if as_json:
        rows = [{"d": r.d, "r": r.r, "n": r.n, **report.as_json()} for r, report in designs]
        print_json({"collected_freezes": rows, "returns": [r.as_json() for r in returns]})
    else:
        console.print(_table(designs))
        console.print("how, step by step: tee-rider recovery --collected 1,2", markup=False)
        for report in returns:
            console.print("\n".join(report.lines()), markup=False)
    raise typer.Exit(code)


def _wishes(
    early: int, rounds: int, leader: str, mutant: str, collected: str
) -> tuple[Wishes, tuple[Edit, ...]]:
    """What is asked for, and the guards that are wrong meanwhile."""
    if mutant and collected:
        raise UsageError("--mutant and --collected: give one of them")
    rules, until = Wrong(), frozenset[str]()
    if mutant:
        rules = rules_of(mutant, RETURNS)
        found = find(mutant)
        if found.ground.checker in (OneReturn.name, CollectedFreezes.name):
            until = frozenset(found.killers)
    if collected or rules.holders_and_freezes != Wrong().holders_and_freezes:
        d, r = _two(collected) if collected else rules.holders_and_freezes
        command = f"tee-rider recovery --collected {d},{r}"
        return Wishes(Rules(3, d, r), command, until), ()
    (shown,) = _leaders(leader) if leader != "each" else (0,)
    coins = (shown,) * max(1, rounds // WAVE_LENGTH)
    hardened = make_setting(3, "hardened", "one")
    setting = Setting(hardened.configuration, rules.over(hardened.profile))
    scope = Returning(setting, early, rounds, coins, rules.new_epoch)
    command = f"tee-rider recovery --early {early} --rounds {rounds} --leader {replica_name(shown)}"
    command += f" --mutant {shlex.quote(mutant)}" if mutant else ""
    return Wishes(scope, command, until), rules.edits


def _two(text: str) -> tuple[int, int]:
    numbers = re.fullmatch(r"([1-3]),([1-3])", text, re.ASCII)
    if numbers is None:
        raise UsageError(f"--collected {text!r}: allowed: d and r of 1 to 3 each, as in 1,2")
    return int(numbers[1]), int(numbers[2])


def _costs(as_json: bool) -> ExitCode:
    with progress("recovery costs") as tick:
        found: list[RecoveryCost] = []
        for cost in recovery_costs(REPLICAS):
            found.append(cost)
            tick(f"n = {cost.n}")
    if as_json:
        print_json({"costs": [asdict(cost) | {"by_formula": by_formula(cost)} for cost in found]})
    else:
        table = Table(title="one crash and return: counted (by formula)")
        for column in ("n", "rounds before", "REQUEST", "handed over", "FREEZE", "rounds to open"):
            table.add_column(column, justify="right")
        for cost in found:
            pairs = zip(counted(cost), by_formula(cost), strict=True)
            told = [f"{count} ({formula})" for count, formula in pairs]
            table.add_row(str(cost.n), str(cost.rounds_before), *told)
        console.print(table)
    as_computed = all(counted(cost) == by_formula(cost) for cost in found)
    return ExitCode.HOLDS if as_computed else ExitCode.VIOLATED


def counted(cost: RecoveryCost) -> list[int]:
    """REQUEST, handed over, FREEZE, rounds until open."""
    return [cost.requests, cost.handed_over, cost.freezes, cost.rounds]


def by_formula(cost: RecoveryCost) -> list[int]:
    """The same, computed from n, the rounds before the crash, and their place in the wave."""
    return [
        cost.requests_by_formula,
        cost.handed_over_by_formula,
        cost.freezes_by_formula,
        cost.rounds_by_formula,
    ]


def as_it_must_be(rules: Rules, report: Report) -> bool:
    """Whether a round is filled twice exactly when some r freezers may all miss d holders."""
    safe = rules.d + rules.r > rules.n
    return report.exit_code == (ExitCode.HOLDS if safe else ExitCode.VIOLATED)


def _gravity(code: ExitCode) -> int:
    return (ExitCode.HOLDS, ExitCode.INCONCLUSIVE, ExitCode.VIOLATED).index(code)


def _leaders(text: str) -> list[int]:
    if text == "each":
        return [0, 1, 2]
    if text not in ("A", "B", "C"):
        raise UsageError(f"--leader {text!r}: allowed: A, B, C, each")
    return [replica_number(text)]


def _table(collected: list[tuple[Rules, Report]]) -> Table:
    table = Table(title="freezes collected by the target, n = 3: every d and r")
    for column in ("d", "r", "d + r > n", "states", "found"):
        table.add_column(column)
    for rules, report in collected:
        steps = [len(discovery.path.steps) for discovery in report.discoveries]
        told = f"a round filled twice, {steps[0]} steps" if steps else "no violation"
        if not as_it_must_be(rules, report):
            told += " (UNEXPECTED)"
        safe = "yes" if rules.d + rules.r > rules.n else "no"
        table.add_row(str(rules.d), str(rules.r), safe, f"{report.states:,}", told)
    return table
