"""Published checkpoints: from the hub's cache, else from the hub, at pinned revisions only.

Nothing is ever unpickled, and code in a repository is never run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from diffusers import DiffusionPipeline, UNet2DConditionModel
from huggingface_hub import constants, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError
from safetensors import SafetensorError
from safetensors.torch import load_file

from pipelines.contracts.checkpoint import Checkpoint, Model, Pinned, Weights
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_input import line_of
from pipelines.methods.latent.pipeline import with_adapters

Had = TypeVar("Had")
# what the libraries raise for files that are not there, and for files that are no weights, no
# configuration, or one of something else; a recursion error is a RuntimeError
UNUSABLE = (
    *(OSError, ValueError, TypeError, AttributeError, LookupError, ImportError),
    *(RuntimeError, SafetensorError),
)
UNREACHABLE = (*UNUSABLE, HfHubHTTPError)


def opened(checkpoint: Checkpoint, device: str = "cpu") -> DiffusionPipeline:
    """Return the pipeline of a checkpoint; in half precision on a GPU, in single elsewhere.

    Raises:
        InputProblems: Something is neither in the cache nor to be had, or does not fit.
    """
    dtype = torch.float16 if device.startswith("cuda") else torch.float32
    own = {} if checkpoint.unet is None else {"unet": _own_unet(checkpoint, dtype)}
    pipeline = _obtained(
        checkpoint,
        ("model",),
        checkpoint.model,
        lambda cached: _model(checkpoint.model, dtype, cached, own),
    )
    _resize(pipeline, checkpoint.size)
    adapters = {
        _file(checkpoint, ("adapters", name), adapter): adapter.weight
        for name, adapter in checkpoint.adapters.items()
    }
    try:
        return with_adapters(pipeline.to(device), adapters)
    except UNUSABLE as error:
        raise _checkpoint_problem(
            checkpoint, ("adapters",), error, "take one made for this model"
        ) from error


def _model(
    model: Model, dtype: torch.dtype, cached: bool, own: dict[str, UNet2DConditionModel]
) -> DiffusionPipeline:
    """Load a pipeline, but not the safety checker: the prompts are the file's, not a stranger's.

    A component that is given is not downloaded.
    """
    return DiffusionPipeline.from_pretrained(
        model.repository,
        revision=model.revision,
        variant=model.variant,
        dtype=dtype,
        use_safetensors=True,
        local_files_only=cached,
        safety_checker=None,
        **own,
    )


def _own_unet(checkpoint: Checkpoint, dtype: torch.dtype) -> UNet2DConditionModel:
    """Return a U-Net of the model's shape with the weights of another repository's file."""
    assert checkpoint.unet is not None
    shape = Weights.model_construct(
        repository=checkpoint.model.repository,
        revision=checkpoint.model.revision,
        file="unet/config.json",
    )
    described = _file(checkpoint, ("model",), shape)
    weights = _file(checkpoint, ("unet",), checkpoint.unet)
    try:
        config = UNet2DConditionModel.load_config(described)
        with torch.device("meta"):
            unet = UNet2DConditionModel.from_config(config)
        unet.load_state_dict(load_file(weights), assign=True)
    except UNUSABLE as error:
        remedy = "take a U-Net made from this model, in diffusers' format"
        raise _checkpoint_problem(checkpoint, ("unet",), error, remedy) from error
    return unet.to(dtype)


def _resize(pipeline: DiffusionPipeline, size: int) -> None:
    """Let a pipeline draw `size` pixels along each side where nobody says how many."""
    side = size // pipeline.vae_scale_factor
    pipeline.unet.register_to_config(sample_size=side)
    pipeline.default_sample_size = side  # XL pipelines noted it when they were made


def _file(checkpoint: Checkpoint, keys: tuple[str, ...], of: Weights) -> Path:
    def download(cached: bool) -> Path:
        found = hf_hub_download(
            of.repository, of.file, revision=of.revision, local_files_only=cached
        )
        return Path(found)

    return _obtained(checkpoint, keys, of, download)


def _obtained(
    checkpoint: Checkpoint, keys: tuple[str, ...], of: Pinned, get: Callable[[bool], Had]
) -> Had:
    """Return what `get` finds in the cache alone, or else with the hub's help."""
    try:
        return get(True)
    except UNREACHABLE:
        pass  # not there, or not all of it
    try:
        return get(False)
    except UNREACHABLE as error:
        remedy = _download_remedy(of, checkpoint.licence)
        raise _checkpoint_problem(checkpoint, keys, error, remedy) from error


def _checkpoint_problem(
    checkpoint: Checkpoint, keys: tuple[str, ...], error: Exception, remedy: str
) -> InputProblems:
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))
    message = f"`{keys[-1]}` cannot be had or does not fit: {said}"
    return InputProblems(
        [Problem(checkpoint.file, line_of(checkpoint, *keys), "ML111", message, remedy)]
    )


def _download_remedy(of: Pinned, licence: str) -> str:
    """Return how a person brings the files here: command, licence, token, space."""
    return (
        f"where the hub can be reached, run `{command(of)}` and let HF_HOME name the cache "
        f"that it fills; licence: {licence}; a gated repository needs it accepted at "
        f"https://huggingface.co/{of.repository} and HF_TOKEN set; "
        f"{_free():.0f} GB are free at {constants.HF_HUB_CACHE}; weights must be safetensors"
    )


def command(of: Pinned) -> str:
    """Return the command that downloads just what is read."""
    at = f"hf download {of.repository} --revision {of.revision}"
    if isinstance(of, Weights):
        return f"{at} {of.file}"
    half = ".fp16" if isinstance(of, Model) and of.variant else ""
    kinds = ("*.json", "*.txt", f"*/*{half}.safetensors")
    return " ".join((at, *(f"--include '{kind}'" for kind in kinds)))


def _free() -> float:
    """Return the gigabytes that are free where the cache is, or will be."""
    here = Path(constants.HF_HUB_CACHE)
    there = next(folder for folder in (here, *here.parents) if folder.exists())
    return shutil.disk_usage(there).free / 1e9
