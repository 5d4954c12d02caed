"""Names of figures and tables, and the modules behind them; strings only, as in `registry`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureEntry:
    """A figure: its module, the options that name experiments, and its other options.

    `timed`: it shows CPU-seconds of trainings, which differ from build to build; `clocked`: what
    the clock of the tiny Stable Diffusion took.
    """

    module: str
    roles: tuple[str, ...]
    options: tuple[str, ...] = ()
    timed: bool = False
    clocked: bool = False


FIGURES: dict[str, FigureEntry] = {
    "three-levels": FigureEntry("pipelines.figures.three_levels", ("teacher", "flow", "student")),
    "one-trajectory": FigureEntry("pipelines.figures.one_trajectory", ("teacher",)),
    "steps-and-jump": FigureEntry("pipelines.figures.steps_and_jump", ("teacher", "student")),
    "worked-example": FigureEntry("pipelines.figures.worked_example", ("teacher", "student")),
    "mean-and-jump": FigureEntry("pipelines.figures.mean_and_jump", ("teacher", "student")),
    "samples-by-steps": FigureEntry(
        "pipelines.figures.samples_by_steps", ("teacher", "student"), ("sampler",)
    ),
    "training-curves": FigureEntry("pipelines.figures.training_curves", ("trainings",)),
    "quality-by-nfe": FigureEntry("pipelines.figures.quality_by_nfe", ("systems",), ("metric",)),
    "quality-by-compute": FigureEntry(
        "pipelines.figures.quality_by_compute", ("systems",), ("metric",), timed=True
    ),
    "gan-loss": FigureEntry("pipelines.figures.gan_loss", ("systems",)),
    "schedule-map": FigureEntry("pipelines.figures.schedule_map", ("student",), ("metric",)),
    "vector-field": FigureEntry("pipelines.figures.vector_field", ("teachers", "student")),
    "trajectories": FigureEntry("pipelines.figures.trajectories", ("systems",)),
    "digit-grid": FigureEntry("pipelines.figures.digit_grid", ("systems",)),
    "animation": FigureEntry("pipelines.figures.animation", ("systems",)),
    "guidance-2d": FigureEntry(
        "pipelines.figures.guidance_2d", ("teacher", "students"), ("system",)
    ),
    "picture-rows": FigureEntry("pipelines.figures.picture_rows", ("systems",)),
    "quality-by-steps": FigureEntry(
        "pipelines.figures.quality_by_steps", ("systems",), ("metrics", "by")
    ),
    "landscape": FigureEntry("pipelines.figures.landscape", ("plane", "pictures"), clocked=True),
    "handoffs": FigureEntry("pipelines.figures.handoffs", ("systems",)),
    "latency-parts": FigureEntry("pipelines.figures.latency_parts", ("systems",), clocked=True),
    "guidance-grid": FigureEntry("pipelines.figures.guidance_grid", ("system",)),
    "atlas": FigureEntry("pipelines.figures.atlas", ("systems",), timed=True),
}

TABLES: dict[str, tuple[str, ...]] = {
    "timing": ("systems", "baseline"),
    "quality": ("systems", "metrics", "against"),
    "trainings": ("systems", "metrics"),
    "composability": ("systems",),
    "claims": (),
}
