"""Names of methods, data sets, figures and tables, and the modules behind them.

Strings only: importing this module imports nothing else, so that planning stays light.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A way to train a network.

    Attributes:
        module: Where `make(...)` is.
        needs: Roles that an experiment of this method must fill.
        samplers: Which samplers its network can be evaluated with.
    """

    module: str
    needs: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FigureEntry:
    """A figure: its module, the options that name experiments, and its other options."""

    module: str
    roles: tuple[str, ...]
    options: tuple[str, ...] = ()


METHODS: dict[str, Method] = {
    "edm": Method(
        "pipelines.methods.toy.edm",
        (),
        ("euler", "heun", "midpoint", "rk4", "dpmpp_2m", "unipc", "ddpm"),
    ),
    "ddpm": Method(
        "pipelines.methods.toy.ddpm",
        (),
        ("ddim", "ddim_half", "ddpm", "heun", "rk4", "dpmpp_2m", "unipc"),
    ),
    "flow_matching": Method(
        "pipelines.methods.toy.flow_matching", (), ("flow_euler", "flow_midpoint", "flow_rk4")
    ),
    "consistency_distillation": Method(
        "pipelines.methods.toy.consistency_distillation", ("teacher",), ("consistency",)
    ),
    "consistency_training": Method(
        "pipelines.methods.toy.consistency_training", (), ("consistency",)
    ),
    "ict": Method("pipelines.methods.toy.ict", (), ("consistency",)),
    "ect": Method("pipelines.methods.toy.ect", ("teacher",), ("consistency",)),
    "multistep_consistency": Method(
        "pipelines.methods.toy.multistep_consistency", ("teacher",), ("euler",)
    ),
    "reflow": Method(
        "pipelines.methods.toy.reflow",
        ("teacher",),
        ("flow_euler", "flow_midpoint", "flow_rk4"),
    ),
    "progressive_distillation": Method(
        "pipelines.methods.toy.progressive_distillation", ("teacher",), ("flow_euler",)
    ),
    "gan": Method("pipelines.methods.toy.gan", (), ("generate",)),
    "consistency_adversarial": Method(
        "pipelines.methods.toy.consistency_adversarial", ("teacher",), ("consistency",)
    ),
    "add": Method("pipelines.methods.toy.add", ("teacher",), ("consistency",)),
    "dmd": Method("pipelines.methods.toy.dmd", ("teacher",), ("generate",)),
    "scm": Method("pipelines.methods.toy.scm", ("teacher",), ("consistency",)),
    "shortcut": Method("pipelines.methods.toy.shortcut", (), ("flow_map",)),
    "meanflow": Method("pipelines.methods.toy.meanflow", (), ("flow_map",)),
}

DATASETS: tuple[str, ...] = ("moons", "grid25", "ring8", "checkerboard", "digits")

FIGURES: dict[str, FigureEntry] = {
    "three-levels": FigureEntry("pipelines.figures.three_levels", ("teacher", "flow", "student")),
    "one-trajectory": FigureEntry("pipelines.figures.one_trajectory", ("teacher",)),
    "steps-and-jump": FigureEntry("pipelines.figures.steps_and_jump", ("teacher", "student")),
    "worked-example": FigureEntry("pipelines.figures.worked_example", ("teacher", "student")),
    "mean-and-jump": FigureEntry("pipelines.figures.mean_and_jump", ("teacher", "student")),
    "samples-by-steps": FigureEntry(
        "pipelines.figures.samples_by_steps", ("teacher", "student"), ("sampler",)
    ),
    "training-curves": FigureEntry(
        "pipelines.figures.training_curves", ("distillation", "training")
    ),
    "quality-by-nfe": FigureEntry("pipelines.figures.quality_by_nfe", ("systems",), ("metric",)),
}

TABLES: dict[str, tuple[str, ...]] = {
    "timing": ("systems", "baseline"),
    "quality": ("systems", "metrics"),
}
