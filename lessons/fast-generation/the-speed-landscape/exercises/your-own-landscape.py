# ---
# jupyter:
#   exercise:
#     title: Your own landscape in the plane
#     seconds: 60
#     support: [plane, solvers]
#     models: [grid-edm, grid-flow, grid-cd]
# ---

# %% [markdown]
# # Your own landscape in the plane
#
# A flow, a diffusion teacher and a consistency student, from the same noise, with the same measures.
# Where do their curves cross?
#
# **Predict, before you run anything.** Below five evaluations, between five and twenty, or not at
# all? Will two measures agree about the place?

# %%
import matplotlib.pyplot as plt
import torch
from plane import (
    Counted,
    T,
    as_flow,
    as_student,
    as_teacher,
    clouds_missing,
    gaussian,
    levels,
    load_network,
    noise,
    off,
)
from solvers import euler, flow_levels, heun, jumps, multistep

COUNT = 3000
z = noise(COUNT)
fresh = [noise(COUNT, "renoise", i) for i in range(15)]
BUDGETS = (1, 2, 4, 8, 16)

# %% [markdown]
# ## Steps that fit a budget
#
# Each of the solvers has a price for a step. How many steps fit `budget` evaluations? A step of
# `heun` takes two, but the last one, to level zero, takes one.


# %% exercise="steps"
def steps_for(solver, budget):
    """Return how many steps of `solver` take at most `budget` evaluations, at least one."""
    ### BEGIN SOLUTION
    # Hint: one step an evaluation for `euler` and `multistep`; n steps of `heun` take 2 n - 1.
    return (budget + 1) // 2 if solver is heun else budget
    ### END SOLUTION


# %% check="steps"
def _spent(solver, budget):
    counted = Counted(gaussian)
    solver(counted, torch.ones(2, 2), levels(steps_for(solver, budget)))
    return counted.calls


assert steps_for(euler, 8) is not None, "steps_for should return a number."
assert _spent(euler, 8) == 8, (
    "Euler's method takes one evaluation a step. See [evaluations-are-not-seconds]."
)
assert _spent(heun, 8) <= 8, (
    f"Your {steps_for(heun, 8)} steps of Heun's method take {_spent(heun, 8)} evaluations, twice the "
    "budget: papers count steps, networks are paid by evaluation. See [misconception 3]."
)
assert all(budget - 1 <= _spent(heun, budget) <= budget for budget in (3, 4, 7, 16)), (
    "More steps of Heun's method would fit: the last one takes a single evaluation. See [the-solver]."
)
print("steps_for: right")

# %% [markdown]
# ## The same noise for all
#
# `systems` holds functions of a budget and of starting noise that return samples and the number of
# evaluations that they took. Measure each at each budget, from the one noise `z`.


# %% exercise="landscape"
def landscape(systems, budgets, z):
    """Return {name: {evaluations: (share off the data, clouds that are missing)}}."""
    ### BEGIN SOLUTION
    # Hint: for each system and budget call it with the same z; the key is the evaluations that it
    # says it took, the values are `off(x, "grid")` and `clouds_missing(x)`.
    curves = {}
    for name, system in systems.items():
        curves[name] = {}
        for budget in budgets:
            x, evaluations = system(budget, z)
            curves[name][evaluations] = off(x, "grid"), clouds_missing(x)
    return curves
    ### END SOLUTION


# %% check="landscape"
_given = []


def _recording(budget, start):
    _given.append(start.clone())
    return start, 2 * budget - 1


_z = noise(200)
_made = landscape({"recording": _recording}, (1, 2, 4), _z)
assert _made is not None and set(_made) == {"recording"}, (
    "landscape should return a curve for each system, by its name."
)
assert all(torch.equal(one, _z) for one in _given), (
    "Each call got noise of its own. Then the curves differ by luck as well as by method: start all "
    "from one noise. See [hook-one-noise-every-method]."
)
assert set(_made["recording"]) != {1, 2, 4}, (
    "The keys are budgets. What stands on the axis is what was paid: the evaluations that the system "
    "says it took. See [evaluations-are-not-seconds]."
)
assert set(_made["recording"]) == {1, 3, 7}, "There should be an entry for each budget."
_pair = _made["recording"][1]
assert abs(_pair[0] - off(_z, "grid")) < 1e-9 and _pair[1] == clouds_missing(_z), (
    "An entry is a pair: the share off the data, then the clouds that are missing. One measure sees "
    "dust, the other what is not there. See [misconception 4]."
)
print("landscape: right")

# %%
SECOND = {1: [T], 2: [T, 0.3], 4: [T, 0.8, 0.4, 0.2], 8: [T, 5.0, 3.0, 2.0, 1.2, 0.7, 0.4, 0.2]}
SECOND[16] = [T, *torch.logspace(0.8, -0.7, 15).tolist()]


def systems_of(seed):
    """Return the systems, of one of the trainings."""
    denoise = as_teacher(load_network("grid-edm", seed))
    flow, jump = (
        as_flow(load_network("grid-flow", seed)),
        as_student(load_network("grid-cd", seed)),
    )

    def walking(solver, network, grid, start):
        def run(budget, z):
            counted = Counted(network)
            x = solver(counted, start * z, grid(steps_for(solver, budget)))
            return x, counted.calls

        return run

    def jumping(budget, z):
        counted = Counted(jump)
        return jumps(counted, T * z, SECOND[budget], fresh), counted.calls

    return {
        "teacher, Euler": walking(euler, denoise, levels, T),
        "teacher, Heun": walking(heun, denoise, levels, T),
        "teacher, DPM-Solver++": walking(multistep, denoise, levels, T),
        "flow, Euler": walking(euler, flow, flow_levels, 1.0),
        "student": jumping,
    }


with torch.no_grad():
    curves = landscape(systems_of(0), BUDGETS, z)
    again = landscape(systems_of(1), BUDGETS, z)
print("evaluations: off the data, clouds that are missing")
for name, curve in curves.items():
    row = [f"{n:3d}: {share:5.1%}, {gone:2d}" for n, (share, gone) in curve.items()]
    print(f"{name:22s}", *row)

# %% [markdown]
# ## Where they cross
#
# The first number of evaluations, among those that both curves have, at which the rival is no worse
# than the student by both measures; none, if there is none.


# %% exercise="crossing"
def crossing(student, rival):
    """Return the evaluations at which the rival catches up, or None. Curves as above."""
    ### BEGIN SOLUTION
    # Hint: go through the numbers that both have, in rising order, and compare the pairs; return
    # the first number where neither entry of the rival's is larger.
    for evaluations in sorted(set(student) & set(rival)):
        pairs = zip(rival[evaluations], student[evaluations], strict=True)
        if all(theirs <= ours for theirs, ours in pairs):
            return evaluations
    return None
    ### END SOLUTION


# %% check="crossing"
_student = {1: (0.1, 0), 2: (0.08, 0), 4: (0.07, 0), 8: (0.06, 0)}
_slow = {1: (0.05, 24), 2: (0.5, 3), 4: (0.08, 0), 8: (0.02, 0), 16: (0.01, 0)}
_never = {1: (0.9, 24), 2: (0.8, 20), 4: (0.7, 9), 8: (0.6, 1)}
assert crossing(_student, _slow) is not None, (
    "The rival does catch up, at eight evaluations. There is no best method: the order changes along "
    "the axis. See [misconception 4]."
)
assert crossing(_student, _slow) != 1, (
    "At one evaluation the rival has few misses, and they are all in one cloud: the mean of the data "
    "happens to lie on the data. Look at both measures. See [one-step-needs-training]."
)
assert crossing(_student, _slow) == 8, (
    f"The rival catches up at eight evaluations; yours says {crossing(_student, _slow)}. Compare both "
    "at the same number of evaluations. See [misconception 1]."
)
assert crossing(_student, _never) is None, "Where a rival never catches up, return None."
print("crossing: right")

# %%
places = {}
for name in curves:
    if name != "student":
        places[name] = (
            crossing(curves["student"], curves[name]),
            crossing(again["student"], again[name]),
        )
        print(
            f"{name:22s} catches up at {places[name][0]}, with another training at {places[name][1]}"
        )

# %% tags=["picture"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for i, (name, curve) in enumerate(curves.items()):
    style = {"color": f"C{i}", "marker": "o", "markersize": 4}
    left.plot(list(curve), [share for share, _ in curve.values()], label=name, **style)
    left.plot(list(again[name]), [s for s, _ in again[name].values()], color=f"C{i}", alpha=0.3)
    right.plot(list(curve), [gone for _, gone in curve.values()], **style)
left.set(
    xscale="log", yscale="log", xlabel="evaluations", title="off the data; pale: another training"
)
right.set(xscale="log", xlabel="evaluations", title="clouds that are missing, of 25")
left.legend(fontsize=7)
figure.tight_layout()

# %% [markdown]
# ## Compare with your prediction
#
# In the build the student leaves {value}`grid-cd/consistency@4/off_manifold|percent1` off the data
# with four evaluations. DPM-Solver++ leaves {value}`grid-edm/dpmpp_2m@5/off_manifold|percent0` with
# five, {value}`grid-edm/dpmpp_2m@10/off_manifold|percent1` with ten and
# {value}`grid-edm/dpmpp_2m@20/off_manifold|percent1` with twenty. Do your two measures agree about
# the place?

# %%
by_student = curves["student"][4][0]
measured = value("grid-cd/consistency@4/off_manifold")
assert abs(by_student - measured) < 0.35 * measured + 0.005, (
    f"The student leaves {by_student:.2%} off with four evaluations; the build has {measured:.2%}."
)
assert curves["teacher, Euler"][1][1] > 20, "One Euler step should reach hardly any cloud."
assert curves["student"][1][1] < 3, "One jump should reach nearly all clouds."
print("The landscape is that of the build.")

# %% [markdown]
# **If you want more.** Plot the curves over seconds. Combine two of your models in a way that the
# lesson does not show, and predict the result first.


# %% wrong="steps" name="steps-for-evaluations" see="misconception 3"
def steps_for(solver, budget):
    return budget


# %% wrong="steps" name="half-for-heun" see="the-solver"
def steps_for(solver, budget):
    return max(1, budget // 2) if solver is heun else budget


# %% wrong="landscape" name="noise-of-its-own" see="hook-one-noise-every-method"
def landscape(systems, budgets, z):
    curves = {}
    for name, system in systems.items():
        made = [system(budget, torch.randn_like(z)) for budget in budgets]
        curves[name] = {n: (off(x, "grid"), clouds_missing(x)) for x, n in made}
    return curves


# %% wrong="landscape" name="budgets-on-the-axis" see="evaluations-are-not-seconds"
def landscape(systems, budgets, z):
    return {
        name: {b: (off(system(b, z)[0], "grid"), clouds_missing(system(b, z)[0])) for b in budgets}
        for name, system in systems.items()
    }


# %% wrong="crossing" name="the-student-wins" see="misconception 4"
def crossing(student, rival):
    return None


# %% wrong="crossing" name="dust-only" see="one-step-needs-training"
def crossing(student, rival):
    both = [n for n in student if n in rival and rival[n][0] <= student[n][0]]
    return min(both, default=None)


# %% wrong="crossing" name="against-a-single-jump" see="misconception 1"
def crossing(student, rival):
    return min(
        (n for n, pair in rival.items() if pair[0] <= student[1][0] and not pair[1]), default=None
    )


# %% right="crossing" name="by-comprehension"
def crossing(student, rival):
    both = [n for n in student if n in rival]
    ahead = [n for n in both if rival[n][0] <= student[n][0] and rival[n][1] <= student[n][1]]
    return min(ahead, default=None)
