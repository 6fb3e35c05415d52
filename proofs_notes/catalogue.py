"""All lemmas, in the order in which they build on each other."""

from importlib import import_module

from tee_rider.proofs_notes.lemma import Lemma

MODULES = (
    "lemma_01_arithmetic",
    "lemma_02_non_equivocation",
    "lemma_03_key_lemma",
    "lemma_04_leader_chains",
    "lemma_05_common_core",
    "lemma_05_limit",
    "lemma_05_game",
    "lemma_06_recovery",
    "lemma_07_coin",
    "lemma_08_binary_agreement",
    "lemma_09_validity",
)


def numbers() -> list[str]:
    """The numbers of the lemmas: "01", "02", ..."""
    return sorted({module.split("_")[1] for module in MODULES})


def lemmas(number: str | None = None) -> list[Lemma]:
    """All lemmas, or those of one number; a module is imported only when it is asked for."""
    wanted = [module for module in MODULES if number in (None, module.split("_")[1])]
    return [import_module(f"tee_rider.proofs_notes.{module}").LEMMA for module in wanted]
