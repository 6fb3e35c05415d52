"""The workers of a search, wherever they run: each is asked, answers, may be lost and replaced."""

import gc
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.searches.shard import Make, Shard

SIGN_OF_LIFE = 1.0
"""Seconds of waiting between two signs of life."""


class WorkerLostError(Exception):
    """A worker is gone, with all that it knew."""


class WorkerFailedError(Exception):
    """A worker could not do what it was asked; nothing can be concluded."""


class Order(NamedTuple):
    """What makes the shard of a new worker; see :class:`Shard`."""

    make: Make
    shards: int
    until: frozenset[str]
    megabytes: int | None


class Call(NamedTuple):
    """A method of the worker's shard, and what it is given."""

    method: str
    arguments: tuple[Any, ...] = ()


class Crew(Protocol):
    """So many workers, each with its shard."""

    size: int

    def hire(self, worker: int, order: Order) -> None:
        """Put a new worker in this place, with an empty shard."""

    def ask(self, worker: int, call: Call) -> None:
        """Give a worker something to do; it is not waited for.

        Raises:
            WorkerLostError: it is gone.
        """

    def answer(self, worker: int, waiting: Callable[[], None]) -> Any:
        """What a worker answers to what it was asked; ``waiting`` is called now and then.

        Raises:
            WorkerLostError: it is gone.
            UsageError: what it was given cannot be used.
        """

    def dismiss(self) -> None:
        """Let all workers go."""


class Failure(NamedTuple):
    """What went wrong in a worker."""

    unusable: bool
    """Whether it was given something that cannot be used."""
    told: str


class Worker:
    """Does what it is asked with its shard."""

    def __init__(self, worker: int, order: Order) -> None:
        """The shard is empty."""
        gc.disable()  # As in a search by one process.
        make, shards, until, megabytes = order
        self.shard: Shard[Any, Any] = Shard(make, worker, shards, until, megabytes)

    def do(self, call: Call) -> Any:
        """The answer, or what went wrong."""
        try:
            return getattr(self.shard, call.method)(*call.arguments)
        except UsageError as error:
            return Failure(True, str(error))
        except Exception as error:  # Whatever it is, it is told where the search is led.
            return Failure(False, "".join(traceback.format_exception(error)))


def checked(worker: int, answer: Any) -> Any:
    """An answer that is none of something that went wrong.

    Raises:
        UsageError: the worker was given something that cannot be used.
        WorkerFailedError: it could not do what it was asked.
    """
    if isinstance(answer, Failure):
        if answer.unusable:
            raise UsageError(answer.told)
        raise WorkerFailedError(f"worker {worker} failed:\n{answer.told}")
    return answer
