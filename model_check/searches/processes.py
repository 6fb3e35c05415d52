"""Workers that are processes on this machine."""

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from tee_rider.model_check.searches.crew import (
    SIGN_OF_LIFE,
    Call,
    Order,
    Worker,
    WorkerLostError,
    checked,
)

GONE = (EOFError, ConnectionError)


class Processes:
    """One process for each shard; they know nothing of each other."""

    def __init__(self, size: int) -> None:
        """Nobody is hired yet."""
        self.size = size
        self._members: dict[int, tuple[BaseProcess, Connection]] = {}
        # Not by fork: a copy would hold locks of our threads, and connections to other workers.
        method = (
            "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        )
        self._context = multiprocessing.get_context(method)
        self._context.set_forkserver_preload([__name__])

    def hire(self, worker: int, order: Order) -> None:
        """Start a process."""
        self._let_go(worker)
        ours, theirs = multiprocessing.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, worker, order), daemon=True
        )
        process.start()
        theirs.close()
        self._members[worker] = process, ours

    def ask(self, worker: int, call: Call) -> None:
        """Send it the call."""
        try:
            self._members[worker][1].send(call)
        except GONE as error:
            raise WorkerLostError(str(error)) from None

    def answer(self, worker: int, waiting: Callable[[], None]) -> Any:
        """Wait for what it sends."""
        connection = self._members[worker][1]
        try:
            while not connection.poll(SIGN_OF_LIFE):
                waiting()
            answer = connection.recv()
        except GONE as error:
            raise WorkerLostError(str(error)) from None
        return checked(worker, answer)

    def dismiss(self) -> None:
        """End all processes."""
        for worker in tuple(self._members):
            self._let_go(worker)

    def process_of(self, worker: int) -> int:
        """The number of a worker's process."""
        number = self._members[worker][0].pid
        assert number is not None
        return number

    def _let_go(self, worker: int) -> None:
        if worker in self._members:
            process, connection = self._members.pop(worker)
            connection.close()
            process.kill()
            process.join()


def _work(connection: Connection, worker: int, order: Order) -> None:
    """Do what is asked until nobody is there to ask."""
    member = Worker(worker, order)
    with suppress(*GONE, KeyboardInterrupt):
        while True:
            connection.send(member.do(connection.recv()))
