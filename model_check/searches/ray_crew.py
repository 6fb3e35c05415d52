"""Workers that are Ray actors: on this machine, or wherever a cluster has room for them."""

import os
import socket
from collections.abc import Callable
from typing import Any

import ray
from ray.exceptions import RayActorError

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.searches.crew import (
    SIGN_OF_LIFE,
    Call,
    Order,
    Worker,
    WorkerLostError,
    checked,
)

ADDRESS = "RAY_ADDRESS"
ANSWERS_WITHIN = 5.0
"""Seconds; Ray itself would try for minutes."""


class RayCrew:
    """One actor for each shard; every machine of the cluster needs this package.

    Works on the cluster that RAY_ADDRESS names, or begins one on this machine and ends it again.

    Raises:
        UsageError: the cluster does not answer, or has too few processors.
    """

    def __init__(self, size: int) -> None:
        """Nobody is hired yet."""
        self.size = size
        self.actors: dict[int, Any] = {}
        self._pending: dict[int, Any] = {}
        self._begun = not ray.is_initialized()
        if self._begun:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            quiet = {"log_to_driver": False, "logging_level": "error"}
            if ADDRESS in os.environ:
                _reach(os.environ[ADDRESS])
                ray.init(address=os.environ[ADDRESS], **quiet)
            else:
                ray.init(address="local", num_cpus=size, include_dashboard=False, **quiet)
        processors = int(ray.cluster_resources().get("CPU", 0))
        if processors < size:
            self.dismiss()
            raise UsageError(
                f"--workers {size}: the Ray cluster has {processors} processors; allowed: 1 to"
                f" {processors}"
            )

    def hire(self, worker: int, order: Order) -> None:
        """Start an actor."""
        self._let_go(worker)
        kind = ray.remote(num_cpus=1, max_restarts=0)(Worker)
        self.actors[worker] = kind.remote(worker, order)

    def ask(self, worker: int, call: Call) -> None:
        """Send it the call."""
        try:
            self._pending[worker] = self.actors[worker].do.remote(call)
        except RayActorError as error:
            raise WorkerLostError(str(error)) from None

    def answer(self, worker: int, waiting: Callable[[], None]) -> Any:
        """Wait for what it returns."""
        pending = self._pending.pop(worker)
        while not ray.wait([pending], timeout=SIGN_OF_LIFE)[0]:
            waiting()
        try:
            answer = ray.get(pending)
        except RayActorError as error:
            raise WorkerLostError(str(error)) from None
        return checked(worker, answer)

    def dismiss(self) -> None:
        """End all actors, and Ray if it was begun for them."""
        for worker in tuple(self.actors):
            self._let_go(worker)
        if self._begun and ray.is_initialized():
            ray.shutdown()

    def _let_go(self, worker: int) -> None:
        if worker in self.actors:
            ray.kill(self.actors.pop(worker))


def _reach(address: str) -> None:
    """Try whether somebody listens at an address, if it is one of a machine.

    Raises:
        UsageError: nobody does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), ANSWERS_WITHIN).close()
        except (OSError, OverflowError) as error:
            raise UsageError(f"{ADDRESS}={address}: no cluster answers: {error}") from None
