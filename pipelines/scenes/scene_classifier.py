"""A classifier that reads the attributes and the style from a picture, to judge generated ones."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.contracts.artifacts import load_arrays
from pipelines.diffusion.randomness import stream
from pipelines.scenes.batches import pictures, step_scenes
from pipelines.scenes.grammar import ATTRIBUTES
from pipelines.scenes.scene_sampling import Scenes
from pipelines.scenes.styles import STYLES, blurred

HEADS = {**{name: len(values) for name, values in ATTRIBUTES.items()}, "style": len(STYLES)}
WIDTHS = ((24, 2), (24, 1), (48, 2), (48, 1), (96, 2), (96, 1), (96, 2), (96, 1))
FEATURES = 64
BLURS = (0.0, 0.5, 0.8, 1.2)  # pixels, in turn; with noise: generated pictures are no renders
NOISE = 0.06


class SceneClassifier(nn.Module):
    """Pictures (B, 3, 64, 64) from -1 to 1 → features (B, 64) → one set of logits a head."""

    def __init__(self) -> None:
        super().__init__()
        layers, before = list[nn.Module](), 3
        for width, stride in WIDTHS:
            layers += [nn.Conv2d(before, width, 3, stride, 1), nn.GroupNorm(8, width), nn.SiLU()]
            before = width
        self.body = nn.Sequential(*layers)
        self.neck = nn.Linear(2 * before, FEATURES)
        self.heads = nn.ModuleDict({n: nn.Linear(FEATURES, k) for n, k in HEADS.items()})

    def stages(self, x: Tensor) -> list[Tensor]:
        """Return the maps (B, C, side, side) at the end of every resolution, finest first."""
        ends, per_stage = list[Tensor](), 3 * 2  # two convolutions, each with its norm and SiLU
        for number, layer in enumerate(self.body, 1):
            x = layer(x)
            if number % per_stage == 0:
                ends.append(x)
        return ends

    def features(self, x: Tensor) -> Tensor:
        """Return what lies before the heads: also what Fréchet distances are taken on."""
        maps = self.body(x)
        features: Tensor = self.neck(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1))
        return features

    def logits_of(self, features: Tensor) -> dict[str, Tensor]:
        """Return the logits of every head."""
        lit = F.silu(features)
        return {name: head(lit) for name, head in self.heads.items()}

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Return the logits of each attribute for pictures (n, 3, side, side)."""
        return self.logits_of(self.features(x))


def new_classifier(seed: int, role: str = "judge") -> SceneClassifier:
    """Return an untrained classifier; one of another role knows nothing of the judge."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream(role, seed).initial_seed())
        return SceneClassifier()


def load_classifier(path: Path, device: str = "cpu") -> SceneClassifier:
    """Read a trained classifier."""
    network = new_classifier(0)
    network.load_state_dict({name: torch.from_numpy(a) for name, a in load_arrays(path).items()})
    return network.to(device).eval().requires_grad_(False)


class ClassifierObjective:
    """Name every attribute of real renders, worn by blur and noise."""

    def __init__(
        self, network: SceneClassifier, count: int, seed: int, role: str = "judge"
    ) -> None:
        self.network, self.count, self.series = network, count, (role, seed)

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step: the sum over the attributes."""
        device = next(self.network.parameters()).device
        scenes = step_scenes(step, self.count, self.series, device)
        x = degraded(pictures(scenes, tuple(STYLES)), step, (*self.series, step))
        logits, wanted = self.network(x), answers(scenes, tuple(STYLES))
        losses = [F.cross_entropy(logits[name], wanted[name]) for name in HEADS]
        return {"loss": torch.stack(losses).sum()}


def degraded(x: Tensor, step: int, labels: tuple[object, ...]) -> Tensor:
    """Return pictures blurred as the step says, under noise of a random strength each."""
    sigma, generator = BLURS[step % len(BLURS)], stream(*labels)
    noise = torch.randn(x.shape, generator=generator)
    strength = NOISE * torch.rand(len(x), 1, 1, 1, generator=generator)
    return (blurred(x, sigma) if sigma else x) + (noise * strength).to(x.device)


def answers(scenes: Scenes, styles: tuple[str, ...]) -> dict[str, Tensor]:
    """Return the right index of every head, (B,) each; styles take turns as in `pictures`."""
    attributes = dict(zip(ATTRIBUTES, scenes.attributes.unbind(1), strict=True))
    known = torch.tensor([list(STYLES).index(name) for name in styles])
    turn = known[torch.arange(len(scenes)) % len(styles)]
    return {**attributes, "style": turn.to(scenes.attributes.device)}


@torch.no_grad()
def features_of(classifier: SceneClassifier, x: Tensor) -> Tensor:
    """Return the features (B, 64) of pictures (B, 3, 64, 64)."""
    return torch.cat([classifier.features(part) for part in x.split(128)])


@torch.no_grad()
def correct_answers(
    classifier: SceneClassifier, features: Tensor, wanted: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Return for every head, and for `all` attributes together, which pictures are right: (B,).

    The style is no attribute: no caption of the base names it.
    """
    logits = classifier.logits_of(features)
    found = {name: logits[name].argmax(1) == wanted[name] for name in HEADS}
    return {**found, "all": torch.stack([found[name] for name in ATTRIBUTES]).all(0)}
