"""How a search is run: by how many workers, where they are, and what outlives an interruption."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from tee_rider import __version__
from tee_rider.model_check.console import Ticker, UsageError
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.model import Model
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.searches.checkpoint import Checkpoint
from tee_rider.model_check.searches.crew import Crew
from tee_rider.model_check.searches.processes import Processes
from tee_rider.model_check.searches.shard import Make
from tee_rider.model_check.searches.sharded import explore_sharded

MOST_WORKERS = 1_024
HOW_TO_GET_RAY = "--ray: Ray is not installed; get it with: pip install 'tee-rider[cluster]'"

Workers: TypeAlias = Annotated[
    int, typer.Option(min=1, max=MOST_WORKERS, help="How many processes share the search.")
]
CheckpointTo: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint", metavar="DIR", help="Keep every finished layer in this directory."
    ),
]
ResumeFrom: TypeAlias = Annotated[
    Path | None,
    typer.Option("--resume", metavar="DIR", help="Continue the search kept in this directory."),
]
OnRay: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--ray", help="The workers are Ray actors, here or on the cluster that RAY_ADDRESS names."
    ),
]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What was asked for."""

    workers: int = 1
    checkpoint: Path | None = None
    resume: Path | None = None
    on_ray: bool = False

    def run(
        self, model: Model[Any, Any], make: Make, search: str, limits: Limits, tick: Ticker
    ) -> Report:
        """Explore the model, which ``make`` makes again for workers; ``search`` names it for files.

        Raises:
            UsageError: what was asked for cannot be.
        """
        if self.checkpoint and self.resume:
            raise UsageError(
                f"--checkpoint {self.checkpoint} --resume {self.resume}: a search that is"
                " continued is kept where it was; allowed: one of the two"
            )
        if self.workers == 1 and not (self.checkpoint or self.resume or self.on_ray):
            return explore(model, limits, tick=tick)
        name = f"{search} (version {__version__})"
        ledger = None
        if self.resume:
            ledger = Checkpoint.resume(self.resume, name)
        elif self.checkpoint:
            ledger = Checkpoint.begin(self.checkpoint, name)
        crew = self._crew()
        return explore_sharded(make, crew, limits, tick=tick, ledger=ledger, model=model)

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        kept = self.checkpoint or self.resume
        return {
            "workers": self.workers,
            "ray": self.on_ray,
            "checkpoint": kept and str(kept),
            "resumed": self.resume is not None,
        }

    def _crew(self) -> Crew:
        if not self.on_ray:
            return Processes(self.workers)
        try:
            from tee_rider.model_check.searches.ray_crew import RayCrew
        except ModuleNotFoundError as error:
            if error.name != "ray":
                raise
            raise UsageError(HOW_TO_GET_RAY) from None
        return RayCrew(self.workers)
