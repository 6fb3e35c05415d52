"""Does it hold: exploration, simulation and conformance checks of the reference."""
