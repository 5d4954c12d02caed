import torch
from diffusers import LCMScheduler, StableDiffusionPipeline

prompt = "a large striped red heart on a meadow"
noise = torch.manual_seed(0)
model = "stable-diffusion-v1-5/stable-diffusion-v1-5"
pipe = StableDiffusionPipeline.from_pretrained(model)
pipe.load_lora_weights("latent-consistency/lcm-lora-sdv1-5")
pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
call = {"num_inference_steps": 4, "guidance_scale": 1.0}
image = pipe(prompt, generator=noise, **call).images[0]
image.save("four-steps.png")
