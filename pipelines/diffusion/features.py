"""A classifier of digits, whose last hidden layer gives the features of the Fréchet distance.

It is trained where it is used, within a second and always to the same weights, so that the
distance needs no network from elsewhere; its accuracy on digits it never saw is reported. Like any
classifier it looks at shapes: pixel noise that leaves a digit readable hardly moves the distance.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn

from pipelines.diffusion.adam import Adam
from pipelines.diffusion.digits import CLASSES, PIXELS, held_out_digits, training_digits
from pipelines.diffusion.networks import initialise
from pipelines.diffusion.randomness import stream

HIDDEN = 128
FEATURES = 32
STEPS = 600
BATCH = 128
SMOOTHING = 0.1  # of the labels: else features grow without end on images known by heart


class DigitClassifier(nn.Module):
    """Two hidden layers: images (B, 64) to features (B, 32) to ten logits."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(PIXELS, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, FEATURES), nn.Tanh()
        )
        self.last = nn.Linear(FEATURES, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, 10)."""
        logits: Tensor = self.last(self.body(x))
        return logits


@cache
def digit_classifier() -> DigitClassifier:
    """Return the classifier, trained."""
    model, generator = DigitClassifier(), stream("digit classifier")
    images = training_digits()
    initialise(model, generator)
    adam = Adam(model.parameters(), 2e-3)
    for _ in range(STEPS):
        adam.zero_grad()
        chosen = torch.randint(len(images.x), (BATCH,), generator=generator)  # with replacement
        logits, label = model(images.x[chosen]), images.label[chosen]
        nn.functional.cross_entropy(logits, label, label_smoothing=SMOOTHING).backward()
        adam.step()
    return model.requires_grad_(False)


def digit_features(x: Tensor) -> Tensor:
    """Return the features of images (n, 64), shape (n, 32)."""
    features: Tensor = digit_classifier().body(x)
    return features


def classifier_accuracy() -> float:
    """Return the share of held-out digits that the classifier names."""
    images = held_out_digits()
    named = digit_classifier()(images.x).argmax(1)
    return float((named == images.label).double().mean())
