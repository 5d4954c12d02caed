"""Names of methods and data sets, and the modules behind them.

Strings only: importing this module imports nothing else, so that planning stays light. Trainings
hang on it; figures have a registry of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A way to train a network.

    Attributes:
        module: Where `make(...)` is.
        needs: Roles that an experiment of this method must fill; `may` those that it can.
        samplers: Which samplers its network can be evaluated with.
        together: Whether replicas are trained as one ensemble; else one after another.
        labelled: Whether the network is conditioned on a class, so that it can be guided.
    """

    module: str
    needs: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    together: bool = False
    labelled: bool = False
    may: tuple[str, ...] = ()


METHODS: dict[str, Method] = {
    "edm": Method(
        "pipelines.methods.toy.edm",
        (),
        ("euler", "heun", "midpoint", "rk4", "dpmpp_2m", "unipc", "ddpm"),
        together=True,
    ),
    "guided_edm": Method(
        "pipelines.methods.toy.guided_edm",
        (),
        ("euler", "heun", "midpoint", "rk4", "dpmpp_2m", "unipc", "ddpm"),
        together=True,
        labelled=True,
    ),
    "ddpm": Method(
        "pipelines.methods.toy.ddpm",
        (),
        ("ddim", "ddim_half", "ddpm", "heun", "rk4", "dpmpp_2m", "unipc"),
        together=True,
    ),
    "flow_matching": Method(
        "pipelines.methods.toy.flow_matching",
        (),
        ("flow_euler", "flow_midpoint", "flow_rk4"),
        together=True,
    ),
    "consistency_distillation": Method(
        "pipelines.methods.toy.consistency_distillation",
        ("teacher",),
        ("consistency",),
        together=True,
    ),
    "guided_consistency": Method(
        "pipelines.methods.toy.guided_consistency",
        ("teacher",),
        ("consistency",),
        together=True,
        labelled=True,
    ),
    "consistency_training": Method(
        "pipelines.methods.toy.consistency_training", (), ("consistency",), together=True
    ),
    "ict": Method("pipelines.methods.toy.ict", (), ("consistency",), together=True),
    "ect": Method("pipelines.methods.toy.ect", ("teacher",), ("consistency",), together=True),
    "multistep_consistency": Method(
        "pipelines.methods.toy.multistep_consistency", ("teacher",), ("euler",), together=True
    ),
    "reflow": Method(
        "pipelines.methods.toy.reflow",
        ("teacher",),
        ("flow_euler", "flow_midpoint", "flow_rk4"),
        together=True,
    ),
    "progressive_distillation": Method(
        "pipelines.methods.toy.progressive_distillation",
        ("teacher",),
        ("flow_euler",),
        together=True,
    ),
    "gan": Method("pipelines.methods.toy.gan", (), ("generate",), together=True),
    "consistency_adversarial": Method(
        "pipelines.methods.toy.consistency_adversarial",
        ("teacher",),
        ("consistency",),
        together=True,
    ),
    "add": Method("pipelines.methods.toy.add", ("teacher",), ("consistency",), together=True),
    "dmd": Method("pipelines.methods.toy.dmd", ("teacher",), ("generate",)),
    "scm": Method("pipelines.methods.toy.scm", ("teacher",), ("consistency",), together=True),
    "shortcut": Method("pipelines.methods.toy.shortcut", (), ("flow_map",), may=("teacher",)),
    "meanflow": Method(
        "pipelines.methods.toy.meanflow", (), ("flow_map",), together=True, may=("teacher",)
    ),
}


@dataclass(frozen=True)
class LatentMethod:
    """A way to make a model of the tiny Stable Diffusion from others.

    Attributes:
        module: Where `make(context, experiment)` is; empty if nothing is trained.
        needs: Roles that an experiment must fill; `may` those that it can.
        leaves: What it writes: a whole `pipeline`, an `adapter`, or `nothing`.
    """

    module: str
    needs: tuple[str, ...]
    leaves: str
    may: tuple[str, ...] = ()


_LATENT = "pipelines.methods.latent"
LATENT_METHODS: dict[str, LatentMethod] = {
    "base": LatentMethod("", (), "pipeline"),
    "combined": LatentMethod("", ("model",), "nothing", ("lcm", "style")),
    "refine": LatentMethod("", ("model", "lcm"), "nothing"),
    "incompatible_adapter": LatentMethod("", ("model", "lcm"), "nothing"),
    "lcm_lora": LatentMethod(f"{_LATENT}.lcm_lora", ("teacher",), "adapter"),
    "lcm": LatentMethod(f"{_LATENT}.lcm", ("teacher",), "pipeline", ("told",)),
    "lcm_unet": LatentMethod(f"{_LATENT}.lcm_unet", ("teacher",), "pipeline", ("adapter",)),
    "guidance_distillation": LatentMethod(
        f"{_LATENT}.guidance_distillation", ("teacher",), "pipeline"
    ),
    "style_lora": LatentMethod(f"{_LATENT}.style_lora", ("teacher",), "adapter"),
    "fine_tune": LatentMethod(f"{_LATENT}.fine_tune", ("teacher",), "pipeline"),
    "add": LatentMethod(f"{_LATENT}.add", ("teacher",), "pipeline", ("adapter",)),
    "progressive": LatentMethod(f"{_LATENT}.progressive", ("teacher",), "pipeline"),
    "dmd": LatentMethod(f"{_LATENT}.dmd", ("teacher",), "pipeline", ("adapter",)),
}
MADE_BY = {"told": "guidance_distillation"}  # what fills a role, where one method alone makes it

DATASETS: tuple[str, ...] = ("moons", "grid25", "ring8", "checkerboard", "digits")
