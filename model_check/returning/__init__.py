"""A replica that crashes and returns: every interleaving within a bound, for both designs."""
