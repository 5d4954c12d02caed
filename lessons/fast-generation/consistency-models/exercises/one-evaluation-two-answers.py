# ---
# jupyter:
#   exercise:
#     title: One evaluation, two answers
#     seconds: 60
#     support: [plane]
#     models: [toy-edm, toy-cd]
# ---

# %% [markdown]
# # One evaluation, two answers
#
# Ask the teacher once, from pure noise. What can one answer be?
#
# **Predict, before you run anything.** Where will one Euler step put the points, and how will it
# differ from one step of DDIM? Write down your answer, with a sketch.

# %%
import torch
from plane import (
    T,
    as_student,
    as_teacher,
    gaussian,
    levels,
    load_network,
    noise,
    off,
    panels,
    real,
    spread,
)

teacher = as_teacher(load_network("toy-edm"))
start = T * noise(1000)

# %% [markdown]
# ## Euler's step
#
# The slope of the ODE is $(x - D(x, t)) / t$. Take one step from level `t` to level `s`.


# %% exercise="euler"
def euler_step(denoise, x, t, s):
    """Return the points (n, 2) at level s, by one step of Euler's method from level t."""
    ### BEGIN SOLUTION
    # Hint: x plus the change of the level, times the slope at t.
    return x + (s - t) * (x - denoise(x, t)) / t
    ### END SOLUTION


# %% check="euler"
_x, _t, _s = torch.tensor([[2.0, -1.0], [0.5, 3.0]]), torch.tensor(2.0), torch.tensor(1.0)
_yours = euler_step(gaussian, _x, _t, _s)
_right = _x - (_x - gaussian(_x, _t)) / 2
assert _yours is not None and _yours.shape == _x.shape, "euler_step should return the points."
assert not torch.allclose(_yours, _x - (_x - gaussian(_x, _t))), (
    "You walk the way to the denoiser's answer at the full pace. The slope is that way divided by "
    "the level t: a point that far from the data may take its time. See [ode]."
)
assert not torch.allclose(_yours, _x + (_x - gaussian(_x, _t)) / 2), (
    "Your points move away from the data: s - t is negative where noise goes down. See [ode]."
)
assert torch.allclose(_yours, _right), (
    "On Gaussian data your step lands elsewhere than Euler's: compare it with [ode], letter by "
    f"letter. It is off by {(_yours - _right).abs().max():.3f}."
)
print("euler_step: right")

# %% [markdown]
# ## DDIM's step
#
# Predict the clean point; what remains of x is the predicted noise, $(x - x_0) / t$. Put as much of
# it back as level `s` holds.


# %% exercise="ddim"
def ddim_step(denoise, x, t, s):
    """Return the points (n, 2) at level s, by one step of DDIM from level t."""
    ### BEGIN SOLUTION
    # Hint: the clean prediction first, then the noise that it implies at level t; the point at
    # level s is the prediction plus s times that noise.
    x0 = denoise(x, t)
    z = (x - x0) / t
    return x0 + s * z
    ### END SOLUTION


# %% check="ddim"
torch.manual_seed(0)
_yours, _again = ddim_step(gaussian, _x, _t, _s), ddim_step(gaussian, _x, _t, _s)
assert _yours is not None and _yours.shape == _x.shape, "ddim_step should return the points."
assert torch.allclose(_yours, _again), (
    "Two calls differ, so you draw fresh noise. DDIM puts back the noise that it has just "
    "predicted; with fresh noise a path has no one end. See [explain-consistency-distillation]."
)
_flow = (1 - _s) * gaussian(_x, _t) + _s * (_x - gaussian(_x, _t)) / _t
assert not torch.allclose(_yours, _flow), (
    "These are the flow's coordinates, where noise pushes the data aside. Here noise is added "
    "without shrinking: the clean prediction keeps its whole weight. See [practice-build-one]."
)
assert torch.allclose(_yours, _right, atol=1e-6), (
    f"Your step is off by {(_yours - _right).abs().max():.3f} from what the predicted point and "
    "the predicted noise give together. See [one-step-is-not-one-jump]."
)
print("ddim_step: right")

# %% [markdown]
# ## The mean, without any network
#
# Is it the network's fault where these points land? The best possible answer can be computed from
# data alone. Each clean point $y$ could lie behind $x$, with a weight that falls with its distance:
# $w \propto \exp(-|x - y|^2 / (2 t^2))$. Return the weighted mean.


# %% exercise="mean"
def expected_clean(x, t, data):
    """Return the expected clean points (n, 2) behind x at level t, if the data are `data`."""
    ### BEGIN SOLUTION
    # Hint: squared distances of all x to all data, a softmax over the data of minus these over
    # two t squared, and the mean of the data with these weights.
    squared = torch.cdist(x, data).square()
    return torch.softmax(-squared / (2 * t**2), dim=1) @ data
    ### END SOLUTION


# %% check="mean"
_data = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
_x, _t = torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.25, 1.0]]), 2.0
_yours = expected_clean(_x, _t, _data)
_right = torch.tanh(_x[:, :1] / _t**2) * torch.tensor([1.0, 0.0])
assert _yours is not None and _yours.shape == _x.shape, "expected_clean should return points."
assert not torch.isclose(_yours[[0, 2]].norm(dim=1), torch.ones(2)).all(), (
    "You return the one most likely clean point. A squared error asks for the mean of all that "
    "could lie behind x; the end of the path is another question. See [misconception 1]."
)
assert not torch.allclose(_yours, torch.tanh(_x[:, :1] / _t) * torch.tensor([1.0, 0.0])), (
    "The weights use t where the variance belongs: the exponent divides by two t squared. "
    "See [one-step-is-a-mean]."
)
assert torch.allclose(_yours, _right, atol=1e-5), (
    f"For data at 1 and -1 the answer is tanh(x / t²), {_right[0, 0]:.3f} at the first point; "
    f"yours is {_yours[0, 0]:.3f}. Do the weights sum to one? See [one-step-is-a-mean]."
)
print("expected_clean: right")

# %% [markdown]
# ## Look

# %%
zero, top = torch.tensor(0.0), torch.tensor(T)
by_euler = euler_step(teacher, start, top, zero)
by_ddim = ddim_step(teacher, start, top, zero)
by_data = expected_clean(start, top, real(4000))
fine = start
for t, s in zip(levels(200)[:-1], levels(200)[1:], strict=True):
    fine = euler_step(teacher, fine, t, s)
student = as_student(load_network("toy-cd"))(start, top)
gap = (by_euler - by_ddim).abs().max().item()
print(f"largest difference of Euler and DDIM: {gap:.1e}")
print(
    f"spread of Euler's points: {spread(by_euler):.3f}, of the exact means: {spread(by_data):.3f}"
)
print(f"off the data: {off(by_euler):.2%}")

# %% tags=["picture"]
pictured = panels(
    {
        "fine solution": fine,
        "one Euler step, or DDIM": by_euler,
        "the mean, from data": by_data,
        "the build's student": student,
    }
)

# %% [markdown]
# ## Compare with your prediction
#
# In the build, Euler's points have a standard deviation of {value}`toy-edm/euler@1/spread|2g`, and
# {value}`toy-edm/euler@1/off_manifold|percent2` of them miss the data. DDIM's are the same points:
# in these coordinates the two formulas are one. And the means computed from data lie in the same
# place, so that no training error is to blame.

# %%
assert gap < 1e-4, "Euler and DDIM should agree to rounding."
measured = value("toy-edm/euler@1/spread")
assert abs(spread(by_euler) / measured - 1) < 0.25, (
    f"A spread of {spread(by_euler):.3f}, where the build has {measured:.3f}."
)
assert off(by_euler) > 0.95, "Nearly all of Euler's points should miss the data."
assert spread(fine) > 0.8, "The fine solution should be as wide as the data."
print("One evaluation of the denoiser gives the mean.")

# %% [markdown]
# **If you want more.** Keep the picture, and put your own student's answers beside it after the
# next exercise. At which level do the denoiser's answer and the end begin to coincide?


# %% wrong="euler" name="no-division-by-the-level" see="ode"
def euler_step(denoise, x, t, s):
    return x + (s - t) * (x - denoise(x, t))


# %% wrong="ddim" name="fresh-noise" see="explain-consistency-distillation"
def ddim_step(denoise, x, t, s):
    return denoise(x, t) + s * torch.randn_like(x)


# %% wrong="ddim" name="coordinates-of-the-flow" see="practice-build-one"
def ddim_step(denoise, x, t, s):
    x0 = denoise(x, t)
    return (1 - s) * x0 + s * (x - x0) / t


# %% wrong="mean" name="most-likely" see="misconception 1"
def expected_clean(x, t, data):
    return data[torch.cdist(x, data).argmin(dim=1)]


# %% wrong="mean" name="sigma-for-variance" see="one-step-is-a-mean"
def expected_clean(x, t, data):
    return torch.softmax(-torch.cdist(x, data).square() / (2 * t), dim=1) @ data


# %% right="mean" name="by-loops"
def expected_clean(x, t, data):
    means = []
    for point in x:
        weights = torch.exp(-((point - data) ** 2).sum(dim=1) / (2 * t**2))
        means.append((weights[:, None] * data).sum(dim=0) / weights.sum())
    return torch.stack(means)
