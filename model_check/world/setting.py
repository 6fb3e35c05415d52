"""The setting of a run, from what a person writes."""

import re
from dataclasses import replace
from typing import TypeAlias

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.world.subject import REFERENCE, known_profiles, subject_of
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import PROFILES, quorum
from tee_rider.spec.configuration import ConfigurationError, largest_configuration
from tee_rider.spec.identifiers import replica_name, replica_number

MOST_REPLICAS = 100
Crashes: TypeAlias = tuple[tuple[int, int], ...]
"""(replica, round): the replica crashes while it enters the round; one's crashes in their order."""


def named_profile(name: str) -> Profile:
    """The profile that is called ``tee-rider`` on the command line and TEE_RIDER in traces.

    Raises:
        UsageError: there is no such profile.
    """
    profiles = known_profiles()
    profile = profiles.get(name.upper().replace("-", "_"))
    if profile is None:
        allowed = ", ".join(known.lower().replace("_", "-") for known in profiles)
        raise UsageError(f"profile {name!r} is not known; allowed: {allowed}")
    return profile


def make_setting(n: int, profile: str, holders: str) -> Setting:
    """n replicas with the most faults that they tolerate; ``holders`` is ``one`` or ``quorum``.

    Raises:
        UsageError: no such setting is possible.
    """
    if n > MOST_REPLICAS:
        raise UsageError(f"n = {n}: at most {MOST_REPLICAS} replicas are simulated")
    try:
        configuration = largest_configuration(n)
    except ConfigurationError as error:
        raise UsageError(str(error)) from None
    rules = named_profile(profile)
    if holders == "quorum":
        rules = _named(replace(rules, holders_before_delivery=quorum))
    return Setting(configuration, rules)


def reference_setting(n: int, profile: str) -> Setting:
    """The same for whoever plays the reference alone, and not a protocol with code of its own.

    Raises:
        UsageError: no such setting is possible.
    """
    setting = make_setting(n, profile, "one")
    if subject_of(setting.profile.name) is not REFERENCE:
        allowed = ", ".join(name.lower().replace("_", "-") for name in PROFILES)
        raise UsageError(
            f"profile {profile!r}: its code is not the reference's, which alone is played here;"
            f" allowed: {allowed}; {profile} is played by tee-rider simulate and findings"
        )
    return setting


def _named(rules: Profile) -> Profile:
    """These rules under the name of the profile that has them, if there is one."""
    for profile in PROFILES.values():
        if profile == replace(rules, name=profile.name):
            return profile
    return replace(rules, name=f"{rules.name} with holders = quorum")


def parse_crashes(text: str, faulty: int, setting: Setting, last_round: int) -> Crashes:
    """``B@6,C@14,B@20``: B crashes when it enters round 6, C in round 14, B again in round 20.

    Where replicas do not return, each can be named once, and all that fail are at most f.

    Raises:
        UsageError: it is not of this form, or no such crashes are possible.
    """
    configuration, returns = setting.configuration, setting.profile.replicas_return
    f, correct = configuration.f, configuration.n - faulty
    crashes: list[tuple[int, int]] = []
    for item in text.split(","):
        match = re.fullmatch(r"([A-Z]{1,2})@([1-9][0-9]{0,8})", item.strip())
        if match is None:
            raise UsageError(f"--crash {text!r}: {item!r} is not like B@6 or B@6,C@14")
        replica, round_ = replica_number(match[1]), int(match[2])
        if not returns and any(replica == named for named, _ in crashes):
            raise UsageError(
                f"--crash {text!r}: {match[1]} crashes twice, but under {setting.profile.name} no"
                " replica returns: a replica can be named once (--profile hardened lets it return)"
            )
        if replica >= correct:
            raise UsageError(
                f"--crash {text!r}: {match[1]} is not a correct replica;"
                f" allowed: A to {replica_name(correct - 1)}"
            )
        if round_ > last_round:
            raise UsageError(
                f"--crash {text!r}: round {round_} is not reached; allowed: 1 to {last_round}"
            )
        crashes.append((replica, round_))
    at_once = 1 if returns else len(crashes)
    if at_once + faulty > f:
        raise UsageError(
            f"--crash {text!r}: {at_once} crashed and {faulty} faulty replicas are more than"
            f" f = {f}"
        )
    return tuple(sorted(crashes, key=lambda crash: crash[0]))
