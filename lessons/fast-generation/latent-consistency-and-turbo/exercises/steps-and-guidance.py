# ---
# jupyter:
#   exercise:
#     title: Steps and guidance
#     seconds: 90
#     memory_mb: 4000
#     support: [pictures]
#     models: [base, lcm-lora, lcm/unet]
# ---

# %% [markdown]
# # Steps and guidance
#
# The adapter has its guidance built in. What happens where one guides on top?
#
# **Predict, before you run anything.** Where does the grid break first: at many steps and high
# guidance, or at few steps and high guidance?

# %%
import pictures  # first: what is imported after it keeps quiet
import torch
from diffusers import LCMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from pictures import (
    ADAPTER,
    BASE,
    FULL_LCM,
    Evaluations,
    captions,
    share_right,
    starting_latents,
)

prompts, latents = captions(24), starting_latents(24)
STEPS, SCALES = (1, 2, 4, 8), (1.0, 1.5, 2.0, 4.0)


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


def ready(pipe):
    """Return a pipeline that jumps."""
    pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe


fast = ready(StableDiffusionPipeline.from_pretrained(BASE))
fast.load_lora_weights(ADAPTER)

# %% [markdown]
# ## Burnt pictures
#
# A picture that is guided too strongly runs into the ends of its range. Return the share of values
# within `END` of either end, black or white.

# %% exercise="clipped"
END = 0.0025


def clipped(images):
    """Return the share of values below END or above 1 - END, of pictures from 0 to 1."""
    ### BEGIN SOLUTION
    # Hint: a comparison with each end gives a tensor of true and false; its mean, as numbers, is a
    # share.
    at_an_end = (images < END) | (images > 1 - END)
    return at_an_end.float().mean().item()
    ### END SOLUTION


# %% check="clipped"
_black, _white = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
_part = torch.full((2, 3, 4, 4), 0.5)
_part[0, :, :2] = 0.0
assert clipped(_part) is not None, "clipped should return a number."
assert clipped(_white) > 0.5, "A white picture is clipped everywhere, at the upper end."
assert clipped(_black) > 0.5, (
    "A black picture is clipped everywhere, at the lower end; you look at one end only. "
    "See [guidance-twice]."
)
assert clipped(_part) <= 1, (
    "A share lies between 0 and 1: divide by the number of values. See [how-much-guidance-on-top]."
)
assert abs(clipped(_part) - 0.25) < 1e-6, (
    f"A quarter of these values are at an end; yours says {clipped(_part):.2f}. A share of values is not a "
    "share of pictures. See [steps-and-guidance]."
)
print("clipped: right")

# %% [markdown]
# ## The grid
#
# The same captions and the same latents in every cell.


# %% exercise="grid"
def grid(pipe, prompts, latents, steps, scales):
    """Return {(steps, scale): pictures} for each pair."""
    ### BEGIN SOLUTION
    # Hint: two loops around `draw`, with the same prompts and latents each time.
    return {(n, w): draw(pipe, prompts, latents, n, w) for n in steps for w in scales}
    ### END SOLUTION


# %% check="grid"
_cells = grid(fast, prompts[:2], latents[:2], (1, 2), (1.0, 4.0))
assert _cells is not None and set(_cells) == {(1, 1.0), (1, 4.0), (2, 1.0), (2, 4.0)}, (
    "grid should return pictures for each pair of steps and scale."
)
_right = draw(fast, prompts[:2], latents[:2], 1, 4.0)
assert not torch.allclose(_cells[1, 4.0], _cells[1, 1.0], atol=1e-3), (
    "The scale makes no difference in your grid: pass it on. See [needs-tuning]."
)
_unlike = draw(fast, prompts[:2], torch.randn_like(latents[:2]), 1, 4.0)
assert torch.allclose(_cells[1, 4.0], _right, atol=1e-3), (
    "Cells begin from latents of their own. Then a cell differs from its neighbour by luck as well: "
    "use the latents that you are given. See [hook]."
)
print("grid: right")

# %%
cells = grid(fast, prompts, latents, STEPS, SCALES)
shares = {cell: (share_right(images), clipped(images)) for cell, images in cells.items()}
print("right, clipped", *(f"scale {w:g}".rjust(14) for w in SCALES))
for n in STEPS:
    row = [f"{shares[n, w][0]:7.0%}, {shares[n, w][1]:5.1%}" for w in SCALES]
    print(f"{n} step(s)     ", *row)

# %% tags=["picture"]
pictured = pictures.show(
    {f"{n} step(s), {w:g}": cells[n, w] for n in (1, 4) for w in (1.0, 2.0, 4.0)}
)

# %% [markdown]
# ## The cell that you would ship
#
# Of the cells that have at most `allowed` less right than the best one, the one with the fewest
# evaluations. `shares` holds pairs, the share that is right first.


# %% exercise="ship"
def ship(shares, allowed=0.05):
    """Return the cheapest cell, (steps, scale), that is nearly as good as the best."""
    ### BEGIN SOLUTION
    # Hint: keep the cells whose share right is at least the best one's minus what is allowed; of
    # these take the one with the fewest evaluations. A guided step takes two.
    best = max(right for right, _ in shares.values())
    good = [cell for cell, (right, _) in shares.items() if right >= best - allowed]
    return min(good, key=lambda cell: cell[0] * (1 + (cell[1] > 1)))
    ### END SOLUTION


# %% check="ship"
_shares = {
    (1, 1.0): (0.70, 0.01),
    (2, 2.0): (0.95, 0.02),
    (3, 1.0): (0.94, 0.01),
    (8, 1.0): (0.97, 0.01),
    (8, 4.0): (0.20, 0.30),
}
assert ship(_shares) is not None, "ship should return a cell."
assert ship(_shares) != (8, 1.0), (
    "That is the best cell, whatever it costs. Another is nearly as good for less. See [below-four-steps]."
)
assert ship(_shares) != (2, 2.0), (
    "Fewer steps, and more evaluations: guided, a step asks twice. Its two steps cost four, the three "
    "unguided ones three. See [two-against-four]."
)
assert ship(_shares) == (3, 1.0), (
    f"You ship {ship(_shares)}. Good enough comes first, then the fewest evaluations. "
    "See [two-steps-repair]."
)
print("ship:", ship(shares))

# %% [markdown]
# ## A full LCM, which is told its scale

# %%
told = ready(
    StableDiffusionPipeline.from_pretrained(
        BASE, unet=UNet2DConditionModel.from_pretrained(FULL_LCM, subfolder="unet")
    )
)
with Evaluations(told, pictures=24) as counted:
    dial = {w: draw(told, prompts, latents, 4, w) for w in (2.0, 4.0)}
print("evaluations of a row:", counted.calls // 2)
for w, images in dial.items():
    print(f"told {w:g}: {share_right(images):.0%} right, {clipped(images):.1%} clipped")

# %% [markdown]
# ## Compare with your prediction
#
# In the build {value}`lcm-lora/lcm@1,w=1/clipped|percent1` of the values are clipped with one step at a
# scale of one, and {value}`lcm-lora/lcm@1,w=4/clipped|percent1` at four. The grid breaks at few steps
# first. The full LCM is told its scale and does not break: it was trained at many.

# %%
low, high = shares[1, 1.0][1], shares[1, 4.0][1]
measured = value("lcm-lora/lcm@1,w=4/clipped")
assert abs(high - measured) < 0.4 * measured, (
    f"{high:.1%} clipped with one step at a scale of four, where the build has {measured:.1%}."
)
assert low < shares[1, 2.0][1] < high, "With one step the clipped share should rise along the row."
assert shares[8, 4.0][1] < high, "Eight steps should be less burnt than one, at the same scale."
assert counted.calls == 8, "A full LCM is told its scale, and asked once a step."
print("The grid breaks at few steps and high guidance.")

# %% [markdown]
# **If you want more.** Write a negative prompt and find the smallest scale at which it has an effect.


# %% wrong="clipped" name="one-end-only" see="guidance-twice"
def clipped(images):
    return (images > 0.9975).float().mean().item()


# %% wrong="clipped" name="a-count" see="how-much-guidance-on-top"
def clipped(images):
    return int(((images < 0.0025) | (images > 0.9975)).sum())


# %% wrong="clipped" name="of-pictures" see="steps-and-guidance"
def clipped(images):
    return ((images < 0.0025) | (images > 0.9975)).flatten(1).any(1).float().mean().item()


# %% wrong="grid" name="latents-of-their-own" see="hook"
def grid(pipe, prompts, latents, steps, scales):
    return {
        (n, w): draw(pipe, prompts, torch.randn_like(latents), n, w) for n in steps for w in scales
    }


# %% wrong="ship" name="the-best" see="below-four-steps"
def ship(shares, allowed=0.05):
    return max(shares, key=lambda cell: shares[cell][0])


# %% wrong="ship" name="fewest-steps" see="two-against-four"
def ship(shares, allowed=0.05):
    best = max(right for right, _ in shares.values())
    return min(cell for cell, (right, _) in shares.items() if right >= best - allowed)


# %% right="clipped" name="by-distance-from-the-middle"
def clipped(images):
    return ((images - 0.5).abs() > 0.4975).double().mean().item()
