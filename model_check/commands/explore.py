"""``tee-rider explore``: every message order and every fault within a small bound."""

import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path as File
from typing import Annotated, Any

import typer

from tee_rider.model_check.commands.search_options import (
    CheckpointTo,
    OnRay,
    ResumeFrom,
    SearchOptions,
    Workers,
)
from tee_rider.model_check.console import ExitCode, Ticker, UsageError, print_json, progress
from tee_rider.model_check.exploration.every_end import EveryEnd
from tee_rider.model_check.exploration.explore import Limits
from tee_rider.model_check.exploration.message_level import MessageLevel
from tee_rider.model_check.exploration.model import Always, Path
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.edits import in_force
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.searches.crew import WorkerFailedError
from tee_rider.model_check.searches.shard import Make
from tee_rider.model_check.telling.counterexample import NOTHING_TOLD, Teller, Wishes, retell
from tee_rider.model_check.telling.wrong_rules import (
    WrongLevel,
    WrongRulesFailError,
    rules_of,
    wrong_model,
)
from tee_rider.model_check.world.setting import reference_setting
from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import replica_name, replica_number

MOST_REPLICAS = 8
MOST_ROUNDS = 100
ANYBODY = "any"
STOPS_SHORT = (
    "The search for the shortest path was stopped by its limits; the path above ends before the"
    " last round. Allow more with --max-states or --max-memory."
)


class ReductionError(Exception):
    """What was left out of a search made a difference."""


def explore(
    n: Annotated[int, typer.Option("--n", help="How many replicas.")] = 3,
    rounds: Annotated[int, typer.Option(help="How many rounds are delivered.")] = 4,
    faulty: Annotated[int, typer.Option(help="How many of them, the last ones, are faulty.")] = 0,
    leader: Annotated[
        str,
        typer.Option(
            metavar="A,C",
            help="Whom the coin may show, or any. By default A, and the last replica if it is"
            " faulty: correct replicas are alike, and so are faulty ones.",
        ),
    ] = "",
    free: Annotated[
        bool, typer.Option("--free", help="Replicas advance at any time, not at once.")
    ] = False,
    any_order: Annotated[
        bool, typer.Option("--any-order", help="Messages of one stream overtake each other.")
    ] = False,
    junk: Annotated[int, typer.Option(help="How often a faulty replica may sign junk.")] = 0,
    every_state: Annotated[
        bool,
        typer.Option(
            "--every-state",
            help="Visit and judge every state, instead of one way to each end: slower, and the"
            " same verdict. What is free, in any order or by wrong rules is always explored so.",
        ),
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Reduce nothing: slower still, and the same verdict.")
    ] = False,
    profile: Annotated[str, typer.Option(help="The rules of the replicas.")] = "tee-rider",
    mutant: Annotated[
        str, typer.Option(metavar="NAME", help="Play by the rules of this mutant instead.")
    ] = "",
    max_states: Annotated[int, typer.Option(min=1, help="Stop after so many states.")] = 5_000_000,
    max_memory: Annotated[int, typer.Option(min=1, help="Stop at so many MB.")] = 4_000,
    workers: Workers = 1,
    checkpoint: CheckpointTo = None,
    resume: ResumeFrom = None,
    on_ray: OnRay = False,
    replay: Annotated[
        str, typer.Option(metavar="0.3.2", help="Tell this one path instead of exploring.")
    ] = "",
    shrink: Annotated[
        bool, typer.Option("--shrink", help="Leave out of a path what its violation does not need.")
    ] = False,
    itf: Annotated[
        File | None, typer.Option(metavar="FILE", help="Write the path as an ITF trace.")
    ] = None,
    scenario: Annotated[
        File | None, typer.Option(metavar="FILE", help="Write the path as a scenario to play.")
    ] = None,
    trace: Annotated[
        File | None,
        typer.Option(metavar="FILE", help="Write the path as a trace, to check and show."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Explore all that may happen within a bound, message by message, and judge how it ends.

    Where something is violated, every state is explored, for the shortest path to it.

    Ends with 0 if nothing is violated within the bound, 1 if something is, 2 if the bound makes no
    sense, 3 if the search was stopped, or never reached what it had to reach, 4 if a worker failed.
    """
    try:
        if not n <= MOST_REPLICAS:
            raise UsageError(f"--n {n}: allowed: 3 to {MOST_REPLICAS}")
        if not rounds <= MOST_ROUNDS:
            raise UsageError(f"--rounds {rounds}: allowed: 1 to {MOST_ROUNDS}")
        rules = rules_of(mutant) if mutant else Rules()
        scope = Scope(
            setting=reference_setting(n, profile),
            rounds=rounds,
            faulty=faulty,
            leaders=_leaders(leader or (ANYBODY if not rules.common_coin else ""), n, faulty),
            eager=not free,
            any_order=any_order,
            junk=junk,
            reduce=not full,
        )
        command = f"tee-rider explore {scope.options()} --profile {profile}"
        if mutant:
            scope = _with_rules(scope, rules)
            command += f" --mutant {shlex.quote(mutant)}"
        with in_force(rules.edits):
            model = WrongLevel(scope) if mutant else MessageLevel(scope)
            wrong = partial(wrong_model, rules.edits, scope)
            make = wrong if mutant else partial(MessageLevel, scope)
            wishes = Wishes(shrink, itf, scenario, trace)
            teller = partial(retell, model, wishes, profile, mutant)
            if replay:
                code = _tell(model, Path.replay(model, replay), teller, as_json)
            else:
                how = SearchOptions(workers, checkpoint, resume, on_ray)
                limits = Limits(max_states, max_memory)
                with progress("explore") as tick:
                    if every_state or full or mutant or not scope.ends_suffice:
                        search = f"{command} --every-state" if every_state else command
                        report = how.run(model, make, search, limits, tick)
                    else:
                        report = _search_ends(model, make, how, limits, command, tick)
                code = _say(report, how, command, teller, as_json)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    except WrongRulesFailError as error:
        violated = {"verdict": "VIOLATED: no error", "explanation": str(error)}
        if as_json:
            print_json(violated)
        else:
            typer.echo(": by these rules ".join(violated.values()))
        code = ExitCode.VIOLATED
    except (WorkerFailedError, ReductionError) as error:
        typer.echo(str(error), err=True)
        code = ExitCode.HARNESS_ERROR
    raise typer.Exit(code)


def _search_ends(
    model: MessageLevel, make: Make, how: SearchOptions, limits: Limits, command: str, tick: Ticker
) -> Report:
    """By ends; if something is violated, by every state, for the shortest path to it.

    Raises:
        ReductionError: no state of all violates what some end does.
    """
    by_ends = partial(EveryEnd, model.scope)
    report = how.run(by_ends(), by_ends, command, limits, tick)
    if not report.discoveries:
        return report
    afresh = replace(how, checkpoint=None, resume=None)
    again = afresh.run(model, make, command, limits, tick)
    if again.discoveries:
        return again
    if again.stopped:
        return report
    raise ReductionError(f"{report.verdict}; but none of all {again.states:,} states violates it")


def _say(
    report: Report, how: SearchOptions, command: str, teller: Teller, as_json: bool
) -> ExitCode:
    whole = () if report.judges_ends else report.discoveries
    replays = [f"{command} --replay {found.path.code}" for found in whole]
    if not as_json:
        typer.echo("\n".join([*report.lines(), *(f"replay: {line}" for line in replays)]))
        if len(whole) < len(report.discoveries):
            typer.echo(STOPS_SHORT)
    told = teller(whole[0].path, whole[0].violation.property) if whole else NOTHING_TOLD
    if as_json:
        print_json(
            {**report.as_json(), "replay": replays, "search": how.as_json(), **told.as_json()}
        )
    else:
        told.print()
    return report.exit_code


def _tell(model: MessageLevel, path: Path[Any, Any], teller: Teller, as_json: bool) -> ExitCode:
    always = [asked for asked in model.properties() if isinstance(asked, Always)]
    violations = {
        violation.property: violation
        for state in path.states
        for asked in always
        for violation in asked.violations(state)
    }
    told = teller(path, next(iter(violations), None))
    if as_json:
        explanations = {name: found.explanation for name, found in violations.items()}
        document = {"path": path.code, "steps": path.lines(), "violations": explanations}
        print_json(document | told.as_json())
    else:
        typer.echo("\n".join(path.lines()))
        for name, violation in violations.items():
            typer.echo(f"{name} is violated: {violation.explanation}")
        told.print()
    return ExitCode.VIOLATED if violations else ExitCode.HOLDS


def _leaders(text: str, n: int, faulty: int) -> tuple[int, ...]:
    if text == ANYBODY:
        return ()
    if not text:
        return (0, n - 1) if faulty else (0,)
    try:
        leaders = sorted({replica_number(name.strip()) for name in text.split(",")})
    except ValueError as error:
        raise UsageError(f"--leader {text!r}: {error}") from None
    if leaders[-1] >= n:
        last = replica_name(n - 1)
        raise UsageError(f"--leader {text!r}: there are only the replicas A to {last}")
    return tuple(leaders)


def _with_rules(scope: Scope, rules: Rules) -> Scope:
    if rules.forks and not scope.faulty:
        raise UsageError("--mutant: by these rules a faulty replica signs twice: give --faulty 1")
    profile = rules.over(scope.setting.profile)
    return replace(
        scope,
        setting=Setting(scope.setting.configuration, profile),
        forks=rules.forks,
        common_coin=rules.common_coin,
        profiles={i: replace(profile, **wrong) for i, wrong in rules.odd.items()},
    )
