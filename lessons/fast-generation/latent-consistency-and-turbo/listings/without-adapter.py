import torch
from diffusers import StableDiffusionPipeline

prompt = "a large striped red heart on a meadow"
noise = torch.manual_seed(0)
model = "stable-diffusion-v1-5/stable-diffusion-v1-5"
pipe = StableDiffusionPipeline.from_pretrained(model)
call = {"num_inference_steps": 50, "guidance_scale": 7.5}
image = pipe(prompt, generator=noise, **call).images[0]
image.save("fifty-steps.png")
