# ---
# jupyter:
#   exercise:
#     title: A style, at speed
#     seconds: 90
#     memory_mb: 4000
#     support: [pictures]
#     models: [base, lcm-lora, pencil]
# ---

# %% [markdown]
# # A style, at speed
#
# Two adapters on one model: one for speed, one for a style. What does adding them cost?
#
# **Predict, before you run anything.** Which of the two weights can be lowered without doing harm, and
# which cannot?

# %%
import pictures  # first: what is imported after it keeps quiet
import torch
from diffusers import LCMScheduler, StableDiffusionPipeline
from pictures import (
    ADAPTER,
    BASE,
    STYLE,
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


def jumping():
    """Return the base with the scheduler that jumps, without any adapter."""
    pipe = StableDiffusionPipeline.from_pretrained(BASE)
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe


# %% [markdown]
# ## Two adapters under names of their own
#
# Load `ADAPTER` as `"speed"` and `STYLE` as `"style"`.


# %% exercise="load"
def load_both(pipe):
    """Load both adapters into a pipeline, each under its name; return the pipeline."""
    ### BEGIN SOLUTION
    # Hint: `load_lora_weights` twice, each time with an `adapter_name`.
    pipe.load_lora_weights(ADAPTER, adapter_name="speed")
    pipe.load_lora_weights(STYLE, adapter_name="style")
    return pipe
    ### END SOLUTION


# %% check="load"
_pipe = load_both(jumping())
assert _pipe is not None, "load_both should return the pipeline."
_names = {name for names in _pipe.get_list_adapters().values() for name in names}
assert len(_names) == 2, (
    f"{len(_names)} adapter(s) are loaded; a style and a speed are two files, added up. "
    "See [adding-it-to-a-style]."
)
assert _names == {"speed", "style"}, (
    f"The adapters are called {', '.join(sorted(_names))}: without `adapter_name` they can be told "
    "apart by nobody. See [in-code]."
)
_weights = _pipe.unet.state_dict()
_sums = {
    name: sum(w.double().abs().sum().item() for key, w in _weights.items() if f".{name}." in key)
    for name in _names
}
assert abs(_sums["speed"] - _sums["style"]) > 1e-6, (
    "Both names hold the same file. See [adding-it-to-a-style]."
)
print("load_both: right")

# %% [markdown]
# ## Weights
#
# Draw four steps at a scale of one, with weights for both.


# %% exercise="mix"
def mix(pipe, speed, style, prompts, latents):
    """Return pictures with both adapters at these weights; 0 leaves one out."""
    ### BEGIN SOLUTION
    # Hint: `set_adapters` with both names and both weights, each time: what was set stays.
    pipe.set_adapters(["speed", "style"], adapter_weights=[speed, style])
    return draw(pipe, prompts, latents, 4, 1.0)
    ### END SOLUTION


# %% check="mix"
_both = mix(_pipe, 1.0, 1.0, prompts[:8], latents[:8])
_alone = mix(_pipe, 1.0, 0.0, prompts[:8], latents[:8])
_swapped = mix(_pipe, 0.0, 1.0, prompts[:8], latents[:8])
assert torch.is_tensor(_both), "mix should return the pictures."
assert not torch.allclose(_both, _alone, atol=1e-3), (
    "The weight of the style changes nothing: `set_adapters` has to hear of both. "
    "See [weights-are-a-trade]."
)
assert not torch.allclose(_both, _swapped, atol=1e-3), (
    "The weight of the speed adapter changes nothing: `set_adapters` has to hear of it. "
    "See [adding-a-style]."
)
assert share_in_style(_alone, "pencil") <= share_in_style(_swapped, "pencil"), (
    "Your weights have changed places: with the style at nothing the pictures are in the style, "
    "and without the speed adapter they are not. See [adding-a-style-numbers]."
)
_pipe.set_adapters(["speed"], adapter_weights=[1.0])
assert torch.allclose(_alone, draw(_pipe, prompts[:8], latents[:8], 4, 1.0), atol=1e-3), (
    "With the style at nothing, the row should be that of the speed adapter alone, four steps at a "
    "scale of one. Was it guided? See [guidance-twice]."
)
print("mix: right")

# %% [markdown]
# ## A grid, and its control
#
# The control is the row that convinces a doubter: the speed adapter alone, judged as the style.

# %%
pipe = load_both(jumping())
WEIGHTS = {
    "both": (1.0, 1.0),
    "less style": (1.0, 0.7),
    "less speed": (0.6, 1.0),
    "control": (1.0, 0.0),
}
rows = {name: mix(pipe, a, b, prompts, latents) for name, (a, b) in WEIGHTS.items()}
found = {name: (share_in_style(x, "pencil"), share_right(x)) for name, x in rows.items()}
for name, (style, right) in found.items():
    print(
        f"{name:10s} {style:.0%} in style, {right:.0%} right, sharpness {sharpness(rows[name]):.3f}"
    )

# %% tags=["picture"]
pictured = pictures.show(rows)

# %% [markdown]
# ## What could be luck?
#
# A share $p$ of $n$ pictures has a standard error of $\sqrt{p (1 - p) / n}$. How many pictures does it
# take until twice that error is at most `width`?


# %% exercise="pictures"
def pictures_needed(share, width):
    """Return the smallest whole number of pictures, for a share known to plus or minus width."""
    ### BEGIN SOLUTION
    # Hint: solve 2 sqrt(p (1 - p) / n) = width for n, and round up.
    needed = 4 * share * (1 - share) / width**2
    return int(-(-needed // 1))
    ### END SOLUTION


# %% check="pictures"
_n = pictures_needed(0.5, 0.1)
assert _n is not None, "pictures_needed should return a number."
assert _n != 10, (
    "The error falls with the root of the number: for half the error, four times as many. "
    "See [weights-are-a-trade]."
)
assert _n != 25, (
    "One standard error is not enough to decide: two of them were asked for. See [adding-is-free]."
)
assert pictures_needed(0.9, 0.1) < _n, (
    "A share near one takes fewer pictures than one of a half: p (1 - p) is smaller. "
    "See [styles-add-up]."
)
assert (_n, pictures_needed(0.9, 0.1)) == (100, 36), (
    f"For a half to plus or minus a tenth it takes 100; yours says {_n}. See [adding-a-style-numbers]."
)
print("pictures_needed: right")

# %%
style, right = found["both"]
print("to know the share that is right to within three hundredths:", pictures_needed(right, 0.03))

# %% [markdown]
# ## Compare with your prediction
#
# In the build {value}`lcm-with-pencil/lcm@4,w=1/style|percent0` are in the style with both at full
# weight, {value}`lcm-with-pencil-07/lcm@4,w=1/style|percent0` with less of the style, and
# {value}`lcm-as-pencil/lcm@4,w=1/style|percent0` without it. Less style is less style; less of the speed
# adapter asks for jumps that were only partly learned. Now write two sentences: which weights would
# you use, and what do they cost, compared with fifty steps of the style alone?

# %%
for name, measured in (
    ("both", value("lcm-with-pencil/lcm@4,w=1/style")),
    ("less style", value("lcm-with-pencil-07/lcm@4,w=1/style")),
    ("control", value("lcm-as-pencil/lcm@4,w=1/style")),
):
    share = found[name][0]
    assert abs(share - measured) < 0.3, f"{name}: {share:.0%}, where the build has {measured:.0%}."
assert found["control"][0] < 0.2, "The control should show next to nothing of the style."
assert sharpness(rows["less speed"]) < sharpness(rows["both"]), (
    "With less of the speed adapter the pictures should be softer."
)
print("Style and speed add up, at a price.")


# %% wrong="load" name="one-adapter-only" see="adding-it-to-a-style"
def load_both(pipe):
    pipe.load_lora_weights(STYLE, adapter_name="style")
    return pipe


# %% wrong="load" name="names-forgotten" see="in-code"
def load_both(pipe):
    pipe.load_lora_weights(ADAPTER)
    pipe.load_lora_weights(STYLE)
    return pipe


# %% wrong="mix" name="style-always-on" see="weights-are-a-trade"
def mix(pipe, speed, style, prompts, latents):
    pipe.set_adapters(["speed", "style"], adapter_weights=[speed, 1.0])
    return draw(pipe, prompts, latents, 4, 1.0)


# %% wrong="mix" name="weights-exchanged" see="adding-a-style-numbers"
def mix(pipe, speed, style, prompts, latents):
    pipe.set_adapters(["speed", "style"], adapter_weights=[style, speed])
    return draw(pipe, prompts, latents, 4, 1.0)


# %% wrong="mix" name="guided-on-top" see="guidance-twice"
def mix(pipe, speed, style, prompts, latents):
    pipe.set_adapters(["speed", "style"], adapter_weights=[speed, style])
    return draw(pipe, prompts, latents, 4, 4.0)


# %% wrong="pictures" name="without-the-root" see="weights-are-a-trade"
def pictures_needed(share, width):
    return round(4 * share * (1 - share) / width)


# %% wrong="pictures" name="one-error-only" see="adding-is-free"
def pictures_needed(share, width):
    import math

    return math.ceil(share * (1 - share) / width**2)


# %% right="pictures" name="by-search"
def pictures_needed(share, width):
    count = 1
    while 2 * (share * (1 - share) / count) ** 0.5 > width + 1e-12:
        count += 1
    return count
