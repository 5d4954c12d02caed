"""Networks of the plane: train, sample, measure, clock."""
