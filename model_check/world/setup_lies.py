"""What a faulty host can say in setup: everything that it holds, to whom it likes.

Its enclaves are genuine, and it may run two of them. It cannot read seals or make certificates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random

from tee_rider.model_check.world.enclaves import new_enclave
from tee_rider.model_check.world.platform import SimulatedPlatform
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.setup import Messages
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.setup_messages import (
    Attestation,
    Hello,
    HelloEcho,
    Phase,
    Ready,
    Reply,
    SetupMessage,
    Stop,
)

ALL_TABLES_UP_TO = 4
"""Up to so many replicas, an echo may lie about any set of them; else about one of them."""


@dataclass
class Hand:
    """All that a faulty host can use."""

    enclaves: tuple[Enclave, Enclave]
    """The one that it should have, and a second one for the same replica."""
    weaker: Attestation
    """A genuine enclave's for the same replica, but with other rules."""
    fellows: Mapping[int, Attestation] = field(default_factory=dict)
    """What all faulty hosts should show, this one included."""
    recorded: Mapping[int, bytes] = field(default_factory=dict)
    """Its shares of an earlier setup, by whom they were for."""

    @property
    def replica(self) -> int:
        """In whose place the host stands."""
        return self.enclaves[0].replica

    def choices(
        self, phase: Phase, receiver: int, hellos: Messages, heard: Messages
    ) -> tuple[SetupMessage | None, ...]:
        """Everything that it can tell one replica in a phase; the first is what it should.

        ``hellos`` are the attestations that it got, ``heard`` is what it hears in this phase.
        """
        attested = {i: said.attestation for i, said in hellos.items() if isinstance(said, Hello)}
        first, second = self.enclaves
        silent: tuple[SetupMessage | None, ...] = (None, Stop())
        match phase:
            case Phase.HELLO:
                forged = replace(first.attestation, nonce=b"forged")
                shown = (first.attestation, second.attestation, self.weaker, forged)
                return (*map(Hello, shown), hellos[receiver], *silent)
            case Phase.ECHO:
                known = {**attested, **self.fellows}
                truth = [known[i] for i in sorted(known)]
                tables = list(self._tables(truth))
                return (*map(HelloEcho, tables), HelloEcho(tables[0][:-1]), *silent)
            case Phase.REPLY:
                replies = [said for _, said in sorted(heard.items()) if isinstance(said, Reply)]
                shares = [enclave.seal_share(attested[receiver]) for enclave in self.enclaves]
                others = [to for i, to in sorted(attested.items()) if i != receiver][:1]
                shares += [first.seal_share(other) for other in others]
                shares += [self.recorded.get(receiver, b""), b"junk"]
                return (*map(Reply, shares), *replies, *silent)
            case _:
                return (Ready(), *silent)

    def _tables(self, truth: Sequence[Attestation]) -> list[tuple[Attestation, ...]]:
        """The true table, and those that are wrong in some places."""
        second = self.enclaves[1].attestation
        wrong = [replace(entry, certificate=b"another") for entry in truth]
        wrong[self.replica] = second
        pairs = list(zip(truth, wrong, strict=True))
        if len(truth) <= ALL_TABLES_UP_TO:
            return list(product(*pairs))
        one_wrong = [tuple(pairs[j][i == j] for j in range(len(pairs))) for i in range(len(pairs))]
        return [tuple(truth), *one_wrong]


def make_hand(
    setting: Setting,
    replica: int,
    seed: int,
    fellows: Iterable[int] = (),
    platform: type[SimulatedPlatform] = SimulatedPlatform,
) -> Hand:
    """What the host of a replica can use; ``fellows`` are the other faulty hosts."""

    def enclave(of: int, life: int, rules: Setting = setting) -> Enclave:
        return new_enclave(rules, IdealUsig(of), seed, life, platform)

    weaker = replace(setting, profile=replace(setting.profile, name="weaker rules"))
    earlier = enclave(replica, life=2)
    return Hand(
        enclaves=(enclave(replica, life=0), enclave(replica, life=1)),
        weaker=enclave(replica, 0, weaker).attestation,
        fellows={i: enclave(i, life=0).attestation for i in (replica, *fellows)},
        recorded={
            i: earlier.seal_share(enclave(i, life=2).attestation)
            for i in range(setting.configuration.n)
        },
    )


class RandomLiar:
    """Tells some replicas something else than it should, as luck has it."""

    def __init__(self, hand: Hand, random: Random, lies: float) -> None:
        """``lies`` is how often it says anything but what it should."""
        self.hand = hand
        self.random = random
        self.lies = lies
        self.hellos: Messages = {}

    def say(self, phase: Phase, heard: Messages) -> Messages:
        """For each receiver what it should say, or a lie."""
        if phase is Phase.HELLO:
            self.hellos = {i: said for i, said in heard.items() if i not in self.hand.fellows}
        said: dict[int, SetupMessage] = {}
        for receiver in sorted(self.hellos):
            choices = self.hand.choices(phase, receiver, self.hellos, heard)
            lie = self.random.random() < self.lies
            message = self.random.choice(choices) if lie else choices[0]
            if message is not None:
                said[receiver] = message
        return said
