"""A protocol under test: the same few functions for every protocol that the world can play."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.world.host import Coin, toss
from tee_rider.reference import replica as reference
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import PROFILES
from tee_rider.spec.events import Event
from tee_rider.spec.identifiers import Mask
from tee_rider.spec.interface import CoinReleased, CoinRequested, Input
from tee_rider.spec.usig import Usig


class Sent(Protocol):
    """A message that leaves; the world never looks into it."""

    @property
    def message(self) -> Any:
        """What is sent, of a type of the protocol's own."""

    @property
    def to(self) -> Mask:
        """To whom."""


class SubjectState(Protocol):
    """All that the world asks of one replica's state."""

    @property
    def replica(self) -> int:
        """Whose state this is."""

    @property
    def round(self) -> int:
        """The round that it is in; 0 before the first."""

    @property
    def recovering(self) -> bool:
        """Whether it has returned and may not fill rounds yet."""


Outputs: TypeAlias = Iterable[Any]
"""Events, ``CoinRequested``, and whatever else has a ``message`` and ``to``: it is sent."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One protocol as pure functions; its states are as immutable as the reference's.

    Inputs are the reference's: ``Receive`` with a message of the subject's own, ``Advance`` and
    ``CoinReleased``. A replica for which a new epoch begins to count says so with ``Resume``.
    """

    name: str
    initial_state: Callable[[Setting, Usig], Any]
    """A replica that has not done anything."""
    step: Callable[[Any, Input], tuple[Any, Outputs]]
    """What a replica does with one input."""
    restart: Callable[[Any, Usig], tuple[Any, Outputs]]
    """Return from a backup's state with a new enclave, in an epoch never used before."""
    may_advance: Callable[[Any], bool]
    """Whether it may go to its next round."""


REFERENCE = Subject(
    "reference", reference.initial_state, reference.step, reference.restart, reference.may_advance
)
"""The reference, which plays every profile that is not a subject of its own."""


def known_profiles() -> dict[str, Profile]:
    """Every profile that has a name, also those that the reference does not play."""
    return {**PROFILES, NXBFT.name: NXBFT}


def subject_of(profile: str) -> Subject:
    """The protocol that a profile of this name describes; of other names, the reference."""
    # Subjects are made of what stands in this file.
    from tee_rider.model_check.nxbft.subject import SUBJECT as NXBFT_SUBJECT

    return {NXBFT.name: NXBFT_SUBJECT}.get(profile, REFERENCE)


def react(
    subject: Subject, state: Any, input_: Input, coin: Coin
) -> tuple[Any, tuple[Sent, ...], tuple[Event, ...]]:
    """One input and all that follows from it at its replica, the coin answered at once.

    A pure function. Returns the next state, what is to be sent, and what can be observed; in the
    events, ``seq`` and ``replica`` are still 0.
    """
    return settle(subject, *subject.step(state, input_), coin)


def settle(
    subject: Subject, state: Any, outputs: Outputs, coin: Coin
) -> tuple[Any, tuple[Sent, ...], tuple[Event, ...]]:
    """Sort the outputs of a step or a restart, and answer each coin that they ask for."""
    sends: list[Sent] = []
    events: list[Event] = []
    waves: list[int] = []
    while True:
        for output in outputs:
            if isinstance(output, Event):
                events.append(output)
            elif isinstance(output, CoinRequested):
                waves.append(output.wave)
            else:
                sends.append(output)
        if not waves:
            return state, tuple(sends), tuple(events)
        wave = waves.pop(0)
        state, outputs = subject.step(state, CoinReleased(wave, toss(coin, state, wave)))
