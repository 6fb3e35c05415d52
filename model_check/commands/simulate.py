"""``tee-rider simulate``: play a run under a hostile scheduler, tell it, and judge it."""

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.telling.tell import tell_scenario, tell_seeds, tell_simulation
from tee_rider.model_check.world.backups import BackupAge
from tee_rider.model_check.world.enclaves import UsigForm
from tee_rider.model_check.world.schedulers import Scheduler
from tee_rider.model_check.world.setting import make_setting, parse_crashes
from tee_rider.model_check.world.simulate import Simulation, end_of
from tee_rider.spec.identifiers import LARGEST

MOST_WAVES = 100_000
MOST_CLIENTS = 1000
WITH_SCENARIO = {"scenario", "trace", "as_json"}
"""The options that go together with a scenario."""
MOST_SEEDS = 1_000_000
SEEDS = frozenset({"seed", "seeds"})
"""The options that say which of many runs."""


class Holders(StrEnum):
    """How many replicas are known to hold a vertex before it is delivered."""

    ONE = "one"
    QUORUM = "quorum"


def simulate(
    context: typer.Context,
    n: Annotated[int, typer.Option("--n", help="How many replicas.")] = 4,
    faulty: Annotated[int, typer.Option(help="How many of them, the last ones, misbehave.")] = 0,
    waves: Annotated[int, typer.Option(help="How many waves to play.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 0,
    seeds: Annotated[
        int | None, typer.Option(metavar="K", help="Play so many seeds, from --seed on.")
    ] = None,
    profile: Annotated[str, typer.Option(help="The rules of the replicas.")] = "tee-rider",
    scheduler: Annotated[
        Scheduler, typer.Option(help="In which order messages arrive.")
    ] = Scheduler.RANDOM,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Play this scenario instead.")
    ] = None,
    crash: Annotated[
        str, typer.Option(metavar="B@6,C@14", help="B crashes when it enters round 6, C in 14.")
    ] = "",
    backup_age: Annotated[
        BackupAge, typer.Option(help="Which backup a crashed replica returns from, if it may.")
    ] = BackupAge.FRESH,
    clients: Annotated[int, typer.Option(help="How many clients make requests.")] = 0,
    usig: Annotated[UsigForm, typer.Option(help="How messages are signed.")] = UsigForm.IDEAL,
    holders: Annotated[
        Holders, typer.Option(help="How many hold a vertex before it is delivered.")
    ] = Holders.ONE,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the run's trace here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Play a run, tell its waves, commits and deliveries, and judge it by every property.

    Ends with 0 if all hold, 1 if one is violated or a replica is stuck or an expectation of the
    scenario fails, 2 if the run cannot be played, 3 if a property had nothing to judge.
    """
    try:
        if scenario is not None:
            _refuse_other_options(context)
            code = tell_scenario(scenario, trace, as_json)
        else:
            setting = make_setting(n, profile, holders)
            _check_range("--faulty", faulty, 0, setting.configuration.f, f" with --n {n}")
            _check_range("--waves", waves, 1, MOST_WAVES)
            _check_range("--seed", seed, 0, LARGEST - 1)
            _check_range("--clients", clients, 0, MOST_CLIENTS)
            simulation = Simulation(
                setting=setting,
                waves=waves,
                seed=seed,
                faulty=faulty,
                scheduler=scheduler,
                crashes=(
                    parse_crashes(crash, faulty, setting, end_of(setting, waves)) if crash else ()
                ),
                backup_age=backup_age,
                clients=clients,
                usig=usig,
            )
            if seeds is None:
                command = f"tee-rider simulate {_as_typed(context)}".rstrip()
                code = tell_simulation(simulation, trace, as_json, command)
            else:
                _check_range("--seeds", seeds, 1, MOST_SEEDS)
                if trace is not None:
                    raise UsageError(
                        "--seeds and --trace do not go together: a trace is of one run"
                    )
                command = f"tee-rider simulate {_as_typed(context, but=SEEDS)}".rstrip()
                code = tell_seeds(simulation, seeds, as_json, command)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(code)


def _check_range(option: str, value: int, least: int, most: int, why: str = "") -> None:
    if not least <= value <= most:
        raise UsageError(f"{option} {value}: allowed{why}: {least} to {most}")


def _typed(context: typer.Context) -> dict[str, object]:
    """The options that were given, by name."""
    return {
        name: value
        for name, value in context.params.items()
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    }


def _as_typed(context: typer.Context, but: frozenset[str] = frozenset()) -> str:
    """The options that make the run what it is, as they would be typed."""
    unsaid = WITH_SCENARIO | but
    said = {name: value for name, value in _typed(context).items() if name not in unsaid}
    return " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in said.items()
    )


def _refuse_other_options(context: typer.Context) -> None:
    others = sorted(set(_typed(context)) - WITH_SCENARIO)
    if others:
        raise UsageError(
            f"--{others[0]} and --scenario do not go together: the scenario says it all;"
            " allowed beside it: --trace, --json"
        )
