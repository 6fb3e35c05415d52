"""What a shape-level exploration covers: how many replicas and waves, and which liberties."""

from dataclasses import dataclass

from tee_rider.model_check.console import UsageError
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave, wave_of
from tee_rider.spec.identifiers import replica_name


@dataclass(frozen=True, slots=True)
class ShapeScope:
    """The bounds of an exploration; the last ``faulty`` replicas are faulty.

    Raises:
        UsageError: nothing could be explored, or all replicas are faulty.
    """

    setting: Setting
    faulty: int
    waves: int | None = None
    """How many waves are played; None: any number."""
    batch: bool = True
    """Whether correct replicas may hold more than a quorum when they advance."""
    views: bool = False
    """Whether correct replicas may hold older vertices that nothing else reaches, and faulty ones
    may point to them: where weak edges come from."""
    symmetry: bool = True
    """Whether shapes that differ in the names of replicas alone are one class."""
    alike: bool = True
    """Whether edges to one of several vertices that lead to the same stand for edges to others."""

    def __post_init__(self) -> None:
        """Refuse what cannot be explored."""
        n = self.setting.configuration.n
        if not 0 <= self.faulty <= n - 2:
            raise UsageError(
                f"faulty = {self.faulty}: of n = {n} replicas, two must be correct to differ;"
                f" allowed: 0 to {n - 2}"
            )
        if self.waves is not None and self.waves < 1:
            raise UsageError(f"waves = {self.waves}: at least 1 wave is needed")

    @property
    def n(self) -> int:
        """How many replicas there are."""
        return self.setting.configuration.n

    @property
    def correct(self) -> range:
        """The correct replicas."""
        return range(self.n - self.faulty)

    @property
    def late(self) -> int:
        """How many rounds after a wave's last one its coin is asked for."""
        return int(self.setting.profile.coin_release == "next_round_quorum")

    @property
    def again(self) -> bool:
        """Whether a wave is evaluated again with each supporter that arrives."""
        return self.setting.profile.commit_evaluation == "on_arrival"

    @property
    def later(self) -> bool:
        """Whether a wave may be evaluated later than on completing its last round."""
        return self.late > 0 or self.again

    @property
    def last_round(self) -> int | None:
        """Whoever enters it has evaluated the last wave, once more if waves are evaluated again."""
        if self.waves is None:
            return None
        return round_in_wave(self.waves, WAVE_LENGTH) + 1 + self.late + self.again

    def begins_wave(self, round_: int) -> bool:
        """Whether a wave that is played begins in this round: rounds 1, 5, 9, ... hold leaders."""
        wave = wave_of(round_)
        return round_ == round_in_wave(wave, 1) and wave <= (self.waves or wave)

    def over(self, round_: int) -> bool:
        """Whether all that is left to see, in this round, is who evaluates the last wave again."""
        return self.again and self.last_round is not None and round_ >= self.last_round - 1

    def describe(self) -> str:
        """All of it in one line, but for the waves."""
        names = " and ".join(replica_name(i) for i in range(self.n - self.faulty, self.n))
        parts = [
            f"n={self.n}",
            f"{names} faulty" if names else "all correct",
            "every leader",
            "advancing with a quorum or more" if self.batch else "advancing with a quorum exactly",
        ]
        if self.views:
            parts.append("older vertices arriving late")
        if not self.symmetry:
            parts.append("replicas told apart")
        if not self.alike:
            parts.append("vertices that lead to the same told apart")
        return ", ".join(parts)
