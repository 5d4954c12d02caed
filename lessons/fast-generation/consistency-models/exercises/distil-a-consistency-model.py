# ---
# jupyter:
#   exercise:
#     title: Distil a consistency model
#     seconds: 60
#     support: [plane]
#     models: [toy-edm]
# ---

# %% [markdown]
# # Distil a consistency model
#
# The pieces stand in the lesson. You join them, and each has a test before you trust it.
#
# **Predict, before you run anything.** In which order will the noise levels become right during
# training: from the clean end upwards, from the noisy end downwards, or all at once? Would the
# teacher's weights as a starting point change your answer?

# %%
import copy

import torch
from plane import (
    EPS,
    Network,
    T,
    as_teacher,
    draw_moons,
    energy_distance,
    gaussian,
    levels,
    load_network,
    noise,
    off,
    panels,
    real,
    solve_gaussian,
    spread,
)

teacher = as_teacher(load_network("toy-edm"))
grid = levels(19)[:-1].flip(0)  # rising, from EPS to T
print(f"{len(grid)} levels from {grid[0]:g} to {grid[-1]:g}")

# %% [markdown]
# ## The skip coefficients
#
# The student is $f(x, t) = c_\text{skip}(t)\, x + c_\text{out}(t)\, F(x, t)$. Data here have unit
# deviation, and the clean level is `EPS`.


# %%
def as_student(network):
    """Return the consistency function f(x, t) around a network."""

    def f(x, t):
        t = torch.as_tensor(t, dtype=x.dtype)
        c_skip, c_out = skip_coefficients(t)
        return c_skip * x + c_out * network(x / (t**2 + 1) ** 0.5, t.log() / 4)

    return f


# %% exercise="skip"
def skip_coefficients(t):
    """Return c_skip and c_out at level t, a tensor; `EPS` is the level that counts as clean."""
    ### BEGIN SOLUTION
    # Hint: c_skip has to be exactly one at EPS and c_out exactly zero; the lesson gives both as
    # functions of t - EPS and of t.
    c_skip = 1 / ((t - EPS) ** 2 + 1)
    c_out = (t - EPS) / (t**2 + 1) ** 0.5
    return c_skip, c_out
    ### END SOLUTION


# %% check="skip"
torch.manual_seed(0)
_x = torch.randn(64, 2)
_differs = (as_student(Network())(_x, EPS) - _x).abs().max().item()
_skip, _out = (torch.as_tensor(c).item() for c in skip_coefficients(torch.tensor(2.0)))
assert (_skip, _out) != (0.0, 1.0), (
    "Without the boundary condition any constant is a perfect answer: all levels agree, and no "
    "level knows about what. See [boundary]."
)
assert abs(_skip - 1 / (2.0 - EPS + 1)) > 1e-6, (
    f"c_skip at level 2 is {_skip:.3f}: the level enters squared, as a variance. "
    "See [coefficients]."
)
assert _differs < 1e-6, (
    f"f(x, EPS) should be x, whatever the weights; yours differs by {_differs:.3f}: look at "
    "c_skip and c_out at t = EPS. They hold t - EPS, not t. See [a-boundary-that-cannot-be-broken]."
)
_expected = 1 / ((2.0 - EPS) ** 2 + 1), (2.0 - EPS) / 5.0**0.5
assert abs(_skip - _expected[0]) + abs(_out - _expected[1]) < 1e-5, (
    f"At level 2 they should be {_expected[0]:.4f} and {_expected[1]:.4f}; yours are {_skip:.4f} "
    f"and {_out:.4f}. See [skip]."
)
print("skip_coefficients: right")

# %% [markdown]
# ## The teacher's step
#
# One step of Heun's method, from level `t` down to `s`. It is tested on the exact denoiser of a
# standard Gaussian, $x / (1 + t^2)$, whose trajectories are $x_s = x_t \sqrt{(1 + s^2)/(1 + t^2)}$.


# %% exercise="step"
def teacher_step(denoise, x, t, s):
    """Return the points (n, 2) at level s, by one Heun step from t; levels (n, 1), s > 0."""
    ### BEGIN SOLUTION
    # Hint: a slope at t, a guess at s, the slope at the guess, and a step with their mean.
    slope = (x - denoise(x, t)) / t
    guess = x + (s - t) * slope
    there = (guess - denoise(guess, s)) / s
    return x + (s - t) * (slope + there) / 2
    ### END SOLUTION


# %% check="step"
_t, _s = torch.full((64, 1), 1.0), torch.full((64, 1), 0.8)
_made = teacher_step(gaussian, _x, _t, _s)
assert _made is not None and _made.shape == _x.shape, "teacher_step should return the points."
_error = (_made - solve_gaussian(_x, _t, _s)).abs().max().item()
_euler = _x + (_s - _t) * (_x - gaussian(_x, _t)) / _t
assert not torch.allclose(_made, _euler, atol=1e-6), (
    f"This is Euler's step, off by {_error:.4f}: one slope. The teacher's place for the neighbour "
    "has to be accurate, or the errors travel up the relay. See [cd-loss]."
)
assert _error < 5e-3, (
    f"On Gaussian data the trajectory is known, and your step is off by {_error:.3f}. Check the "
    "second slope: it is taken at the guess, and divided by its own level s. See [ode]."
)
print("teacher_step: right, to", f"{_error:.1e}")

# %% [markdown]
# ## The loss
#
# Two neighbours on one trajectory, and the demand that the student agrees with itself. The noise
# `z` and the numbers `n` of the lower levels are given, so that the test can repeat them.


# %% exercise="loss"
def distillation_loss(student, target, teacher, x0, z, n, grid):
    """Return the mean squared disagreement of neighbours; `grid` rises, n: (batch,)."""
    lower, higher = grid[n, None], grid[n + 1, None]
    ### BEGIN SOLUTION
    # Hint: noise the data to the higher level, let the teacher step down to the lower one, ask
    # the student above and the target below; no gradient flows through teacher and target.
    x_higher = x0 + higher * z
    with torch.no_grad():
        x_lower = teacher_step(teacher, x_higher, higher, lower)
        goal = target(x_lower, lower)
    return (student(x_higher, higher) - goal).square().sum(dim=1).mean()
    ### END SOLUTION


# %% check="loss"
torch.manual_seed(1)
_net = Network(hidden=16, layers=1)
_f = as_student(_net)
_x0, _z, _n = torch.randn(32, 2), torch.randn(32, 2), torch.randint(len(grid) - 1, (32,))
_high, _low = grid[_n + 1, None], grid[_n, None]
_above = _x0 + _high * _z
_below = teacher_step(gaussian, _above, _high, _low)


def _gradient(loss):
    _net.zero_grad()
    loss.backward()
    return torch.cat([w.grad.flatten() for w in _net.parameters()])


_loss = distillation_loss(_f, _f, gaussian, _x0, _z, _n, grid)
assert torch.is_tensor(_loss) and _loss.ndim == 0, "The loss should be one number, a tensor."
_same = (_f(_above, _high) - _f(_x0 + _low * _z, _low)).square().sum(dim=1).mean()
assert not torch.isclose(_loss, _same, rtol=1e-4), (
    "Your neighbour is the same noise at the lower level: that is consistency training, without a "
    "teacher. It is another method, of another quality. See [misconception 3]."
)
_right = (_f(_above, _high) - _f(_below, _low)).square().sum(dim=1).mean()
assert not torch.isclose(_loss, _right / 2, rtol=1e-4), (
    "Half of what it should be: sum the squares of both coordinates, then take the mean over the "
    "batch. See [what-the-loss-sees-in-three-numbers]."
)
assert torch.isclose(_loss, _right, rtol=1e-4), (
    f"The loss is {_loss.item():.4f} where it should be {_right.item():.4f}. Is the student asked "
    "at the higher level and the target at the lower one? See [cd-loss]."
)
_stopped = (_f(_above, _high) - _f(_below, _low).detach()).square().sum(dim=1).mean()
_wanted = _gradient(_stopped)
_made = _gradient(distillation_loss(_f, _f, gaussian, _x0, _z, _n, grid))
assert torch.allclose(_made, _wanted, rtol=1e-3, atol=1e-5), (
    "The value is right, and its gradient is not: it flows through the target too, which then "
    "comes to meet the student. Put `torch.no_grad()` around the target. "
    "See [what-the-slow-copy-is-for-and-what-it-is-not-for]."
)
print("distillation_loss: right")

# %% [markdown]
# ## The target copy
#
# After each step the target moves a little towards the student, in place:
# $\theta^- \leftarrow d\,\theta^- + (1 - d)\,\theta$ with the decay $d$.


# %% exercise="copy"
@torch.no_grad()
def follow(target, student, decay):
    """Move the weights of the network `target` towards those of `student`, in place."""
    for kept, live in zip(target.parameters(), student.parameters(), strict=True):
        ### BEGIN SOLUTION
        # Hint: multiply what is kept by the decay, and add the rest of the live weights, with
        # operations in place: mul_ and add_.
        kept.mul_(decay).add_(live, alpha=1 - decay)
        ### END SOLUTION


# %% check="copy"
_one, _two = Network(hidden=8, layers=1), Network(hidden=8, layers=1)
_before, _live = _one.last.weight.detach().clone(), _two.last.weight.detach().clone()
follow(_one, _two, 0.9)
assert torch.equal(_two.last.weight, _live), "Only the target moves; the student stays."
assert not torch.equal(_one.last.weight, _before), (
    "The target has not moved at all. `kept = …` gives a new tensor a name: change it in place. "
    "See [what-the-slow-copy-is-for-and-what-it-is-not-for]."
)
assert not torch.allclose(_one.last.weight, 0.1 * _before + 0.9 * _live), (
    "The decay is the share that is kept, not the share that is new: yours is nearly the live "
    "network. See [the-copy-helps]."
)
assert torch.allclose(_one.last.weight, 0.9 * _before + 0.1 * _live, atol=1e-6), (
    "With decay 0.9, nine tenths of the old weights and one tenth of the new should be left. "
    "See [what-the-slow-copy-is-for-and-what-it-is-not-for]."
)
print("follow: right")

# %% [markdown]
# ## Train
#
# The loop is the one that you know. The student starts from the teacher's weights; a second
# average of its weights is what we sample with.

# %%
STEPS, BATCH, RATE, DECAY = 2000, 256, 4e-3, 0.95
generator = torch.Generator().manual_seed(0)
network = copy.deepcopy(load_network("toy-edm")).requires_grad_(True)
slow, kept = copy.deepcopy(network), copy.deepcopy(network)
student, target, jump = as_student(network), as_student(slow), as_student(kept)
adam = torch.optim.Adam(network.parameters(), lr=RATE, betas=(0.9, 0.99))
rate = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, STEPS, pct_start=0.05, cycle_momentum=False)
start = T * noise(4000)
shots = {}
for step in range(STEPS + 1):
    if step in (0, 100, 300, 1000, STEPS):
        with torch.no_grad():
            shots[f"after {step} steps"] = jump(start, T)
    x0 = draw_moons(BATCH, generator)
    z = torch.randn(BATCH, 2, generator=generator)
    n = torch.randint(len(grid) - 1, (BATCH,), generator=generator)
    loss = distillation_loss(student, target, teacher, x0, z, n, grid)
    adam.zero_grad()
    loss.backward()
    adam.step()
    if step < STEPS - 1:
        rate.step()
    follow(slow, network, DECAY)
    follow(kept, network, min(0.995, (step + 1) / (step + 10)))

# %% tags=["picture"]
pictured = panels(shots, size=2.1)

# %% [markdown]
# ## Compare with the teacher
#
# The build's own student, with longer training, leaves
# {value}`toy-cd/consistency@1/off_manifold|percent1` of its one-step samples off the data. Its
# teacher leaves {value}`toy-edm/euler@1/off_manifold|percent1` with one Euler step,
# {value}`toy-edm/euler@5/off_manifold|percent1` with five and
# {value}`toy-edm/euler@10/off_manifold|percent1` with ten.

# %%
with torch.no_grad():
    one_step = jump(start, T)
missed, distance = off(one_step), energy_distance(one_step[:2000], real(2000))
print(f"off the data: {missed:.1%}   spread: {spread(one_step):.3f}")
print(f"energy distance to the data: {distance:.4f}")

# %%
assert spread(one_step) > 0.8, (
    f"Your samples have drawn together: their deviation is {spread(one_step):.2f}, the data's is "
    "one. Look again at the boundary condition and at the target."
)
assert missed < value("toy-edm/euler@5/off_manifold"), (
    f"{missed:.0%} of your samples miss the data; five Euler steps of the teacher do better."
)
assert distance < 0.005, f"An energy distance of {distance:.3f}: the samples lie elsewhere."
print("One evaluation, better than five Euler steps of the teacher.")

# %% [markdown]
# **If you want more.** Set the decay of the target to {given}`0.999`, then to zero, and plot
# $f(x_t, t)$ for one trajectory at every level. Where does the answer turn from the end to the
# mean?


# %% wrong="skip" name="no-boundary-condition" see="boundary"
def skip_coefficients(t):
    return torch.zeros_like(t), torch.ones_like(t)


# %% wrong="skip" name="sigma-for-variance" see="coefficients"
def skip_coefficients(t):
    return 1 / (t - EPS + 1), (t - EPS) / (t**2 + 1) ** 0.5


# %% wrong="skip" name="of-the-denoiser" see="a-boundary-that-cannot-be-broken"
def skip_coefficients(t):
    return 1 / (t**2 + 1), t / (t**2 + 1) ** 0.5


# %% wrong="step" name="euler-for-heun" see="cd-loss"
def teacher_step(denoise, x, t, s):
    return x + (s - t) * (x - denoise(x, t)) / t


# %% wrong="loss" name="same-noise" see="misconception 3"
def distillation_loss(student, target, teacher, x0, z, n, grid):
    lower, higher = grid[n, None], grid[n + 1, None]
    with torch.no_grad():
        goal = target(x0 + lower * z, lower)
    return (student(x0 + higher * z, higher) - goal).square().sum(dim=1).mean()


# %% wrong="loss" name="through-the-target" see="what-the-slow-copy-is-for-and-what-it-is-not-for"
def distillation_loss(student, target, teacher, x0, z, n, grid):
    lower, higher = grid[n, None], grid[n + 1, None]
    x_higher = x0 + higher * z
    with torch.no_grad():
        x_lower = teacher_step(teacher, x_higher, higher, lower)
    gap = student(x_higher, higher) - target(x_lower, lower)
    return gap.square().sum(dim=1).mean()


# %% wrong="copy" name="decay-the-other-way-round" see="the-copy-helps"
@torch.no_grad()
def follow(target, student, decay):
    for kept, live in zip(target.parameters(), student.parameters(), strict=True):
        kept.mul_(1 - decay).add_(live, alpha=decay)


# %% right="loss" name="detached-at-the-end"
def distillation_loss(student, target, teacher, x0, z, n, grid):
    above, below = grid[n + 1].unsqueeze(1), grid[n].unsqueeze(1)
    noisy = torch.addcmul(x0, above, z)
    cleaner = teacher_step(teacher, noisy, above, below).detach()
    gap = student(noisy, above) - target(cleaner, below).detach()
    return torch.einsum("bi,bi->", gap, gap) / len(gap)


# %% right="copy" name="by-lerp"
@torch.no_grad()
def follow(target, student, decay):
    for kept, live in zip(target.parameters(), student.parameters(), strict=True):
        kept.lerp_(live, 1 - decay)
