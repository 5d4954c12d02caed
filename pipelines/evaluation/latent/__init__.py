"""Models of the tiny Stable Diffusion: train, sample, measure, clock."""
