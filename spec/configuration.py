"""How many replicas, how many faults, and the arithmetic of quorums and waves."""

from dataclasses import dataclass

WAVE_LENGTH = 4
"""Rounds in a wave. Source: DAG-Rider, the wave structure of its ordering layer."""


class ConfigurationError(ValueError):
    """A configuration in which the protocol cannot work; the message says why."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """n replicas, at most f of them on faulty hosts, n >= 2f + 1.

    Source: TEE-Rider, system model.

    Raises:
        ConfigurationError: n < 3, f < 0, or n < 2f + 1.
    """

    n: int
    f: int

    def __post_init__(self) -> None:
        """Refuse what cannot work, and say why."""
        if self.n < 3:
            raise ConfigurationError(
                f"n = {self.n}: at least 3 replicas are needed, or not even one fault is tolerated"
            )
        if not 0 <= self.f <= (self.n - 1) // 2:
            raise ConfigurationError(
                f"n = {self.n}, f = {self.f}: n >= 2f + 1 must hold, else two quorums of correct"
                f" replicas need not meet; allowed here: f = 0 to {(self.n - 1) // 2}"
            )

    @property
    def quorum_size(self) -> int:
        """A majority, n // 2 + 1: any two quorums share a replica, and n - f replicas hold one."""
        return self.n // 2 + 1


def largest_configuration(n: int) -> Configuration:
    """n replicas with the most faults that they tolerate, f = (n - 1) // 2.

    Source: TEE-Rider, system model.
    """
    return Configuration(n, max(0, (n - 1) // 2))


def round_in_wave(wave: int, k: int) -> int:
    """The k-th round (1 to 4) of a wave is round 4 (wave - 1) + k.

    Source: DAG-Rider, round(w, k).
    """
    return WAVE_LENGTH * (wave - 1) + k


def wave_of(round_: int) -> int:
    """The wave that a round (from 1) belongs to.

    Source: DAG-Rider, the wave structure.
    """
    return (round_ - 1) // WAVE_LENGTH + 1


def ends_wave(round_: int) -> bool:
    """Rounds 4, 8, 12, ... end a wave.

    Source: DAG-Rider, the wave structure.
    """
    return round_ > 0 and round_ % WAVE_LENGTH == 0
