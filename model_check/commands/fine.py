"""``tee-rider fine``: one order of leaders and vertices, for some waves, weak edges included."""

from typing import Annotated

import typer

from tee_rider.model_check.commands.search_options import (
    CheckpointTo,
    OnRay,
    ResumeFrom,
    SearchOptions,
    Workers,
)
from tee_rider.model_check.commands.shape_options import (
    MOST_MEMORY,
    MOST_STATES,
    AsJson,
    Eager,
    Faulty,
    Full,
    MaxMemory,
    MaxStates,
    N,
    ProfileName,
    Samples,
    Seed,
    make_scope,
    run_level,
)
from tee_rider.model_check.exploration.explore import Limits
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
    full: Full = False,
    samples: Samples = 200,
    seed: Seed = 0,
    max_states: MaxStates = MOST_STATES,
    max_memory: MaxMemory = MOST_MEMORY,
    workers: Workers = 1,
    checkpoint: CheckpointTo = None,
    resume: ResumeFrom = None,
    on_ray: OnRay = False,
    as_json: AsJson = False,
) -> None:
    """Explore shapes of DAGs of some waves, and compare all that correct replicas deliver.

    Ends with 0 if no violation was found, 1 if one was, 2 for bad arguments, 3 if nothing can be
    concluded: the alarm sounds, a limit is reached, or what had to happen never did; 4 if a worker
    failed.
    """
    scope = make_scope(n, profile, faulty, waves, eager, late, full)
    limits = Limits(max_states, max_memory)
    how = SearchOptions(workers, checkpoint, resume, on_ray)
    raise typer.Exit(run_level(FineLevel, scope, samples, seed, limits, how, CLAIM, as_json))
