"""``tee-rider game``: how often a wave is committed directly, whatever the scheduler does."""

from typing import Annotated

import typer

from tee_rider.model_check.commands.shape_options import AsJson, ProfileName
from tee_rider.model_check.console import ExitCode, UsageError, console, print_json, progress
from tee_rider.model_check.game.attack import attack_of
from tee_rider.model_check.game.exact import most_starved
from tee_rider.model_check.game.replay import replay, scenario
from tee_rider.model_check.game.report import Report, of
from tee_rider.model_check.game.rules import rules_of
from tee_rider.model_check.game.table import SIZES, Cell, cells
from tee_rider.model_check.world.setting import reference_setting
from tee_rider.spec.identifiers import LARGEST, replica_name, replica_number

MOST_REPLICAS = 7
"""Of this many, all games end within a minute."""
MOST_WAVES = 100_000


def game(
    n: Annotated[int, typer.Option("--n", min=3, max=MOST_REPLICAS, help="How many replicas.")] = 5,
    profile: ProfileName = "tee-rider",
    waves: Annotated[
        int, typer.Option(min=0, max=MOST_WAVES, help="How many to play; 0: none.")
    ] = 400,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST - 1, help="Of the coin.")] = 0,
    against: Annotated[
        str, typer.Option("--scenario", metavar="LEADER", help="Print a wave against it, and stop.")
    ] = "",
    table: Annotated[
        bool, typer.Option("--table", help="Compare all variants of the rules, n = 3 to --n.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compute how often a wave is committed directly when a scheduler plays against the coin.

    The value is exact; its schedule is played on the reference. Ends with 0 if the probability is
    q/n, 1 if it is less or a claim of the table is refuted, 2 for bad arguments, 4 if a wave of the
    replay ends otherwise than computed.
    """
    if table:
        raise typer.Exit(_table(n, as_json))
    try:
        setting = reference_setting(n, profile)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    with progress(f"game, n = {n}", quiet=bool(against)) as tick:
        tick("looking for leaders that can be starved")
        starvation = most_starved(rules_of(setting))
        attack = attack_of(starvation)
        if against:
            typer.echo(scenario(setting, attack, _leader(against, n)), nl=False)
            raise typer.Exit(ExitCode.HOLDS)
        played = replay(setting, attack, waves, seed, tick) if waves else None
    report = Report(setting, starvation, attack, played)
    if as_json:
        print_json(report.as_json())
    else:
        console.print("\n".join(report.lines()), markup=False)
    raise typer.Exit(report.exit_code)


def _leader(name: str, n: int) -> int:
    try:
        leader = replica_number(name)
    except ValueError as error:
        raise typer.BadParameter(f"--scenario: {error}") from None
    if leader >= n:
        last = replica_name(n - 1)
        raise typer.BadParameter(f"--scenario {name!r}: the leader is one of A to {last}")
    return leader


def _table(most: int, as_json: bool) -> ExitCode:
    sizes = tuple(n for n in SIZES if n <= most)
    computed: list[Cell] = []
    with progress("table") as tick:
        for cell in cells(sizes=sizes):
            computed.append(cell)
            tick(f"{cell.variant.name}, n = {cell.n}")
    refuted = [cell for cell in computed if cell.verdict == "refuted"]
    if as_json:
        print_json({"cells": [cell.as_json() for cell in computed], "refuted": len(refuted)})
        return ExitCode.VIOLATED if refuted else ExitCode.HOLDS
    rows: dict[str, list[str]] = {}
    for cell in computed:
        claim = cell.variant.claims.get(cell.n)
        said = {"agreed": " =", "new": " +", "refuted": f" not {claim}"}[cell.verdict]
        rows.setdefault(cell.variant.name, []).append(f"{of(cell.n, cell.value)}{said}")
    width = max(map(len, rows))
    for name, values in rows.items():
        console.print(f"{name:{width}}  {'  '.join(values)}", markup=False)
    agreed = sum(cell.verdict == "agreed" for cell in computed)
    console.print(
        f"n = {sizes[0]} to {sizes[-1]} from left to right; = {agreed} cells agree with what was"
        f" claimed, not: {len(refuted)} are refuted, + the others are new",
        markup=False,
    )
    return ExitCode.VIOLATED if refuted else ExitCode.HOLDS
