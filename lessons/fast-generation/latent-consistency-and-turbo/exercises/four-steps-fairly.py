# ---
# jupyter:
#   exercise:
#     title: Four steps, fairly
#     seconds: 90
#     memory_mb: 4000
#     support: [pictures]
#     models: [base, lcm-lora]
# ---

# %% [markdown]
# # Four steps, fairly
#
# The speed adapter beside its rivals, from the same latents, with evaluations counted.
#
# **Predict, before you run anything.** Which of the four-step rows will be best, and which worst? How
# many evaluations does each row take?
#
# The models are small ones of the build's own, in the format of any other. On a machine with a hub
# and a graphics card, set `BASE` and `ADAPTER` to published names: the cells stay as they are.

# %%
import pictures  # first: what is imported after it keeps quiet
import torch
from diffusers import DDIMScheduler, LCMScheduler, StableDiffusionPipeline
from pictures import (
    ADAPTER,
    BASE,
    Evaluations,
    captions,
    share_right,
    starting_latents,
)


def load(model=BASE):
    """Return the pipeline, with the plain solver that Stable Diffusion is told about in papers."""
    pipe = StableDiffusionPipeline.from_pretrained(model)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe


base = load()
few, many = captions(4), captions(24)
print(few)

# %% [markdown]
# ## A row
#
# Draw one picture for each caption, from latents that you pass in. Ask for tensors:
# `output_type="pt"`.


# %% exercise="draw"
def draw(pipe, prompts, latents, steps, guidance):
    """Return pictures (n, 3, height, width) from 0 to 1, one for each prompt."""
    ### BEGIN SOLUTION
    # Hint: call the pipeline with prompt, latents, num_inference_steps, guidance_scale and
    # output_type; a scheduler that adds noise also wants a generator with a seed.
    called = pipe(
        prompt=list(prompts),
        latents=latents.clone(),
        num_inference_steps=steps,
        guidance_scale=guidance,
        generator=torch.Generator().manual_seed(0),
        output_type="pt",
    )
    return called.images
    ### END SOLUTION


# %% check="draw"
_latents = starting_latents(2)
_one, _two = (draw(base, few[:2], _latents, 2, 3.0) for _ in range(2))
assert torch.is_tensor(_one) and _one.shape[:2] == (2, 3), (
    "draw should return a tensor of pictures: ask for output_type='pt' and return `.images`."
)
assert torch.allclose(_one, _two, atol=1e-4), (
    "Two calls differ: the latents that you were given are not what the pipeline starts from, and "
    "rows of different latents compare luck. See [hook]."
)
assert not torch.allclose(_one, draw(base, few[:2], _latents, 2, 7.5), atol=1e-4), (
    "The guidance makes no difference, so the pipeline never hears of it: its own default is the "
    "usual scale, which suits fifty steps and ruins four. See [misconception 3]."
)
assert not torch.allclose(_one, draw(base, few[:2], _latents, 4, 3.0), atol=1e-4), (
    "The number of steps makes no difference: pass `num_inference_steps`. See [default-four-steps-fail]."
)
print("draw: right")

# %% [markdown]
# ## What a row costs
#
# Evaluations of the U-Net for one picture. A guided step asks twice; at a scale of one, diffusers
# leaves the second question out.


# %% exercise="cost"
def evaluations(steps, guidance):
    """Return how often the U-Net is evaluated for one picture."""
    ### BEGIN SOLUTION
    # Hint: one evaluation a step at a scale of one, two above it.
    return steps * (2 if guidance > 1 else 1)
    ### END SOLUTION


# %% check="cost"
with Evaluations(base, pictures=2) as _counted:
    draw(base, few[:2], _latents, 3, 5.0)
_guided, _plain = evaluations(3, 5.0), evaluations(3, 1.0)
assert _guided != 3, (
    f"Three guided steps took {_counted.calls} evaluations, counted: with the caption and without it. "
    "Steps are what papers count. See [fewer-evaluations-are-faster]."
)
assert _plain != 6, (
    "At a scale of one the second question drops out of the formula, and diffusers does not ask it. "
    "That is half of what the adapter saves. See [two-against-four]."
)
assert (_guided, _plain) == (_counted.calls, 3), (
    f"Three guided steps take {_counted.calls}, three unguided ones 3; yours says {_guided} and "
    f"{_plain}. See [where-the-seconds-go]."
)
print("evaluations: right")

# %% [markdown]
# ## The adapter's row
#
# Put the adapter and its scheduler into the pipeline, and draw four steps as it was trained for.


# %% exercise="adapter"
def adapter_row(pipe, prompts, latents):
    """Return the pictures of four steps with LCM-LoRA; `pipe` may be changed."""
    ### BEGIN SOLUTION
    # Hint: `load_lora_weights(ADAPTER)`, then `LCMScheduler.from_config` with the config of the
    # scheduler that is there; guidance is built in, so that the scale is one.
    pipe.load_lora_weights(ADAPTER)
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    return draw(pipe, prompts, latents, 4, 1.0)
    ### END SOLUTION


# %% check="adapter"
_pipe, _latents = load(), starting_latents(24)
with Evaluations(_pipe, pictures=24) as _counted:
    _row = adapter_row(_pipe, many, _latents)
assert isinstance(_pipe.scheduler, LCMScheduler), (
    "The adapter answers with ends, and the old scheduler walks: put LCMScheduler in place. "
    "See [in-code]."
)
assert _pipe.get_active_adapters(), (
    "No adapter is loaded: the scheduler asks for jumps, and the network answers with means. "
    "See [scheduler-is-not-enough]."
)
assert _counted.calls != 8, (
    "Eight evaluations: you guide a network that has learned its guidance, and guide it twice. The "
    "scale is one. See [guidance-twice]."
)
assert _counted.calls == 4, (
    f"Four steps were asked for; these are {_counted.calls} evaluations. See [in-code]."
)
assert share_right(_row) > 0.7, (
    f"Only {share_right(_row):.0%} of the pictures are right. Are the latents passed on? See [hook]."
)
print("adapter_row: right")

# %% [markdown]
# ## All rows

# %%
latents = starting_latents(24)
with torch.no_grad():
    rows = {"50 steps, 7.5": draw(base, few, latents[:4], 50, 7.5)}
    wide = {f"4 steps, {w:g}": draw(base, many, latents, 4, w) for w in (7.5, 5.0, 3.0, 2.0)}
    wide["4 steps, adapter"] = adapter_row(load(), many, latents)
rows |= {name: images[:4] for name, images in wide.items()}
shares = {name: share_right(images) for name, images in wide.items()}
for name, share in shares.items():
    print(f"{name:18s} {share:.0%} right")

# %% tags=["picture"]
pictured = pictures.show(rows)

# %% [markdown]
# ## Compare with your prediction
#
# In the build, over more captions, {value}`base/ddim@4,w=7.5,leading/all|percent0` are right at the
# usual guidance, {value}`base/ddim@4,w=3,leading/all|percent0` at a lower one, and
# {value}`lcm-lora/lcm@4,w=1/all|percent0` with the adapter. Fifty guided steps take one hundred
# evaluations, four guided ones eight, four of the adapter four.

# %%
usual, lowered, adapter = shares["4 steps, 7.5"], shares["4 steps, 3"], shares["4 steps, adapter"]
for share, measured in (
    (usual, value("base/ddim@4,w=7.5,leading/all")),
    (lowered, value("base/ddim@4,w=3,leading/all")),
    (adapter, value("lcm-lora/lcm@4,w=1/all")),
):
    assert abs(share - measured) < 0.3, f"{share:.0%} right, where the build has {measured:.0%}."
assert usual < min(lowered, adapter), "The usual guidance should be worst at four steps."
print("Four steps are good at a lower guidance, and cost half with the adapter.")

# %% tags=["clock"]
import time

for name, steps, guidance in (("fifty guided steps", 50, 7.5), ("four unguided steps", 4, 1.0)):
    draw(base, few[:1], latents[:1], 1, guidance)  # warm up
    began = time.perf_counter()
    draw(base, few[:1], latents[:1], steps, guidance)
    print(f"{name}: {time.perf_counter() - began:.2f} s")


# %% wrong="draw" name="latents-of-its-own" see="hook"
def draw(pipe, prompts, latents, steps, guidance):
    return pipe(
        list(prompts), num_inference_steps=steps, guidance_scale=guidance, output_type="pt"
    ).images


# %% wrong="draw" name="guidance-forgotten" see="misconception 3"
def draw(pipe, prompts, latents, steps, guidance):
    return pipe(
        list(prompts), latents=latents.clone(), num_inference_steps=steps, output_type="pt"
    ).images


# %% wrong="cost" name="steps-for-evaluations" see="fewer-evaluations-are-faster"
def evaluations(steps, guidance):
    return steps


# %% wrong="cost" name="always-twice" see="two-against-four"
def evaluations(steps, guidance):
    return 2 * steps


# %% wrong="adapter" name="old-scheduler" see="in-code"
def adapter_row(pipe, prompts, latents):
    pipe.load_lora_weights(ADAPTER)
    return draw(pipe, prompts, latents, 4, 1.0)


# %% wrong="adapter" name="scheduler-alone" see="scheduler-is-not-enough"
def adapter_row(pipe, prompts, latents):
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    return draw(pipe, prompts, latents, 4, 1.0)


# %% wrong="adapter" name="guidance-twice-over" see="guidance-twice"
def adapter_row(pipe, prompts, latents):
    pipe.load_lora_weights(ADAPTER)
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    return draw(pipe, prompts, latents, 4, 7.5)


# %% right="cost" name="by-a-sum"
def evaluations(steps, guidance):
    return sum(1 + (guidance > 1) for _ in range(steps))
