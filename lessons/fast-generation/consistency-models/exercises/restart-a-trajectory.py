# ---
# jupyter:
#   exercise:
#     title: Restart a trajectory
#     seconds: 60
#     support: [plane]
#     models: [toy-edm]
# ---

# %% [markdown]
# # Restart a trajectory
#
# Stand on a point of a trajectory, forget how you came there, and solve again. Where do you arrive?
#
# **Predict, before you run anything.** The restarts use another grid of levels than the
# trajectory did. Will their ends agree exactly, to within the solver's error, or not at all?
# Write down your answer.
#
# You need what the lesson calls the ODE, $\mathrm{d}x/\mathrm{d}t = (x - D(x, t)) / t$, and a
# teacher, whose denoiser $D$ is loaded for you.

# %%
import matplotlib.pyplot as plt
import torch
from plane import T, as_teacher, gaussian, levels, load_network, noise, solve_gaussian

teacher = as_teacher(load_network("toy-edm"))
start = T * noise(8)
grid = levels(100)
shown = [round(t, 3) for t in grid.tolist()]
print("levels:", shown[:3], "...", shown[-2:])

# %% [markdown]
# ## A solver that remembers its way
#
# Write Heun's method. It returns all states, the first and the last included. The last step goes to
# level zero, where the slope is not defined: there the answer is the denoiser's own.


# %% exercise="solve"
def solve(denoise, x, levels):
    """Return the states at all levels, a list of tensors (n, 2). Levels fall, the last is 0."""
    states = [x]
    for t, s in zip(levels[:-1], levels[1:], strict=True):
        ### BEGIN SOLUTION
        # Hint: the slope at t takes you to a guess at s; the mean of the slope at t and the
        # slope at the guess takes you there better. Where s is 0, return what the denoiser says.
        slope = (x - denoise(x, t)) / t
        guess = x + (s - t) * slope
        if s > 0:
            there = (guess - denoise(guess, s)) / s
            guess = x + (s - t) * (slope + there) / 2
        x = guess
        ### END SOLUTION
        states.append(x)
    return states


# %% check="solve"
_levels = torch.linspace(3.0, 1.0, 11)
_x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
_states = solve(gaussian, _x, _levels)
assert _states is not None and len(_states) == 11, (
    "solve should return a state for each level, the first included: 11 here. Append and return."
)
_error = (_states[-1] - solve_gaussian(_x, _levels[0], _levels[-1])).abs().max().item()
_away = (_states[-1] - _x).abs().max().item()
assert (_states[-1].abs() <= _x.abs()).all(), (
    "Noise goes down and the points move outwards: the step (s - t) is negative where levels "
    "fall, and your sign takes it away again. See [ode]."
)
_euler = _x
for _t, _s in zip(_levels[:-1], _levels[1:], strict=True):
    _euler = _euler + (_s - _t) * (_euler - gaussian(_euler, _t)) / _t
assert (_states[-1] - _euler).abs().max() > 1e-6, (
    f"This is Euler's method: on a problem whose answer is known it is off by {_error:.4f}. Heun "
    "looks again at the place where the step would land, and takes the mean. See [cd-loss]."
)
assert _error < 4e-3, (
    f"On Gaussian data the ends are known exactly; yours are off by {_error:.4f}, after a way of "
    f"{_away:.2f}. Compare your slope with [ode]: x minus the denoiser's answer, over the level."
)
### BEGIN HIDDEN TESTS
_last = solve(gaussian, _x, torch.tensor([1.0, 0.0]))[-1]
assert torch.allclose(_last, gaussian(_x, torch.tensor(1.0))), (
    "The step to level 0 should give the denoiser's own answer. See [one-step-is-a-mean]."
)
### END HIDDEN TESTS
print("solve: right, to", f"{_error:.1e}")

# %% [markdown]
# ## The trajectory
#
# Eight starting noises, solved finely. We take the trajectory that bends most, and five of its
# points.

# %%
states = torch.stack(solve(teacher, start, grid))
chord = (states[-1] - states[0]) / (states[-1] - states[0]).norm(dim=1, keepdim=True)
away = states - states[0]
bend = (away - (away * chord).sum(-1, keepdim=True) * chord).norm(dim=-1).amax(0)
which = int(bend.argmax())
chosen = [17, 33, 50, 67, 83]
print("trajectory", which, "at levels", [round(grid[i].item(), 3) for i in chosen])

# %% [markdown]
# ## Solve again from any point
#
# `restart` stands on points `x` at level `t` and knows nothing else. It walks down in `steps`
# steps of its own: `levels(steps, start)` gives a grid that begins anywhere.


# %% exercise="restart"
def restart(denoise, x, t, steps):
    """Return the ends (n, 2) of the trajectories through x at level t."""
    ### BEGIN SOLUTION
    # Hint: call `solve` from x with a grid of `steps` levels that begins at t, and return the
    # last of its states.
    return solve(denoise, x, levels(steps, float(t)))[-1]
    ### END SOLUTION


# %% check="restart"
_i = 50
_again = restart(teacher, states[_i], grid[_i], 100)
assert _again is not None and _again.shape == start.shape, (
    "restart should return the ends only, a tensor of the shape of x."
)
_gap = (_again - states[-1]).norm(dim=1).max().item()
assert _gap > 1e-7, (
    "Your ends agree exactly. That is no finding: you have walked the old grid again, step by "
    "step, and tested nothing. Give the restart a grid of its own. See [misconception 2]."
)
assert (_again - restart(teacher, states[_i], grid[_i], 10)).abs().max() > 1e-7, (
    "The number of steps changes nothing: `restart` should walk down in `steps` steps of its own, "
    "so that a finer grid can show that what is left is the solver's error. See [restarts-agree]."
)
assert _gap < 0.1, (
    f"The ends are {_gap:.2f} from those of the trajectory. A solver that begins at T takes your "
    "point for pure noise: the grid has to begin at the level t where the point stands. See [ode]."
)
print("restart: right")

# %% [markdown]
# ## Look

# %%
gaps = {}
for steps in (10, 20, 50, 100):
    end = solve(teacher, start, levels(steps))[-1]
    ends = torch.stack([restart(teacher, states[i], grid[i], steps) for i in chosen])
    gaps[steps] = (ends - end).norm(dim=-1).max().item()
    print(f"{steps:4d} steps: the ends lie at most {gaps[steps]:.5f} apart")

# %% tags=["picture"]
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
way = states[:, which] / (1 + grid[:, None] ** 2) ** 0.5
left.plot(*way.T, color="0.6")
for i in chosen:
    left.plot(*way[i], "o", label=f"t = {grid[i]:.2f}")
left.plot(*way[-1], "k*", markersize=12)
left.set_title("The trajectory (rescaled), and where we restart", fontsize=9)
left.legend(fontsize=7)
offsets = ends[:, which] - states[-1, which]
for i, offset in zip(chosen, offsets, strict=True):
    right.plot(*offset, "o", label=f"from t = {grid[i]:.2f}")
right.plot(0, 0, "k*", markersize=12)
right.set_title("The ends, beside the trajectory's own", fontsize=9)
right.ticklabel_format(scilimits=(0, 0))
figure.tight_layout()

# %% [markdown]
# ## Compare with your prediction
#
# The build of this page finds {value}`toy-edm/heun@100/restart_deviation|2g` as the largest
# distance, over more trajectories than these. With a finer grid it shrinks: what is left is the
# solver's error, not a property that fails.

# %%
measured = value("toy-edm/heun@100/restart_deviation")
assert 0 < gaps[100] < 3 * measured, (
    f"Largest distance {gaps[100]:.5f}, where the build has {measured}: is the teacher its own?"
)
assert gaps[100] < gaps[10] / 4, "A grid ten times as fine should shrink the error much more."
print("Restarts agree to within the solver's error.")

# %% [markdown]
# **If you want more.** Restart with Euler's method in place of Heun's. How many steps does it take
# to agree as closely? What order of the method do you read off?


# %% wrong="solve" name="euler-for-heun" see="cd-loss"
def solve(denoise, x, levels):
    states = [x]
    for t, s in zip(levels[:-1], levels[1:], strict=True):
        x = x + (s - t) * (x - denoise(x, t)) / t
        states.append(x)
    return states


# %% wrong="solve" name="wrong-way" see="ode"
def solve(denoise, x, levels):
    states = [x]
    for t, s in zip(levels[:-1], levels[1:], strict=True):
        slope = (x - denoise(x, t)) / t
        guess = x + (t - s) * slope
        if s > 0:
            guess = x + (t - s) * (slope + (guess - denoise(guess, s)) / s) / 2
        x = guess
        states.append(x)
    return states


# %% wrong="restart" name="old-grid" see="misconception 2"
def restart(denoise, x, t, steps):
    return solve(denoise, x, grid[grid <= t])[-1]


# %% wrong="restart" name="from-the-top" see="ode"
def restart(denoise, x, t, steps):
    return solve(denoise, x, levels(steps))[-1]


# %% wrong="restart" name="steps-forgotten" see="restarts-agree"
def restart(denoise, x, t, steps):
    return solve(denoise, x, levels(50, float(t)))[-1]


# %% right="solve" name="recursive"
def solve(denoise, x, levels):
    if len(levels) == 1:
        return [x]
    t, s = levels[0], levels[1]
    d = denoise(x, t)
    y = d + (x - d) * (s / t)
    if s > 0:
        e = denoise(y, s)
        y = x + (s - t) / 2 * ((x - d) / t + (y - e) / s)
    return [x, *solve(denoise, y, levels[1:])]
