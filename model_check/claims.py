"""Every claim that the project makes, and the command whose results it stands on."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What is known of a claim."""

    PROVED = "proved"
    EXPLORED = "explored"
    REFUTED = "refuted"
    CONJECTURED = "conjectured"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, and what its check must show; the table says no more than the check does."""

    statement: str
    status: Status
    command: tuple[str, ...]
    """The arguments of ``tee-rider``; none for a conjecture."""
    results: tuple[str, ...] = ()
    """Of a lemma: the results, by name, that say just this."""
    assumes: tuple[str, ...] = ()
    """By their names in ``proofs_notes/assumptions.md``."""
    bridged: bool = False
    """Whether runs of the reference are checked against the lemma's transition system."""
    note: str = ""
    """A file of ``proofs_notes`` that explains it."""


def lemma(
    number: str,
    note: str,
    statement: str,
    *results: str,
    assumes: str = "",
    bridged: bool = False,
    status: Status = Status.PROVED,
) -> Claim:
    """A claim that results of a lemma say."""
    command, names = ("prove", "--lemma", number), tuple(assumes.split())
    return Claim(statement, status, command, results, names, bridged, f"lemma_{number}_{note}.md")


def conjectured(statement: str, note: str, assumes: str) -> Claim:
    """A claim that nothing checks yet: the note argues for it."""
    return Claim(statement, Status.CONJECTURED, (), assumes=tuple(assumes.split()), note=note)


def explored(command: str, statement: str, note: str = "") -> Claim:
    """A claim that a search within a bound supports."""
    return Claim(statement, Status.EXPLORED, tuple(command.split()), note=note)


NO_ORDER = "no order of messages violates a property"
NO_LIE = "no order of messages and no lie of a faulty replica violates a property"
COMMITS_AND_DELIVERIES = "correct replicas commit and deliver the same, one perhaps further"
ANY_WAVES = "correct replicas commit the same leaders, however many waves are played"

BOTH = ("", " --profile hardened")
"""As published, and with every finding repaired."""
CLAIMS = (
    lemma(
        "01",
        "arithmetic",
        "two quorums of n // 2 + 1 replicas share a replica",
        "two quorums share a replica",
        "all quorums of the spec meet",
    ),
    lemma(
        "01",
        "arithmetic",
        "the n - f correct replicas hold a quorum exactly when n >= 2f + 1",
        "n - f >= quorum size if and only if n >= 2f + 1",
        assumes="A1",
    ),
    lemma(
        "01",
        "arithmetic",
        "a quorum has a correct member",
        "a quorum has a correct member",
        "all quorums of the spec have a correct member",
        assumes="A1",
    ),
    lemma(
        "01",
        "arithmetic",
        "what two quorums share may be one faulty replica",
        "at n = 2f + 1 two quorums may share one replica only, a faulty one",
    ),
    lemma(
        "02",
        "non_equivocation",
        "correct replicas fill a round of a source with one vertex",
        "one vertex per source and round",
        "equal prefixes give equal vertices",
        assumes="A2 A3 A6 B1 B2",
        bridged=True,
    ),
    lemma(
        "03",
        "key_lemma",
        "every vertex after the wave of a directly committed leader has a path to that leader",
        "later vertices reach a committed leader",
        assumes="A6 B3 B4",
        bridged=True,
    ),
    lemma(
        "04",
        "leader_chains",
        "of two correct replicas' committed leaders, one sequence begins like the other",
        "committed leaders are prefix-comparable",
        "leaders are committed in ascending order",
        assumes="A6 B3",
        bridged=True,
    ),
    lemma(
        "04",
        "leader_chains",
        "of two correct replicas' deliveries, one sequence begins like the other",
        "T1: a delivers with a leader what b delivers with it, as far as a has decided",
        "T3: two vertices that both deliver are delivered in the same order",
        "T4: what b alone delivers comes after all that a delivered",
        assumes="A6 B3 B14",
    ),
    lemma(
        "05",
        "common_core",
        "at least q round-1 vertices of a wave are reached by all of its round-4 vertices",
        "some round-2 vertex is referenced by more than m - q of the m round-3 vertices",
        "every round-4 vertex reaches every parent of such a round-2 vertex",
        "n = 6: 4 or more round-1 vertices are reached by every round-4 vertex",
        assumes="B4",
    ),
    lemma(
        "05",
        "game",
        "that core is fixed before the coin shows, so that q/n of all leaders commit",
        "n = 5: once the coin shows, 3 of 5 leaders can be starved"
        " (F1: the probability to commit is not 3/5)",
        "n = 7: once the coin shows, 5 of 7 leaders can be starved"
        " (F1: the probability to commit is not 4/7)",
        status=Status.REFUTED,
    ),
    lemma(
        "05",
        "limit",
        "if the coin waits for a quorum of the next round and votes count on arrival, every leader"
        " in the core commits",
        "with the coin of round 4w + 1 and votes on arrival, every leader in the core commits",
        assumes="A5 B4 B5 B6",
    ),
    lemma(
        "06",
        "recovery",
        "with recovery by collected freezes of one target and d + r > n, no round is filled twice",
        "one vertex per round over all epochs",
        "nothing accepted is cut off",
        "one key per epoch",
        assumes="A3 A4 A9 B8 B9 B10 B11 B12 B13",
    ),
    lemma(
        "06",
        "recovery",
        "recovery by collected freezes is safe with d + r = n",
        "mutant: d + r = n: one holder, two answers of three",
        "mutant: d + r = n: two holders, one answer of three",
        status=Status.REFUTED,
    ),
    lemma(
        "06",
        "recovery",
        "with recovery by the total order and r = n - q + 1, no round of a source is filled twice",
        "r = n - q + 1 freezers share a replica with any q sources",
        "one vertex per round and source over all epochs",
        assumes="A3 A4 B3 B4 C1 C2 C3 C4",
        bridged=True,
    ),
    lemma(
        "06",
        "recovery",
        "recovery by the total order is safe with r = n - q",
        "mutant: r = n - q: one freeze of two is enough",
        status=Status.REFUTED,
    ),
    lemma(
        "06",
        "recovery",
        "recovery by collected freezes is safe if a crash of its sender forgets a freeze",
        "mutant: a crash forgets a freeze",
        status=Status.REFUTED,
    ),
    lemma(
        "07",
        "coin",
        "all enclaves show the same leader of a wave",
        "all enclaves release the same leader",
        assumes="A9",
        bridged=True,
    ),
    lemma(
        "07",
        "coin",
        "nothing depends on the leader before a quorum has signed the round after the wave",
        "before its proof exists nothing depends on the coin",
        "who learns it comes after a correct replica",
        assumes="A1 A7 A8 B5",
        bridged=True,
    ),
    lemma(
        "07",
        "coin",
        "every replica is as likely to lead as any other",
        "each replica has exactly size // n numbers below (size // n) n",
        "with rejection every n is fair; without, exactly those that divide the range",
        assumes="A8",
    ),
    lemma(
        "08",
        "binary_agreement",
        "non-equivocation does not give binary agreement with strong validity at n <= 3f",
        "step by step, A and B cannot tell the three runs apart (induction on steps)",
        "agreement in run 0 and strong validity in run 1 break strong validity in run 2",
        "a view of n - f inputs can always be decided exactly when n >= 3f + 1",
    ),
    lemma(
        "09",
        "validity",
        "what every correct replica holds is in the history of each leader committed later",
        "a leader committed above the settled round delivers the target",
        assumes="A1 A5 B4 B7",
        bridged=True,
    ),
    explored("explore --n 3 --rounds 4 --every-state", NO_ORDER),
    *(
        explored(f"explore --n {bound}", NO_LIE, "reductions.md")
        for bound in ("3 --rounds 4 --faulty 1", "4 --rounds 2 --faulty 1 --junk 1")
    ),
    *(
        explored(f"fine --n {n} --waves {waves}{rules}", COMMITS_AND_DELIVERIES, "reductions.md")
        for n, waves in ((3, 4), (4, 3), (5, 2))
        for rules in BOTH
    ),
    explored("fine --n 3 --waves 2 --late", COMMITS_AND_DELIVERIES, "reductions.md"),
    *(
        explored(f"frontier --n {n}{rules}", ANY_WAVES, "reductions.md")
        for n in (3, 4, 5)
        for rules in BOTH
    ),
    explored("frontier --n 6", ANY_WAVES, "reductions.md"),
    explored(
        "mutants", "every wrong rule of the kill matrix is noticed by the properties that it breaks"
    ),
    conjectured(
        "with probability 1 every vertex of a correct replica is delivered: 05, 07 and 09 together",
        "lemma_09_validity.md",
        "A1 A5 A8 B5 B6 B7",
    ),
    conjectured(
        "what a lemma assumes of another is what that one proves: 01 and 02 for 03, 03 for 04",
        "lemma_04_leader_chains.md",
        "",
    ),
)
