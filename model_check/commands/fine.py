"""``tee-rider fine``: one order of leaders and vertices, for some waves, weak edges included."""

from typing import Annotated

import typer

from tee_rider.model_check.commands.shape_options import (
    AsJson,
    Eager,
    Faulty,
    N,
    ProfileName,
    Samples,
    Seed,
    make_scope,
    run_level,
)
from tee_rider.model_check.shapes.levels import FineLevel

MOST_WAVES = 12

CLAIM = (
    "Claim: of what correct replicas commit and deliver, compared by content, one begins like the"
    " other, within these waves.",
    "It rests on: layers in normal form; classes by the fine key (the alarm draws samples, it"
    " proves nothing); a USIG that forbids second vertices. Arguments: proofs_notes/reductions.md.",
    "Not covered: arrival order, buffers and invalid messages (tee-rider explore), crashes,"
    " returns, liveness.",
)


def fine(
    n: N = 3,
    waves: Annotated[int, typer.Option(min=1, max=MOST_WAVES, help="How many waves.")] = 2,
    profile: ProfileName = "tee-rider",
    faulty: Faulty = None,
    eager: Eager = False,
    late: Annotated[
        bool, typer.Option("--late", help="Older vertices arrive late: weak edges.")
    ] = False,
    samples: Samples = 200,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Explore shapes of DAGs of some waves, and compare all that correct replicas deliver.

    Ends with 0 if no violation was found, 1 if one was, 2 for bad arguments, 3 if nothing can be
    concluded, as when the alarm sounds.
    """
    scope = make_scope(n, profile, faulty, waves, not eager, views=late)
    raise typer.Exit(run_level(FineLevel, scope, samples, seed, CLAIM, as_json))
