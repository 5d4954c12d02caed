"""Methods on latents, through the real diffusers and peft classes: one a file."""
