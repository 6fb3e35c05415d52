"""NxBFT as published, as a second protocol under test: judged like the reference, never part of it.

Sources: *NxBFT* is Leinweber & Hartenstein, Not eXactly Byzantine (arXiv 2501.11051); *its
pseudo-code* and *its code* are those of the public NxBFT crates of the ABCperf project. A rule is
stated here in our own words, with the name of the procedure that it is taken from.
"""
