"""Plans as text again: in normal form, repaired, or new."""
