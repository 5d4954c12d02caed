"""The tiny Stable Diffusion of the lesson, for exercises: where models lie, what judges pictures.

Nothing here has to be changed. On a machine with a hub and a graphics card, put the names of
published models in place of the folders: the cells stay as they are.
"""

import os
import warnings
from pathlib import Path

# bars and notices that are no fault of whoever reads them stand in red below a cell;
# torch, too, imports what draws bars
for _name, _value in (
    ("TQDM_DISABLE", "1"),
    ("HF_HUB_DISABLE_PROGRESS_BARS", "1"),
    ("DIFFUSERS_VERBOSITY", "critical"),  # what it calls an error, it also raises
    ("TRANSFORMERS_VERBOSITY", "error"),
):
    os.environ.setdefault(_name, _value)
warnings.filterwarnings("ignore", "IProgress not found")
warnings.filterwarnings("ignore", "Already found a `peft_config`")  # two adapters are wanted here

import matplotlib.pyplot as plt
import torch
from safetensors.torch import load_file
from torch import nn

FOLDER = Path(__file__).parent / "weights"
BASE = str(FOLDER / "base")  # elsewhere "stable-diffusion-v1-5/stable-diffusion-v1-5"
NIGHT = str(FOLDER / "night")  # elsewhere a fine-tune of it, "Lykon/dreamshaper-8"
FULL_LCM = str(FOLDER / "lcm")  # elsewhere "SimianLuo/LCM_Dreamshaper_v7"
ADAPTER = str(FOLDER / "lcm-lora")  # elsewhere "latent-consistency/lcm-lora-sdv1-5"
STYLE = str(FOLDER / "pencil")  # elsewhere any style adapter of the same base

torch.set_num_threads(1)

ATTRIBUTES = {
    "size": ("small", "large"),
    "pattern": ("plain", "striped"),
    "colour": ("red", "orange", "yellow", "green", "blue", "purple"),
    "shape": ("circle", "square", "triangle", "star", "heart"),
    "place": ("sea", "desert", "meadow", "snow", "dusk"),
}
PHRASES = {
    "sea": "over the sea",
    "desert": "in the desert",
    "meadow": "on a meadow",
    "snow": "in the snow",
    "dusk": "at dusk",
}
STYLES = ("base", "pencil", "night")


def caption(number):
    """Return a sentence of the grammar, and the index of each of its words."""
    turns = (number, number // 2, 5 * number + 1, 3 * number + number // 6, 7 * number + 2)
    indices = [turn % len(values) for turn, values in zip(turns, ATTRIBUTES.values(), strict=True)]
    words = [values[i] for i, values in zip(indices, ATTRIBUTES.values(), strict=True)]
    return f"a {' '.join(words[:4])} {PHRASES[words[4]]}", indices


def captions(count):
    """Return different captions, the same at each call."""
    return [caption(number)[0] for number in range(count)]


def starting_latents(count):
    """Return the latents that all rows begin from: (count, 4, 8, 8)."""
    return torch.randn(count, 4, 8, 8, generator=torch.Generator().manual_seed(0))


class Evaluations:
    """Counts how often a U-Net is evaluated, for one picture:

    with Evaluations(pipe, pictures=4) as counted: ...; counted.calls
    """

    def __init__(self, pipe, pictures=1):
        self.unet, self.pictures, self.rows = pipe.unet, pictures, 0

    def __enter__(self):
        self.hook = self.unet.register_forward_pre_hook(self._count, with_kwargs=True)
        return self

    def __exit__(self, *error):
        self.hook.remove()

    def _count(self, module, args, kwargs):
        self.rows += len(args[0] if args else kwargs["sample"])

    @property
    def calls(self):
        return self.rows // self.pictures


class Judge(nn.Module):
    """Reads size, pattern, colour, shape, place and style from pictures."""

    def __init__(self):
        super().__init__()
        layers, before = [], 3
        for width, stride in (
            (24, 2),
            (24, 1),
            (48, 2),
            (48, 1),
            (96, 2),
            (96, 1),
            (96, 2),
            (96, 1),
        ):
            layers += [nn.Conv2d(before, width, 3, stride, 1), nn.GroupNorm(8, width), nn.SiLU()]
            before = width
        heads = {name: len(values) for name, values in ATTRIBUTES.items()} | {"style": len(STYLES)}
        self.body = nn.Sequential(*layers)
        self.neck = nn.Linear(2 * before, 64)
        self.heads = nn.ModuleDict({name: nn.Linear(64, count) for name, count in heads.items()})

    def forward(self, x):
        maps = self.body(x)
        features = self.neck(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1))
        return {name: head(nn.functional.silu(features)) for name, head in self.heads.items()}


def _judged(images):
    judge = Judge()
    judge.load_state_dict(load_file(Path(BASE) / "judge.safetensors"))
    with torch.no_grad():
        return {name: logits.argmax(1) for name, logits in judge.eval()(images * 2 - 1).items()}


def share_right(images):
    """Return the share of pictures (n, 3, 64, 64), from 0 to 1, that show all their caption says.

    They are taken to be those of captions(n), in this order.
    """
    found = _judged(images)
    wanted = torch.tensor([caption(number)[1] for number in range(len(images))])
    hits = [found[name] == wanted[:, i] for i, name in enumerate(ATTRIBUTES)]
    return torch.stack(hits).all(0).double().mean().item()


def share_in_style(images, style):
    """Return the share of pictures that the judge finds in a style of STYLES."""
    return (_judged(images)["style"] == STYLES.index(style)).double().mean().item()


def sharpness(images):
    """Return how steep pictures are, on the mean: soft ones are low."""
    across = (images[..., 1:] - images[..., :-1]).abs().mean()
    down = (images[..., 1:, :] - images[..., :-1, :]).abs().mean()
    return (across + down).item() / 2


def show(rows, count=4):
    """Draw named rows of pictures below each other."""
    figure, axes = plt.subplots(
        len(rows), count, figsize=(1.5 * count + 2.2, 1.5 * len(rows)), squeeze=False
    )
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for axis, image in zip(line, images[:count], strict=False):
            axis.imshow(image.permute(1, 2, 0).clamp(0, 1))
            axis.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
    figure.tight_layout()
    return figure
