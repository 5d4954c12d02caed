"""Fixtures that several files of tests share. Plain helpers are in support/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

_LONGEST = (
    *("test_workflow", "test_cache", "test_publishing", "test_kills", "test_varied"),
    *("test_graph_build", "test_elsewhere", "test_fuzz", "test_constants", "test_recipes"),
    "test_checkpoints",
)
WHOLE = re.compile(r"(?m)^pytestmark = pytest\.mark\.(\w+)\b")


# a machine that is busy is no fault: no example has a time limit
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let nightly tests be asked for."""
    parser.addoption("--nightly", action="store_true", help="also run what takes minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip nightly tests by day; begin with what takes longest, lest one worker end alone."""
    rank = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))
    if not config.getoption("--nightly"):
        for item in items:
            if item.get_closest_marker("nightly"):
                item.add_marker(pytest.mark.skip(reason="nightly: run with --nightly"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare a run of fast tests the imports of files that are slow as a whole."""
    if collection_path.suffix != ".py" or not (chosen := config.getoption("markexpr")):
        return None
    mark = WHOLE.search(collection_path.read_text(encoding="utf-8"))
    return True if mark and f"not {mark[1]}" in chosen else None


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an untrained Stable Diffusion of the smallest sizes, as a folder of diffusers."""
    from tiny_base import written

    return written(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def cached(base: Path) -> dict[str, np.ndarray]:
    """Return the latents of a few scenes in each style."""
    from pipelines.evaluation.latent.cached_latents import cached_latents
    from pipelines.methods.latent.pipeline import load

    vae = load(base).vae
    styles = ("base", "pencil", "night")
    each = (cached_latents(vae, style, 16) for style in styles)
    return {name: one.numpy() for arrays in each for name, one in arrays.items()}


@pytest.fixture(scope="module")
def torch_restored() -> Iterator[None]:
    """Undo what stages ask of torch for the whole process: threads, deterministic kernels."""
    import torch

    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(False)
