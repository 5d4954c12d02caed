"""What the stages of the 2D networks call: train and probe, draw, measure, time."""
