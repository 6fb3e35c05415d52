"""Pictures and other formats of a run."""
