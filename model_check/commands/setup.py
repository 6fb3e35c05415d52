"""``tee-rider setup``: agree on enclaves and on the seed of the coin, with lying hosts."""

from random import Random
from typing import Annotated

import typer

from tee_rider.model_check.console import ExitCode, UsageError, print_json, progress
from tee_rider.model_check.telling.setup_story import SetupStory
from tee_rider.model_check.world.enclaves import new_enclave
from tee_rider.model_check.world.setting import make_setting
from tee_rider.model_check.world.setup_lies import RandomLiar, make_hand
from tee_rider.model_check.world.setup_mutants import SETUP_MUTANTS, kill, try_lies
from tee_rider.model_check.world.setup_run import messages_of_setup, run_setup
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.identifiers import LARGEST

MOST_FOR_EVERY_LIE = 4
TABLE = range(3, 11)
HOW_OFTEN = (0.0, 0.05, 0.3)
"""How often a lying host lies: never, now and then, or often; drawn from the seed."""


def setup(
    n: Annotated[int, typer.Option("--n", help="How many replicas.")] = 5,
    faulty: Annotated[int, typer.Option(help="How many of them, the last ones, may lie.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same setup.")] = 0,
    every_lie: Annotated[
        bool, typer.Option("--every-lie", help="Try all that the last replica's host can say.")
    ] = False,
    table: Annotated[
        bool, typer.Option("--table", help="Count the messages for n = 3 to 10.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the setup phase: which enclave is whose, and the seed of the coin.

    Ends with 0 if all that must hold does, 1 if not, 2 for bad arguments, 3 if setup was stopped,
    so that there is no seed to judge.
    """
    try:
        setting = make_setting(n, "hardened", "one")
        if not 0 <= faulty < n:
            raise UsageError(f"--faulty {faulty}: allowed with --n {n}: 0 to {n - 1}")
        if not 0 <= seed < LARGEST:
            raise UsageError(f"--seed {seed}: allowed: 0 to {LARGEST - 1}")
        if every_lie and n > MOST_FOR_EVERY_LIE:
            raise UsageError(f"--every-lie --n {n}: allowed: 3 to {MOST_FOR_EVERY_LIE}")
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    if every_lie:
        raise typer.Exit(_every_lie(setting, seed, as_json))
    if table:
        raise typer.Exit(_table(setting, as_json))
    story = play_setup(setting, faulty, seed)
    if as_json:
        print_json(story.as_json() | {"seed": seed})
    else:
        typer.echo("\n".join(story.lines()))
    raise typer.Exit(story.exit_code)


def play_setup(setting: Setting, faulty: int, seed: int) -> SetupStory:
    """One setup; the last ``faulty`` replicas' hosts say what they like."""
    n = setting.configuration.n
    lying = tuple(range(n - faulty, n))
    enclaves = tuple(new_enclave(setting, IdealUsig(i), seed) for i in range(n))
    random = Random(f"{seed} setup")
    hands = {i: make_hand(setting, i, seed, lying) for i in lying}
    liars = {i: RandomLiar(hand, random, random.choice(HOW_OFTEN)) for i, hand in hands.items()}
    run = run_setup(enclaves, liars)
    seconds = tuple(hand.enclaves[1] for hand in hands.values())
    return SetupStory(run, (*enclaves, *seconds), lying)


def _table(setting: Setting, as_json: bool) -> ExitCode:
    rows = []
    for n in TABLE:
        of_n = Setting(largest_configuration(n), setting.profile)
        run = play_setup(of_n, 0, 0).run
        by_phase = [sum(kinds.values()) for kinds in run.sent.values()]
        rows.append((n, by_phase, run.messages, messages_of_setup(n)))
    if as_json:
        names = ("n", "by_phase", "messages", "formula")
        print_json({"setup": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        typer.echo(
            f"{'n':>3} {'hello':>6} {'echo':>6} {'reply':>6} {'ready':>6} {'all':>6}  4n(n-1)"
        )
        for n, by_phase, messages, formula in rows:
            counts = " ".join(f"{count:6}" for count in by_phase)
            typer.echo(f"{n:3} {counts} {messages:6} {formula:8}")
    fits = all(messages == formula for _, _, messages, formula in rows)
    return ExitCode.HOLDS if fits else ExitCode.VIOLATED


def _every_lie(setting: Setting, seed: int, as_json: bool) -> ExitCode:
    n = setting.configuration.n
    with progress("setup") as tick:
        tick("every lie of one host")
        found = try_lies(setting, seed)
        tick("mutants")
        killed = kill(Setting(largest_configuration(3), setting.profile))
    survivors = [m.name for m in SETUP_MUTANTS if not set(m.killers) <= set(killed[m.name])]
    if as_json:
        print_json(
            {
                "n": n,
                "choices": found.choices,
                "ends": dict(sorted(found.ends.items())),
                "violated": sorted(found.violated),
                "mutants": {name: list(violated) for name, violated in killed.items()},
            }
        )
    else:
        typer.echo(f"{n} replicas, of which the last is on a lying host: all that it can say")
        typer.echo(f"choices tried  {found.choices}")
        for who, times in sorted(found.ends.items()):
            typer.echo(f"ready in the end: {who:10} {times:8}")
        typer.echo("\nwrong rules, at n = 3, and what they violate")
        for mutant in SETUP_MUTANTS:
            typer.echo(f"{mutant.name:26} {', '.join(killed[mutant.name]) or 'nothing'}")
        typer.echo("")
        for name in sorted(found.violated):
            typer.echo(f"VIOLATED: {name}: {found.violated[name]}")
        if not found.violated:
            typer.echo(f"HOLDS: no violation within all {found.choices} choices of one lying host")
        for name in survivors:
            typer.echo(f"NOT AS IT SHOULD BE: {name} is not noticed")
    return ExitCode.VIOLATED if found.violated or survivors else ExitCode.HOLDS
