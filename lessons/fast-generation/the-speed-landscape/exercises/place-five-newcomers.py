# ---
# jupyter:
#   exercise:
#     title: Place five newcomers
#     seconds: 30
# ---

# %% [markdown]
# # Place five newcomers
#
# Five announcements, invented in the style of abstracts, so that nobody can look them up. What does
# each change, and what was its headline compared with?
#
# **Predict, before you read on.** How many of the five headlines will survive?
#
# - **Aster.** The network stays as it is. A step looks back at the last three evaluations and so
#   may be longer. *Ten evaluations of Aster are ahead of ten of DDIM: same model, same guidance, same
#   captions.*
# - **Birch.** The model is trained further on pairs of noise and its own pictures, so that its
#   trajectories bend less. *In four steps without guidance, Birch is level with four steps of the
#   original, guided as it is shipped.*
# - **Cedar.** A network that is told two noise levels and answers with the point at the second.
#   *One evaluation of Cedar on small photographs has a lower FID than one evaluation of a consistency
#   model on bedrooms.*
# - **Dogwood.** The network jumps to the end of the path, and a critic looks at where it lands.
#   *One unguided evaluation is ahead of one unguided evaluation of the same jump without the critic,
#   on the same data.*
# - **Elder.** A small file of low-rank weights, after which the model jumps. *Twenty steps of Elder
#   are ahead of twenty steps of Heun's method on the same model, without guidance on both sides.*

# %%
import hashlib

import matplotlib.pyplot as plt

NAMES = ("Aster", "Birch", "Cedar", "Dogwood", "Elder")
PLACES = ("solver", "path", "question", "judge")
SETTINGS = ("guidance", "evaluations", "data")


def _digest(*words):
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:8]


# %% [markdown]
# ## Four places
#
# For each name, the places where it changes something: of `PLACES`, two if you must.

# %% exercise="places"
### BEGIN SOLUTION
# Hint: placed = {"Aster": {...}, ...}, a set of PLACES for each of the five names. Ask what is
# other than before, never how many steps it takes.
placed = {
    "Aster": {"solver"},
    "Birch": {"path"},
    "Cedar": {"question"},
    "Dogwood": {"question", "judge"},
    "Elder": {"question"},
}
### END SOLUTION


# %% check="places"
_right = dict(
    zip(NAMES, ("b3694dff", "f39fcc1d", "c0ddcdc1", "8a5af57e", "866cf548"), strict=True)
)
assert set(placed) == set(NAMES), "Each of the five has a place: look at the keys of `placed`."
_strange = [one for places in placed.values() for one in places if one not in PLACES]
assert not _strange, (
    f"`{_strange[0]}` is none of the four places. See [explain-four-places-to-change-something]."
)
_fits = {name: _digest(name, *sorted(set(placed[name]))) == _right[name] for name in NAMES}
assert _fits["Aster"], (
    "Aster asks the same network along the same path, and walks more cleverly. That it needs few "
    "evaluations puts it on no higher rung: there is no ladder. See [misconception 1]."
)
assert _fits["Elder"] or "path" not in placed["Elder"], (
    "In what file weights are kept says nothing about what they do: with Elder's the network answers "
    "another question, and the path is the teacher's as before. See [the-question]."
)
assert _fits["Dogwood"] or "judge" not in placed["Dogwood"] or len(placed["Dogwood"]) > 1, (
    "Dogwood's critic comes on top of a network that jumps: two places. See [the-judge]."
)
for _name, _fit in _fits.items():
    assert _fit, (
        f"{_name} changes something else. Read its first sentence again, and ask which of the four "
        "is other than before. See [explain-four-places-to-change-something]."
    )
print("places: right")

# %% [markdown]
# ## Compared with what?
#
# For each headline, which of `SETTINGS` differ between its two sides? `evaluations` differ also
# where both sides count the same *steps*, and a step costs differently. An empty set survives.

# %% exercise="compare"
### BEGIN SOLUTION
# Hint: differs = {"Aster": set(), ...}, a set of SETTINGS for each of the five names. How many
# evaluations does a guided step take, and how many a step of Heun's method?
differs = {
    "Aster": set(),
    "Birch": {"guidance", "evaluations"},
    "Cedar": {"data"},
    "Dogwood": set(),
    "Elder": {"evaluations"},
}
### END SOLUTION


# %% check="compare"
_right = dict(
    zip(NAMES, ("bdfbbf87", "fa6f8e2f", "2d4e3a91", "fbd37501", "9f917814"), strict=True)
)
assert set(differs) == set(NAMES), "Each of the five has its entry: look at the keys of `differs`."
_fits = {
    name: _digest(name, "differs", *sorted(set(differs[name]))) == _right[name] for name in NAMES
}
assert _fits["Elder"], (
    "Both sides take twenty steps, and that is what is counted. A step of Heun's method asks the "
    "network twice, a jump once: count evaluations. See [misconception 3]."
)
assert _fits["Birch"] or "guidance" in differs["Birch"], (
    "One side is guided and the other is not. A baseline at the guidance of its many-step setting "
    "loses at four steps for that reason alone. See [how-much-of-it-is-free]."
)
assert _fits["Birch"], (
    "With guidance on one side only, four steps are not four evaluations on both: a guided step "
    "asks twice. See [evaluations-are-not-seconds]."
)
assert _fits["Cedar"], (
    "An FID on one data set cannot be set beside an FID on another. "
    "See [elaborate-what-papers-report]."
)
for _name, _fit in _fits.items():
    assert _fit, (
        f"{_name}: the two sides agree in more than you allow. What a method itself changes is what "
        "is compared, and no fault. See [elaborate-what-papers-report]."
    )
print("compare: right")

# %% tags=["picture"]
figure, axis = plt.subplots(figsize=(6.4, 3))
for row, name in enumerate(reversed(NAMES)):
    survives = not differs[name]
    colour = "C0" if survives else "0.6"
    for place in placed[name]:
        axis.scatter(PLACES.index(place), row, s=160, color=colour)
    why = "" if survives else "differs: " + ", ".join(sorted(differs[name]))
    axis.text(3.35, row, why, va="center", fontsize=8, color="0.3")
axis.set_yticks(range(5), [name for name in reversed(NAMES)])
axis.set_xticks(range(4), PLACES)
axis.set_xlim(-0.5, 5.6)
axis.set_ylim(-0.6, 4.6)
axis.set_title("blue: the headline survives", fontsize=9)
figure.tight_layout()

# %% [markdown]
# ## Compare with your prediction
#
# How many survive? The methods behind the others may be good all the same; their headlines do not
# tell. Now take the abstracts of five real papers that the module does not name, and do the same,
# in a table that somebody else could check without you.

# %%
survivors = [name for name in NAMES if not differs[name]]
print("survivors:", ", ".join(survivors))
assert 0 < len(survivors) < len(NAMES)

# %% wrong="places" name="by-the-number-of-steps" see="misconception 1"
placed = {
    "Aster": {"question"},
    "Birch": {"path"},
    "Cedar": {"question"},
    "Dogwood": {"question", "judge"},
    "Elder": {"question"},
}


# %% wrong="places" name="an-adapter-is-a-path" see="the-question"
placed = {
    "Aster": {"solver"},
    "Birch": {"path"},
    "Cedar": {"question"},
    "Dogwood": {"question", "judge"},
    "Elder": {"path"},
}


# %% wrong="places" name="a-critic-alone" see="the-judge"
placed = {
    "Aster": {"solver"},
    "Birch": {"path"},
    "Cedar": {"question"},
    "Dogwood": {"judge"},
    "Elder": {"question"},
}


# %% wrong="compare" name="steps-for-evaluations" see="misconception 3"
differs = {name: set() for name in NAMES} | {"Birch": {"guidance"}, "Cedar": {"data"}}


# %% wrong="compare" name="guidance-overlooked" see="how-much-of-it-is-free"
differs = {name: set() for name in NAMES} | {"Elder": {"evaluations"}, "Cedar": {"data"}}


# %% wrong="compare" name="data-overlooked" see="elaborate-what-papers-report"
differs = {name: set() for name in NAMES} | {
    "Birch": {"guidance", "evaluations"},
    "Elder": {"evaluations"},
}


# %% right="places" name="in-lists"
placed = dict(
    Elder=["question"],
    Dogwood=["judge", "question"],
    Cedar=["question"],
    Birch=("path",),
    Aster=["solver"],
)
