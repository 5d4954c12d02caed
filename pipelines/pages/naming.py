"""What systems and metrics are called in words, on pages: in tables and in lists of numbers."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.contracts.keys import MeasurementKey, SystemKey, experiment_of
from pipelines.contracts.system_names import NO_MODEL, how_sampled, levels_of, system_name
from pipelines.pages.page import Page
from pipelines.pages.sources import Sources

_METRICS = {  # title, format
    "off_manifold": ("Off the data", "percent1"),
    "sliced_w2": ("Sliced Wasserstein-2", "3f"),
    "energy_distance": ("Energy distance", "4f"),
    "paired_rmse": ("Paired error", "3f"),
    "spread": ("Standard deviation of samples", "2f"),
    "modes_reached": ("Modes reached", "1f"),
    "mode_variation": ("Unevenness of modes", "3f"),
    "frechet_distance": ("Fréchet distance", "2f"),
    "memorised": ("Copies of training data", "percent1"),
    "nearer_than_new": ("Nearer to training data than new ones", "2f"),
    "class_accuracy": ("Class as asked", "percent2"),
    "class_spread": ("Spread within a class", "2f"),
    "all": ("All attributes right", "percent1"),
    **{name: (f"Right {name}", "percent1") for name in ("size", "pattern", "colour", "shape")},
    "place": ("Right place", "percent1"),
    "held_out_all": ("All right, held-out captions", "percent1"),
    "held_out_shape": ("Right shape, held-out captions", "percent1"),
    "style": ("Right style", "percent1"),
    "frechet": ("Fréchet distance", "1f"),
    "kernel": ("Kernel distance", "1f"),
    "sharpness": ("Sharpness", "2f"),
    "clipped": ("Clipped values", "percent1"),
    "diversity": ("Diversity", "2f"),
}


def system_label(page: Page, system: str, title: str = "") -> Markup:
    """Name a system by the title that a plan gives it, or by its experiment's and its sampler.

    What points at the sampler sees the key.
    """
    if title:
        return Markup('<span title="{}">{}</span>').format(system, title)
    name = experiment_of(system)
    model = page.sources.titles.get(name, name)
    try:
        sampling = SystemKey.parse(system).sampling
    except ValueError:
        return Markup("{}").format(model)  # nothing is measured so, and the page says it
    made = Markup('{}<span class="sampler" title="{}">{}</span>')
    if sampling.sampler in NO_MODEL:
        return made.format(NO_MODEL[sampling.sampler], system, "")
    levels = _levels(page.sources, SystemKey.parse(system))
    return made.format(model, system, f", {how_sampled(sampling, levels)}")


def system_words(sources: Sources, system: SystemKey) -> str:
    """Return a system in words: "Consistency distillation, 1 step"."""
    title = sources.titles.get(system.experiment, system.experiment)
    return system_name(title, system.sampling, _levels(sources, system))


def row_words(sources: Sources, key: str) -> str:
    """Return what a row is, in words: "Off the data: Consistency distillation, 1 step"."""
    parsed = MeasurementKey.parse(key)
    return f"{metric_title(parsed.metric)}: {system_words(sources, parsed.system)}"


def _levels(sources: Sources, system: SystemKey) -> tuple[float, ...]:
    """Return the levels of a system's schedule, if its experiment is known and has one."""
    experiment = sources.experiments.get(system.experiment)
    return levels_of(experiment, system.sampling) if experiment else ()


def metric_title(metric: str) -> str:
    """Return a metric's name as the head of a column has it."""
    known = metric.replace("_", " ")
    return _METRICS.get(metric, (known[:1].upper() + known[1:], ""))[0]


def metric_form(metric: str) -> str:
    """Return the format that tables set a metric in."""
    return _METRICS.get(metric, ("", "3g"))[1]
