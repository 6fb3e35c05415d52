"""``tee-rider frontier``: one order of leaders for any number of waves, among n replicas."""

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
from tee_rider.model_check.shapes.levels import FrontierLevel

CLAIM = (
    "Claim: of the sequences of leaders that correct replicas commit, one begins like the other,"
    " however many waves are played.",
    "It rests on: layers in normal form; classes by the frontier's key (the alarm draws samples, it"
    " proves nothing); a USIG that forbids second vertices. Arguments: proofs_notes/reductions.md.",
    "Not covered: the order of vertices within a leader's history (tee-rider fine), arrival order,"
    " buffers and invalid messages (tee-rider explore), crashes, returns, liveness.",
)


def frontier(
    n: N = 3,
    profile: ProfileName = "tee-rider",
    faulty: Faulty = None,
    eager: Eager = False,
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
    """Explore shapes of DAGs until nothing new follows: any number of waves.

    Ends with 0 if no violation was found, 1 if one was, 2 for bad arguments, 3 if nothing can be
    concluded: the alarm sounds, a limit is reached, or what had to happen never did; 4 if a worker
    failed.
    """
    scope = make_scope(n, profile, faulty, eager=eager, full=full)
    limits = Limits(max_states, max_memory)
    how = SearchOptions(workers, checkpoint, resume, on_ray)
    raise typer.Exit(run_level(FrontierLevel, scope, samples, seed, limits, how, CLAIM, as_json))
