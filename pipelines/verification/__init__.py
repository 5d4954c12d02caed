"""Two builds, or a build and a reference: is this the same course, within its own tolerances?

`evidence` takes from a build what can be compared, small enough to be kept as a reference;
`comparison` holds two of them against each other, `numbers` and `products` in particular;
`reports` says what came of it.
"""
