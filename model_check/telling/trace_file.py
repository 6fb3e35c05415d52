"""Writes the trace of a run while it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tee_rider import __version__
from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.recorder import Observer
from tee_rider.model_check.world.subject import known_profiles
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.trace import Header, Implementation, event_line, header_line


@contextmanager
def trace_file(
    path: Path | None, setting: Setting, faulty: tuple[int, ...]
) -> Iterator[tuple[Observer, ...]]:
    """An observer that writes each event to the file; no observer without a path.

    Raises:
        UsageError: the file cannot be written, or nobody could replay it.
    """
    if path is None:
        yield ()
        return
    if setting.profile.name not in known_profiles():
        raise UsageError(
            f"--trace {path}: a trace names its profile, and {setting.profile.name} has no name of"
            " its own: leave --trace out"
        )
    whose = Implementation("tee-rider reference", __version__)
    header = Header(
        configuration=setting.configuration,
        profile=setting.profile.name,
        faulty=faulty,
        implementation=whose,
    )
    try:
        with path.open("w", encoding="ascii", newline="\n") as stream:
            stream.write(header_line(header) + "\n")

            def write(event: AnyEvent) -> None:
                stream.write(event_line(event) + "\n")

            yield (write,)
    except OSError as error:
        raise UsageError(f"--trace {path}: cannot be written: {error.strerror}") from None
