"""What must hold of every run, computed from its events alone: one property a file."""

from tee_rider.spec.properties.judging import ALL, Judge, Outcome, all_properties, judge

__all__ = ["ALL", "Judge", "Outcome", "all_properties", "judge"]
