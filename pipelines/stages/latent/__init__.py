"""What the stages of the tiny Stable Diffusion call: train a part, assemble, appraise."""
