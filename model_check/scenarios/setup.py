"""What a scenario says before its first action: how many replicas, which rules, who is faulty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.nxbft.profile import NXBFT
from tee_rider.model_check.scenarios.text import REMARK, SETUP, Statement
from tee_rider.model_check.world.setting import make_setting, named_profile
from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import replica_name, replica_number

Mutants: TypeAlias = Callable[[str], Rules]
"""The wrong rules of the mutant of this name, or a ``UsageError``."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the world of a scenario is like."""

    setting: Setting
    faulty: tuple[int, ...]
    rules: Rules

    def setting_of(self, replica: int) -> Setting:
        """By what a single replica goes."""
        wrong = self.rules.odd.get(replica, {})
        return Setting(self.setting.configuration, replace(self.setting.profile, **wrong))


def true_rules_only(name: str) -> Rules:
    """Where wrong rules have no place."""
    raise UsageError("this is played by the true rules only")


def read_setup(statements: Sequence[Statement], mutants: Mutants = true_rules_only) -> Setup:
    """The setting, who is faulty, and by which rules it is played.

    Raises:
        UsageError: the set-up is incomplete or impossible.
    """
    found: dict[str, str] = {}
    rules = Rules()
    begun = False
    for statement in statements:
        begun = begun or statement.kind not in {*SETUP, REMARK}
        if statement.kind in SETUP:
            if begun or statement.kind in found:
                why = "stands before all actions" if begun else "is said twice"
                raise UsageError(f"{statement.place}: {statement.text!r} {why}")
            found[statement.kind] = next(value for value in statement.fields.values() if value)
        if statement.kind == "mutant":
            try:
                rules = mutants(found["mutant"])
            except UsageError as error:
                raise UsageError(f"{statement.place}: {statement.text!r}: {error}") from None
    if "replicas" not in found:
        raise UsageError("a scenario begins with a line like 'replicas 4'")
    profile, holders = found.get("profile", "tee-rider"), found.get("holders", "one")
    setting = make_setting(int(found["replicas"]), profile, holders)
    if holders != "one" and named_profile(profile) == NXBFT:
        raise UsageError("'holders quorum' has no meaning in profile nxbft, which has no echoes")
    configuration = setting.configuration
    faulty = sorted({replica_number(name) for name in found.get("faulty", "").split()})
    if faulty and (len(faulty) > configuration.f or faulty[-1] >= configuration.n):
        raise UsageError(
            f"'faulty {found['faulty']}': at most {configuration.f} of the replicas A to"
            f" {replica_name(configuration.n - 1)} can be faulty"
        )
    setting = Setting(configuration, rules.over(setting.profile))
    return Setup(setting, tuple(faulty), rules)
