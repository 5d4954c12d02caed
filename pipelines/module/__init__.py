"""A module folder: its lessons, experiments and sources, and what they ask of a build."""
