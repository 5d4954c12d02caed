# ---
# jupyter:
#   exercise:
#     title: One adapter, another model
#     seconds: 90
#     memory_mb: 4000
#     support: [pictures]
#     models: [base, night/unet, lcm-lora]
# ---

# %% [markdown]
# # One adapter, another model
#
# The adapter was distilled from the base. Here is a fine-tune that it has never seen.
#
# **Predict, before you run anything.** Will its row keep the fine-tune's style? And what will the row
# look like that has the scheduler and no adapter?

# %%
import pictures  # first: what is imported after it keeps quiet
import torch
from diffusers import (
    DDIMScheduler,
    LCMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from pictures import (
    ADAPTER,
    BASE,
    NIGHT,
    captions,
    share_in_style,
    share_right,
    sharpness,
    starting_latents,
)

prompts, latents = captions(24), starting_latents(24)


def draw(pipe, prompts, latents, steps, guidance):
    """Return pictures (n, 3, height, width) from 0 to 1."""
    called = pipe(
        prompt=list(prompts),
        latents=latents.clone(),
        num_inference_steps=steps,
        guidance_scale=guidance,
        generator=torch.Generator().manual_seed(0),
        output_type="pt",
    )
    return called.images


# %% [markdown]
# ## A fine-tune
#
# A fine-tune of this base has the base's text encoder and autoencoder, byte for byte, and a U-Net of
# its own. Load that U-Net into the pipeline of the base, with the DDIM scheduler.


# %% exercise="load"
def load_fine_tune(base=BASE, fine_tune=NIGHT):
    """Return a pipeline with the U-Net in the subfolder `unet` of the fine-tune."""
    ### BEGIN SOLUTION
    # Hint: `UNet2DConditionModel.from_pretrained(..., subfolder="unet")`, handed to the pipeline's
    # own `from_pretrained` as `unet=`; then a DDIMScheduler from its scheduler's config.
    unet = UNet2DConditionModel.from_pretrained(fine_tune, subfolder="unet")
    pipe = StableDiffusionPipeline.from_pretrained(base, unet=unet)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe
    ### END SOLUTION


# %% check="load"
_pipe = load_fine_tune()
assert _pipe is not None, "load_fine_tune should return the pipeline."
_own = UNet2DConditionModel.from_pretrained(NIGHT, subfolder="unet").state_dict()
_loaded = _pipe.unet.state_dict()
assert all(torch.equal(_loaded[name], weight) for name, weight in _own.items()), (
    "This is the base's U-Net. What a fine-tune changes is the U-Net, and nothing else has to be "
    "loaded. See [misconception 1]."
)
assert isinstance(_pipe.scheduler, DDIMScheduler), (
    "Fifty slow steps want a solver that walks: a DDIMScheduler, from the config of the pipeline's own. "
    "See [one-adapter]."
)
print("load_fine_tune: right")

# %% [markdown]
# ## Three rows
#
# Fifty steps at a guidance of three; four steps of `LCMScheduler` at a scale of one *without* the
# adapter; the same with it. In this order: what is loaded stays.


# %% exercise="rows"
def three_rows(pipe, prompts, latents):
    """Return {"slow": ..., "scheduler alone": ..., "adapter": ...}, pictures each."""
    ### BEGIN SOLUTION
    # Hint: draw the slow row; put LCMScheduler in place and draw; load the adapter and draw again.
    rows = {"slow": draw(pipe, prompts, latents, 50, 3.0)}
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    rows["scheduler alone"] = draw(pipe, prompts, latents, 4, 1.0)
    pipe.load_lora_weights(ADAPTER)
    rows["adapter"] = draw(pipe, prompts, latents, 4, 1.0)
    return rows
    ### END SOLUTION


# %% check="rows"
_rows = three_rows(load_fine_tune(), prompts[:4], latents[:4])
assert _rows is not None and list(_rows) == ["slow", "scheduler alone", "adapter"], (
    "three_rows should return the three rows by their names, in their order."
)
_pipe = load_fine_tune()
_pipe.scheduler = LCMScheduler.from_config(_pipe.scheduler.config)
_without = draw(_pipe, prompts[:4], latents[:4], 4, 1.0)
assert not torch.allclose(_rows["adapter"], _rows["scheduler alone"], atol=1e-3), (
    "The last two rows are the same. Either the adapter was never loaded, or it was there before: "
    "the second row is to show what a scheduler alone can do. See [scheduler-is-not-enough]."
)
assert not torch.allclose(_rows["adapter"], _without, atol=1e-3), (
    "Your rows have changed places: the one that you call the adapter's is the scheduler's alone. "
    "See [one-adapter-numbers]."
)
assert torch.allclose(_rows["scheduler alone"], _without, atol=1e-3), (
    "The second row is not that of LCMScheduler without the adapter, four steps at a scale of one. Was "
    "it guided? See [guidance-twice]."
)
assert sharpness(_rows["slow"]) > 1.1 * sharpness(_without), (
    "The slow row is as soft as jumps: it should walk, with the DDIMScheduler. See [one-adapter]."
)
print("three_rows: right")

# %%
rows = three_rows(load_fine_tune(), prompts, latents)
for name, images in rows.items():
    right, style = share_right(images), share_in_style(images, "night")
    print(f"{name:16s} {right:.0%} right, {style:.0%} in style, sharpness {sharpness(images):.3f}")

# %% tags=["picture"]
pictured = pictures.show(rows)

# %% [markdown]
# ## Another shape
#
# Now let a U-Net of another shape wear the adapter, and read the error to its end. `refusal` returns
# the message of the error.


# %% exercise="refusal"
def refusal(pipe, adapter=ADAPTER):
    """Return the words of the error with which a pipeline refuses an adapter; "" if it takes it."""
    ### BEGIN SOLUTION
    # Hint: `load_lora_weights` inside `try`; what diffusers raises is a RuntimeError, and `str` of it
    # is the message.
    try:
        pipe.load_lora_weights(adapter)
    except RuntimeError as error:
        return str(error)
    return ""
    ### END SOLUTION


# %% check="refusal"
_other = load_fine_tune()
torch.manual_seed(0)
_other.unet = UNet2DConditionModel.from_config(
    {**_other.unet.config, "block_out_channels": [32, 64]}
)
_said, _taken = refusal(_other), refusal(load_fine_tune())
assert _taken == "", (
    "The fine-tune has the base's shape, and takes the adapter without a word: no distillation of its "
    "own is needed. See [misconception 4]."
)
assert _said, (
    "The other network cannot have taken it: each tensor of the adapter has the shape of one in the "
    "base. Return what the loader says. See [shapes-must-fit]."
)
assert "size mismatch" in _said, (
    "Read the error to its end: it names each tensor with both shapes. Return the whole message. "
    "See [where-it-ends]."
)
print("refusal: right")

# %%
said = [line.strip() for line in refusal(_other).splitlines() if "size mismatch" in line]
print(len(said), "tensors do not fit; the first:")
print(said[0])

# %% [markdown]
# ## Compare with your prediction
#
# In the build {value}`lcm-on-night/lcm@4,w=1/style|percent0` of the adapter's pictures keep the style,
# and {value}`lcm-on-night/lcm@4,w=1/all|percent0` are right, beside
# {value}`night/lcm@4,w=1/all|percent0` without the adapter. The second row is soft and washed out: the
# scheduler asks for jumps, and the network answers with means.

# %%
style, measured = share_in_style(rows["adapter"], "night"), value("lcm-on-night/lcm@4,w=1/style")
assert abs(style - measured) < 0.2, f"{style:.0%} in style, where the build has {measured:.0%}."
right, measured = share_right(rows["adapter"]), value("lcm-on-night/lcm@4,w=1/all")
assert abs(right - measured) < 0.25, f"{right:.0%} right, where the build has {measured:.0%}."
assert sharpness(rows["adapter"]) > sharpness(rows["scheduler alone"]), (
    "The adapter's row should be sharper than that of the scheduler alone."
)
print("The adapter travels, as far as shapes agree.")


# %% wrong="load" name="the-base-again" see="misconception 1"
def load_fine_tune(base=BASE, fine_tune=NIGHT):
    pipe = StableDiffusionPipeline.from_pretrained(base)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe


# %% wrong="rows" name="adapter-never-loaded" see="scheduler-is-not-enough"
def three_rows(pipe, prompts, latents):
    rows = {"slow": draw(pipe, prompts, latents, 50, 3.0)}
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    rows["scheduler alone"] = draw(pipe, prompts, latents, 4, 1.0)
    rows["adapter"] = draw(pipe, prompts, latents, 4, 1.0)
    return rows


# %% wrong="rows" name="guided-twice" see="guidance-twice"
def three_rows(pipe, prompts, latents):
    rows = {"slow": draw(pipe, prompts, latents, 50, 3.0)}
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    rows["scheduler alone"] = draw(pipe, prompts, latents, 4, 5.0)
    pipe.load_lora_weights(ADAPTER)
    rows["adapter"] = draw(pipe, prompts, latents, 4, 5.0)
    return rows


# %% wrong="rows" name="never-walks" see="one-adapter"
def three_rows(pipe, prompts, latents):
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    rows = {"slow": draw(pipe, prompts, latents, 1, 1.0)}
    rows["scheduler alone"] = draw(pipe, prompts, latents, 4, 1.0)
    pipe.load_lora_weights(ADAPTER)
    rows["adapter"] = draw(pipe, prompts, latents, 4, 1.0)
    return rows


# %% wrong="refusal" name="every-model-refuses" see="misconception 4"
def refusal(pipe, adapter=ADAPTER):
    return "size mismatch"


# %% wrong="refusal" name="swallowed" see="shapes-must-fit"
def refusal(pipe, adapter=ADAPTER):
    try:
        pipe.load_lora_weights(adapter)
    except RuntimeError:
        pass
    return ""


# %% right="refusal" name="any-error-of-the-loader"
def refusal(pipe, adapter=ADAPTER):
    said = ""
    try:
        pipe.load_lora_weights(adapter)
    except Exception as error:
        said = "\n".join(map(str, error.args))
    return said
