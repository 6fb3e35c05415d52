"""A limit for what may never end: of processor time, as the last resort."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NO_END = "an end"
"""What is violated by a world that goes on for ever."""
MOST_SECONDS = 60
"""Of processor time. What ends takes seconds, so that no verdict depends on the machine."""


class NoEndError(BaseException):
    """Time is up; not an ``Exception``, so that nothing on the way takes it for one of its own."""


@contextmanager
def at_most(seconds: float, again: float = 0) -> Iterator[None]:
    """The block is given up after so much processor time; not outside the main thread.

    ``again``: and after so much more, if something in the block tries anew what was given up.

    Raises:
        NoEndError: it was.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        raise NoEndError(f"given up after {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
