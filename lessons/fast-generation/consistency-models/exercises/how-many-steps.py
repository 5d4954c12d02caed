# ---
# jupyter:
#   exercise:
#     title: How many steps?
#     seconds: 60
#     support: [plane]
#     models: [toy-edm, toy-cd]
# ---

# %% [markdown]
# # How many steps?
#
# One evaluation is the hardest question. How much does a second look repair, and where should it
# look?
#
# **Predict, before you run anything.** What happens if the second level is nearly $T$? And if it is
# nearly $\epsilon$? Draw the curve of misses over the second level that you expect.
#
# The student is the build's own. Put yours in its place if you have one: a function `f(x, t)`.

# %%
import matplotlib.pyplot as plt
import torch
from plane import EPS, T, as_student, as_teacher, levels, load_network, missed, noise, off

f = as_student(load_network("toy-cd"))
teacher = as_teacher(load_network("toy-edm"))
start = T * noise(4000)
fresh = [noise(4000, "renoise", i) for i in range(7)]

# %% [markdown]
# ## Jump, noise, jump again
#
# `levels` fall and begin at `T`; `fresh` holds a standard normal tensor for each level after the
# first. A jump lands at level `EPS`: bring the point up to exactly the next level.


# %% exercise="sample"
def sample(f, start, levels, fresh):
    """Return samples (n, 2): a jump from start at the first level, then one for each further."""
    ### BEGIN SOLUTION
    # Hint: jump; then for each further level add noise, so that variances add up to the level's
    # square, and jump from there. One evaluation a level.
    x = f(start, levels[0])
    for level, z in zip(levels[1:], fresh, strict=False):
        x = f(x + (level**2 - EPS**2) ** 0.5 * z, level)
    return x
    ### END SOLUTION


# %% check="sample"
_asked = []


def _recording(x, t):
    _asked.append((x.clone(), float(t)))
    return 0.5 * x


_start, _fresh = torch.ones(3, 2), [torch.full((3, 2), 2.0), torch.full((3, 2), 3.0)]
_end = sample(_recording, _start, [10.0, 0.02, 0.015], _fresh)
_seen = [t for _, t in _asked]
assert _asked and abs(_seen[0] - 10.0) < 1e-6, (
    "The first jump starts at the first level, from pure noise. See [jump-noise-jump-again]."
)
assert len(_asked) == 3, (
    f"Three levels are three evaluations of f; yours asks {len(_asked)} time(s). "
    "See [explain-a-second-look]."
)
_first = 0.5 * _start
_kept = _asked[1][0] - _first
assert not torch.allclose(_kept, 0.02 / 10 * _start, atol=1e-5), (
    "The noise that you add is the starting noise again: its errors come back with it. A second "
    "look needs fresh noise. See [explain-a-second-look]."
)
assert not torch.allclose(_kept, 0.02 * _fresh[0], atol=1e-5), (
    "You add noise of deviation t to a point that is at level EPS already, so that it ends above "
    "t. Variances add: take the root of t² - EPS². See [jump-noise-jump-again]."
)
assert not torch.allclose(_kept, 0.02 / 10 * (_start - _first), atol=1e-5), (
    "This walks back along the line to the old point: a step of a solver. A consistency model has "
    "no half-way; it jumps and is noised afresh. See [misconception 1]."
)
_size = (0.02**2 - EPS**2) ** 0.5
assert torch.allclose(_kept, _size * _fresh[0], atol=1e-5), (
    f"At level 0.02 the point should hold its jump plus {_size:.4f} times the fresh noise. "
    "See [explain-a-second-look]."
)
_now = 0.5 * _asked[1][0] + (0.015**2 - EPS**2) ** 0.5 * _fresh[1]
assert torch.allclose(_end, 0.5 * _now, atol=1e-5), (
    "The second further level should start from the answer of the first. "
    "See [explain-a-second-look]."
)
print("sample: right")

# %% [markdown]
# ## Both systems on one axis
#
# The levels are those of the build. Each jump is one evaluation of the network, and so is each Euler
# step.

# %%
SCHEDULES = {
    1: [T],
    2: [T, 0.3],
    4: [T, 0.8, 0.4, 0.2],
    8: [T, 5.0, 3.0, 2.0, 1.2, 0.7, 0.4, 0.2],
}


def euler(denoise, x, steps):
    grid = levels(steps)
    for t, s in zip(grid[:-1], grid[1:], strict=True):
        x = x + (s - t) * (x - denoise(x, t)) / t
    return x


by_student = {n: off(sample(f, start, falling, fresh)) for n, falling in SCHEDULES.items()}
by_teacher = {n: off(euler(teacher, start, n)) for n in (1, 2, 5, 10, 20, 50)}
for name, curve in (("student", by_student), ("teacher, Euler", by_teacher)):
    print(name, {n: f"{share:.1%}" for n, share in curve.items()})

# %% [markdown]
# ## The second level
#
# For each second level the share of two-step samples that miss. All must start from the same noise
# and get the same fresh noise, or you compare luck.


# %% exercise="scan"
def scan(f, start, fresh, second_levels):
    """Return the share of two-step samples off the data for each second level, a list."""
    ### BEGIN SOLUTION
    # Hint: `sample` with the levels T and the second one, from the same start and the same fresh
    # noise each time; `off` counts.
    return [off(sample(f, start, [T, level], fresh)) for level in second_levels]
    ### END SOLUTION


# %% check="scan"
_levels = [0.05, 0.3, 3.0]
_few = start[:500], [z[:500] for z in fresh]
_one, _two = (scan(f, *_few, _levels) for _ in range(2))
assert _one is not None and len(_one) == 3, "scan should return a share for each level."
assert _one == _two, (
    "Two calls differ, so each level gets noise of its own. Then part of what you see is luck: "
    "use the fresh noise that you are given. See [explain-a-second-look]."
)
_right = [off(sample(f, _few[0], [T, level], _few[1])) for level in _levels]
_alone = [off(f(level * _few[0] / T, level)) for level in _levels]
assert _one != _alone, (
    "You start at the second level, with one evaluation. The point is a second look: jump from T "
    "first. See [jump-noise-jump-again]."
)
assert all(abs(a - b) < 1e-6 for a, b in zip(_one, _right, strict=True)), (
    f"At level 0.3 the share should be {_right[1]:.3f}; yours is {_one[1]:.3f}. "
    "See [explain-a-second-look]."
)
print("scan: right")

# %%
second_levels = torch.logspace(-1.7, 0.98, 24).tolist()
shares = scan(f, start, fresh, second_levels)
best = second_levels[min(range(len(shares)), key=shares.__getitem__)]
print(f"best second level: about {best:.2f}")

# %% tags=["picture"]
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 3.2))
left.plot(list(by_student), list(by_student.values()), "o-", label="student")
left.plot(list(by_teacher), list(by_teacher.values()), "s-", label="teacher, Euler")
left.set(xscale="log", yscale="log", xlabel="evaluations", ylabel="off the data")
left.legend(fontsize=8)
middle.plot(second_levels, shares, ".-")
middle.axhline(by_student[1], color="0.6", linestyle=":")
middle.set(xscale="log", xlabel="second level", title="two steps; dotted: one step")
wrong = missed(f(start, T))
right.scatter(*start.T, s=2, color="0.8", linewidths=0)
right.scatter(*start[wrong].T, s=6, color="C3", linewidths=0)
right.set(title="noises whose one-step sample misses", aspect="equal", xticks=[], yticks=[])
figure.tight_layout()

# %% [markdown]
# ## Compare with your prediction
#
# In the build {value}`toy-cd/consistency@1/off_manifold|percent1` miss with one step,
# {value}`toy-cd/consistency@2/off_manifold|percent1` with two,
# {value}`toy-cd/consistency@4/off_manifold|percent1` with four and
# {value}`toy-cd/consistency@8/off_manifold|percent1` with eight that end at the same level. Near $T$
# the second jump is as hard as the first; near $\epsilon$ the function returns its input. The noises
# that go wrong lie along a line: the border between what flows to one half-moon and to the other.
#
# Now write two sentences: which system would you use at which budget of evaluations?

# %%
for n, measured in (
    (1, value("toy-cd/consistency@1/off_manifold")),
    (2, value("toy-cd/consistency@2/off_manifold")),
    (4, value("toy-cd/consistency@4/off_manifold")),
):
    assert abs(by_student[n] - measured) < 0.35 * measured + 0.004, (
        f"{by_student[n]:.2%} miss with {n} step(s), where the build has {measured:.2%}."
    )
assert 0.03 < best < 3, f"The best second level should be neither high nor low; yours: {best:.2f}."
assert by_student[1] < by_teacher[5], "One jump should be ahead of five Euler steps."
print("The curves are those of the build.")

# %% [markdown]
# **If you want more.** Replace the teacher's step by the pair of consistency training in the third
# exercise, and then also start from random weights. Which of the two changes costs more? Compare at
# the same number of training steps, and at the same processor time with the teacher's included.


# %% wrong="sample" name="starting-noise-again" see="explain-a-second-look"
def sample(f, start, levels, fresh):
    x = f(start, levels[0])
    for level in levels[1:]:
        x = f(x + level / levels[0] * start, level)
    return x


# %% wrong="sample" name="deviations-not-variances" see="jump-noise-jump-again"
def sample(f, start, levels, fresh):
    x = f(start, levels[0])
    for level, z in zip(levels[1:], fresh, strict=False):
        x = f(x + level * z, level)
    return x


# %% wrong="sample" name="walks-instead-of-jumping" see="misconception 1"
def sample(f, start, levels, fresh):
    x, old = start, levels[0]
    for level in levels[1:]:
        end = f(x, old)
        x, old = end + level / old * (x - end), level
    return f(x, old)


# %% wrong="scan" name="noise-of-its-own" see="explain-a-second-look"
def scan(f, start, fresh, second_levels):
    return [off(sample(f, start, [T, s], [torch.randn_like(start)])) for s in second_levels]


# %% wrong="scan" name="one-look-only" see="jump-noise-jump-again"
def scan(f, start, fresh, second_levels):
    return [off(f(s * start / T, s)) for s in second_levels]


# %% right="sample" name="recursive"
def sample(f, start, levels, fresh):
    x = f(start, levels[0])
    if len(levels) == 1:
        return x
    up = torch.sqrt(torch.tensor(levels[1] ** 2 - EPS**2)) * fresh[0]
    return sample(f, x + up, levels[1:], fresh[1:])
