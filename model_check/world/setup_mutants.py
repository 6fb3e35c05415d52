"""Setup with one wrong rule each, and which property notices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tee_rider.model_check.world.enclaves import new_enclave
from tee_rider.model_check.world.platform import SimulatedPlatform
from tee_rider.model_check.world.setup_check import (
    ALL_READY,
    ONE_IDENTITY,
    SAME_SEED,
    SECRECY,
    AllLies,
    every_lie,
    leaks,
)
from tee_rider.model_check.world.setup_lies import make_hand
from tee_rider.model_check.world.setup_run import Step, run_setup
from tee_rider.reference.profile import Setting
from tee_rider.reference.setup import Messages, Setup, setup_step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.encoding import Encodable
from tee_rider.spec.setup_messages import Attestation, Backup, HelloEcho, Phase, Ready, Reply


class Undirected(SimulatedPlatform):
    """A seal names both ends, but not who of them has sealed."""

    __slots__ = ()

    def _ends(self, sender: Attestation, receiver: Attestation) -> tuple[Encodable, ...]:
        return ("share", *sorted((sender.certificate, receiver.certificate)))


class TakesAnything(SimulatedPlatform):
    """A share that is not right is taken for zero."""

    __slots__ = ()

    def unseal(self, sealed: bytes, sender: Attestation, own: Attestation) -> bytes | None:
        """Always a share."""
        return SimulatedPlatform.unseal(self, sealed, sender, own) or bytes(32)


class Unsealed(SimulatedPlatform):
    """A backup holds the seed as it is."""

    __slots__ = ()

    def keep(self, seed: bytes, backup: Backup) -> Backup:
        """No seal."""
        return replace(backup, sealed_seed=seed)


def without_echo(state: Setup, heard: Messages) -> tuple[Setup, Messages]:
    """Every echo is taken for what it should be."""
    if state.phase is Phase.ECHO:
        heard = dict.fromkeys(state.peers, HelloEcho(state.attested))
    return setup_step(state, heard)


def without_waiting_for_shares(state: Setup, heard: Messages) -> tuple[Setup, Messages]:
    """A share that does not come is left out."""
    if state.phase is Phase.REPLY:
        heard = {**dict.fromkeys(state.peers, Reply(b"")), **heard}
    return setup_step(state, heard)


def without_ready(state: Setup, heard: Messages) -> tuple[Setup, Messages]:
    """Nobody waits for the others in the end."""
    if state.phase is Phase.READY:
        heard = dict.fromkeys(state.peers, Ready())
    return setup_step(state, heard)


@dataclass(frozen=True, slots=True)
class SetupMutant:
    """One wrong rule, and the properties that it violates."""

    name: str
    rule: str
    killers: tuple[str, ...]
    platform: type[SimulatedPlatform] = SimulatedPlatform
    step: Step = setup_step


SETUP_MUTANTS = (
    SetupMutant("share reflected", str(Undirected.__doc__), (SAME_SEED,), Undirected),
    SetupMutant("no echo", str(without_echo.__doc__), (ONE_IDENTITY, SAME_SEED), step=without_echo),
    SetupMutant(
        "ready without all shares",
        str(without_waiting_for_shares.__doc__),
        (SAME_SEED,),
        TakesAnything,
        without_waiting_for_shares,
    ),
    SetupMutant("no ready", str(without_ready.__doc__), (ALL_READY,), step=without_ready),
    SetupMutant("seed exported in the clear", str(Unsealed.__doc__), (SECRECY,), Unsealed),
)


def try_lies(
    setting: Setting,
    seed: int = 0,
    platform: type[SimulatedPlatform] = SimulatedPlatform,
    step: Step = setup_step,
) -> AllLies:
    """All lies of the last replica's host, and the secrets that a setup without lies lets out."""
    n = setting.configuration.n
    enclaves = [new_enclave(setting, IdealUsig(i), seed, platform=platform) for i in range(n)]
    hand = make_hand(setting, n - 1, seed, platform=platform)
    found = every_lie(enclaves[:-1], hand, step)
    if leaks(run_setup(enclaves, step=step)):
        found.violated[SECRECY] = ()
    return found


def kill(setting: Setting, mutants: Sequence[SetupMutant] = SETUP_MUTANTS) -> dict[str, list[str]]:
    """For each mutant the properties that it violates."""
    tried = {m.name: try_lies(setting, 0, m.platform, m.step) for m in mutants}
    return {name: sorted(found.violated) for name, found in tried.items()}
