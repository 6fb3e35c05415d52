"""The checkers: the columns of the kill matrix, what each does, and why it is there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checker:
    """One column."""

    name: str
    does: str
    anyway: str = ""
    """Why it is kept, if everything that it kills dies elsewhere too."""


CHECKERS: tuple[Checker, ...] = (
    Checker("refusals", "one input that must be refused after the other"),
    Checker("coin proofs", "one proof for the coin after the other"),
    Checker("enclave", "what an enclave must refuse"),
    Checker("setup", "every lie of one faulty host before round 1"),
    Checker("early coin", "every kind of junk that may show the coin too early"),
    Checker("lost requests", "every situation of two requests at one service"),
    Checker(
        "message level",
        "every order of single messages, a few rounds",
        "What it says holds for every order of messages, and not for those drawn alone.",
    ),
    Checker("layers", "the properties over layered runs"),
    Checker(
        "fine shapes",
        "every shape of a few waves",
        "What it says holds for every DAG of some waves, and not for those drawn alone.",
    ),
    Checker(
        "frontier",
        "every shape of any number of waves, up to what one wave can tell",
        "What it says holds for any number of waves.",
    ),
    Checker("game", "the worst scheduler against the coin, exactly"),
    Checker("simulation", "the properties over random runs with faulty hosts and crashes"),
    Checker(
        "enclave coin",
        "the same with the coin from the enclaves, for a proof",
        "It plays in whole runs what the other checkers of the enclaves try piece by piece.",
    ),
    Checker("service", "random runs with clients and lying replicas"),
    Checker("client", "a client and the replies to it"),
    Checker(
        "one return",
        "one crash and return, whatever everybody hears in each round",
        "What it says holds for every round in which one crashes, not for those scripted alone.",
    ),
    Checker("collected freezes", "all of the first design of recovery"),
    Checker("schedules", "scripted schedules of recovery"),
    Checker("findings", "the scenarios of the findings"),
    Checker(
        "Hypothesis",
        "two rule-based machines of the tests",
        "It shrinks what it finds, and its rules are what a tester of another project writes.",
    ),
)
