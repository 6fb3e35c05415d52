"""Small worlds, in which the lemmas' texts run: they show that a proof is not vacuous."""
