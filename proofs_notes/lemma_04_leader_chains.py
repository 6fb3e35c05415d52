"""Lemma 04: any two correct replicas commit the same leaders and deliver in the same order.

In three parts: chains of leaders, the walk back as a loop, and the order of deliveries.
"""

from tee_rider.proofs_notes import lemma_04_chains, lemma_04_total_order, lemma_04_walk_back
from tee_rider.proofs_notes.lemma import Lemma

LEMMA = Lemma(
    "04",
    "Leader chains and total order",
    (*lemma_04_chains.CLAIMS, lemma_04_walk_back.SYSTEM, *lemma_04_total_order.CLAIMS),
    __file__,
)
