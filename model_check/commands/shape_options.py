"""What the verbs of the shape level share: their options, and how they run and report."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, TypeAlias

import typer

from tee_rider.model_check.commands.search_options import SearchOptions
from tee_rider.model_check.console import ExitCode, UsageError, console, print_json, progress
from tee_rider.model_check.exploration.explore import Limits
from tee_rider.model_check.searches.crew import WorkerFailedError
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.model_check.world.setting import reference_setting
from tee_rider.spec.identifiers import LARGEST

MOST_REPLICAS = 9
"""Beyond these, one layer alone has too many combinations."""

N: TypeAlias = Annotated[
    int, typer.Option("--n", min=3, max=MOST_REPLICAS, help="How many replicas.")
]
ProfileName: TypeAlias = Annotated[
    str, typer.Option("--profile", help="The rules of the replicas.")
]
Faulty: TypeAlias = Annotated[
    int | None, typer.Option(help="How many of them, the last ones; f if not given.")
]
Eager: TypeAlias = Annotated[
    bool, typer.Option("--eager", help="Replicas advance as soon as they have a quorum.")
]
Full: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--full",
        help="Every replica by its name, and every set of edges: slower, and the same verdict.",
    ),
]
MaxStates: TypeAlias = Annotated[int, typer.Option(min=1, help="Stop after so many states.")]
MaxMemory: TypeAlias = Annotated[int, typer.Option(min=1, help="Stop at so many MB.")]
MOST_STATES, MOST_MEMORY = 5_000_000, 4_000
Samples: TypeAlias = Annotated[
    int, typer.Option(min=1, max=1_000_000, help="How many random shapes the alarm compares.")
]
Seed: TypeAlias = Annotated[
    int, typer.Option(min=0, max=LARGEST - 1, help="From which the alarm draws them.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def make_scope(
    n: int,
    profile: str,
    faulty: int | None,
    waves: int | None = None,
    eager: bool = False,
    late: bool = False,
    full: bool = False,
) -> ShapeScope:
    """The scope that the options ask for.

    Raises:
        typer.BadParameter: there is no such scope.
    """
    try:
        setting = reference_setting(n, profile)
        how_many = setting.configuration.f if faulty is None else faulty
        return ShapeScope(setting, how_many, waves, not eager, late, not full, not full)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None


def run_level(
    level: Callable[[ShapeScope], ShapeLevel],
    scope: ShapeScope,
    samples: int,
    seed: int,
    limits: Limits,
    how: SearchOptions,
    claim: Sequence[str],
    as_json: bool,
) -> ExitCode:
    """Explore, listen to the alarm, and say what may be concluded.

    Raises:
        typer.BadParameter: the search cannot be run, kept or continued like this.
    """
    model, make = level(scope), partial(level, scope)
    profile = scope.setting.profile.name
    name = f"{model.name}, {profile}: {model.bound}"
    try:
        with progress(model.name) as tick:
            search = partial(how.run, model, make, name, limits, tick)
            report = explore_shapes(model, samples, seed, tick=tick, search=search)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    except WorkerFailedError as error:
        typer.echo(str(error), err=True)
        return ExitCode.HARNESS_ERROR
    if as_json:
        alarm = {
            "compared": report.facts.get("shapes compared by the alarm", 0),
            "seed": seed,
            "sounded": bool(report.stopped and report.stopped.startswith("ALARM")),
        }
        about = {"profile": profile, "alarm": alarm, "claim": [*claim]}
        print_json({**report.as_json(), **about, "search": how.as_json()})
        return report.exit_code
    console.print("\n".join(report.lines()), markup=False)
    if report.exit_code == ExitCode.HOLDS:
        console.print("\n".join(claim), markup=False)
    return report.exit_code
