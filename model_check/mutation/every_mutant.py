"""All mutants of the project."""

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
    known = ", ".join(repr(mutant.name) for mutant in EVERY_MUTANT)
    raise UsageError(f"mutant {name!r} is not known; known are {known}")
