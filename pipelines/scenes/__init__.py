"""Captioned scenes, rendered: what the tiny Stable Diffusion is trained on."""
