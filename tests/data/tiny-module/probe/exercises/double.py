# ---
# jupyter:
#   exercise:
#     title: Double
#     seconds: 60
# ---

# %% [markdown]
# # Double
#
# What it is about, and what to find out.
#
# **Predict, before you run anything.** What will come out?

# %% [markdown]
# ## Double a number

# %% exercise="double"
def double(number):
    """Return twice the number."""
    ### BEGIN SOLUTION
    # Hint: what students read in place of the solution.
    return number + number
    ### END SOLUTION


# %% check="double"
assert double(3) is not None, "double should return its result, not print it."
assert double(4) != 16, "That is the square. Twice four is four more than four. See [hook]."
assert double(0) != 2, "You add two: try it with nothing at all. See [hook]."
assert double(-1) > -3, "Three times is once too often. See [hook]."
### BEGIN HIDDEN TESTS
assert double(0.5) == 1.0, "It should also double what is no whole number."
### END HIDDEN TESTS
print("double: right")


# %% wrong="double" name="the-square" see="hook"
def double(number):
    return number**2


# %% wrong="double" name="two-more" see="hook"
def double(number):
    return number + 2


# %% wrong="double" name="three-times" see="hook"
def double(number):
    return 3 * number


# %% right="double" name="by-shifting"
def double(number):
    return number / 0.5
