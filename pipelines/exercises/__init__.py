"""Exercises that run: from one source the notebooks, their checks, and what the build tried."""
