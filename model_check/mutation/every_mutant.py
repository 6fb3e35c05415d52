"""All mutants of the project."""

from difflib import get_close_matches

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation import (
    around_guards,
    broadcast_guards,
    dag_guards,
    enclave_guards,
    order_guards,
    recovery_guards,
    replica_guards,
    returning_guards,
    setup_guards,
    stream_guards,
    validity_guards,
)
from tee_rider.model_check.mutation.mutants import MUTANTS, Mutant
from tee_rider.model_check.mutation.rule_mutants import OTHER_MUTANTS, PROFILE_MUTANTS

NEAREST = 3
EVERY_MUTANT: tuple[Mutant, ...] = (
    *MUTANTS,
    *PROFILE_MUTANTS,
    *OTHER_MUTANTS,
    *broadcast_guards.GUARDS,
    *validity_guards.GUARDS,
    *order_guards.GUARDS,
    *replica_guards.GUARDS,
    *recovery_guards.GUARDS,
    *enclave_guards.GUARDS,
    *around_guards.GUARDS,
    *dag_guards.GUARDS,
    *stream_guards.GUARDS,
    *returning_guards.GUARDS,
    *setup_guards.GUARDS,
)
"""Of whole rules first, then of single guards."""


def find(name: str) -> Mutant:
    """The mutant of this name.

    Raises:
        UsageError: there is no such mutant.
    """
    for mutant in EVERY_MUTANT:
        if mutant.name == name:
            return mutant
    folded = {mutant.name.casefold(): mutant.name for mutant in EVERY_MUTANT}
    near = get_close_matches(name.casefold(), folded, NEAREST, cutoff=0)
    raise UsageError(
        f"mutant {name[:100]!r} is not known; the nearest of {len(EVERY_MUTANT)} names are"
        f" {', '.join(repr(folded[known]) for known in near)}; all: tee-rider mutants"
    )
