"""What the stages call: train, sample, measure, clock. Networks of the plane; latent models."""
