"""The plane of the lessons, for exercises: data, noise levels, and the networks of the build.

Nothing here is an exercise, and nothing has to be changed. A denoiser is a function D(x, t) of
points (n, 2) and a level that returns the expected clean points, (n, 2).
"""

import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

EPS, T = 0.01, 10.0  # the level that counts as clean, and the one where sampling starts
WIDTH = 0.05  # deviation of the data's own noise
OFF = 4  # of these widths: farther away is off the data
CENTRE, SCALE = torch.tensor([0.5, 0.25]), torch.tensor([0.8676, 0.4970])
WEIGHTS = Path(__file__).parent / "weights"

torch.set_num_threads(1)


# --- noise and data ------------------------------------------------------------------------------


def _generator(*labels):
    digest = hashlib.sha256("/".join(map(str, labels)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def _rows(count, draw, generator):
    return torch.cat([draw(1024, generator) for _ in range(-(-count // 1024))])[:count]


def _normal(count, generator):
    return torch.randn(count, 2, generator=generator)


def noise(count, *name):
    """Return the standard normal points that the lesson samples from; `name`: another draw."""
    return _rows(count, _normal, _generator("reported", *(name or ("noise",))))


def draw_moons(count, generator):
    """Draw points of the two half-moons, unit deviation on each axis: (count, 2)."""
    angle = torch.pi * torch.rand(count, generator=generator)
    lower = torch.rand(count, generator=generator) < 0.5
    outer = torch.stack([angle.cos(), angle.sin()], dim=1)
    inner = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], dim=1)
    jitter = WIDTH * torch.randn(count, 2, generator=generator)
    return (torch.where(lower[:, None], inner, outer) + jitter - CENTRE) / SCALE


def grid_centres(side=5):
    """Return the centres of the clouds of the grid, unit deviation on each axis: (25, 2)."""
    line = torch.linspace(-1, 1, side)
    line = line / line.std(correction=0) * (1 - WIDTH**2) ** 0.5
    return torch.cartesian_prod(line, line)


def draw_grid(count, generator):
    """Draw points of a grid of twenty-five clouds: (count, 2)."""
    centres = grid_centres()
    which = torch.randint(len(centres), (count,), generator=generator)
    return centres[which] + WIDTH * torch.randn(count, 2, generator=generator)


def real(count, data="moons"):
    """Return the real points that the lesson compares with."""
    name, draw = {"moons": ("moons", draw_moons), "grid": ("grid25", draw_grid)}[data]
    return _rows(count, draw, _generator("reported", "real", name))


# --- measures ------------------------------------------------------------------------------------


def moon_distance(x):
    """Return the distance of points (n, 2) to the nearer half-moon, in widths: (n,)."""
    raw = x * SCALE + CENTRE
    both = [_arc_distance(raw), _arc_distance(torch.tensor([1.0, 0.5]) - raw)]
    return torch.minimum(*both) / WIDTH


def _arc_distance(x):
    ring = (x.norm(dim=1) - 1).abs()
    end = torch.stack([x[:, 0].abs() - 1, x[:, 1]], dim=1).norm(dim=1)
    return torch.where(x[:, 1] >= 0, ring, end)


def cloud_distance(x):
    """Return the distance of points (n, 2) to the nearest cloud of the grid, in widths: (n,)."""
    return (x[:, None] - grid_centres()).norm(dim=2).amin(1) / WIDTH


def missed(x, data="moons"):
    """Return which points (n, 2) lie off the data: (n,), true or false."""
    distance = moon_distance(x) if data == "moons" else cloud_distance(x)
    return ~(distance <= OFF)


def off(x, data="moons"):
    """Return the share of points (n, 2) that lie off the data."""
    return missed(x, data).double().mean().item()


def spread(x):
    """Return the standard deviation of points (n, 2), root mean square over the axes."""
    return x.double().var(dim=0, correction=0).mean().sqrt().item()


def paired_error(x, y):
    """Return the root mean square distance between points of equal index."""
    return (x - y).double().square().sum(dim=1).mean().sqrt().item()


def energy_distance(x, y):
    """Return how far two sets of points are from each other; 0 for two draws of one kind."""
    between = torch.cdist(x, y).double().mean()
    own = [torch.cdist(z, z).double().sum() / (len(z) * (len(z) - 1)) for z in (x, y)]
    return (2 * between - own[0] - own[1]).item()


def clouds_missing(x):
    """Return how many clouds of the grid get less than a quarter of their share of points."""
    nearest = (x[:, None] - grid_centres()).norm(dim=2).argmin(1)
    counts = torch.bincount(nearest, minlength=25)
    return int((counts < len(x) / 25 / 4).sum())


def sliced_distance(x, y, directions=64):
    """Return the sliced Wasserstein distance of two sets of equal size."""
    angle = torch.arange(directions, dtype=x.dtype) * (torch.pi / directions)
    axes = torch.stack([angle.cos(), angle.sin()])
    gap = np.sort((axes.T @ x.T).numpy(), axis=1) - np.sort((axes.T @ y.T).numpy(), axis=1)
    return float(np.sqrt(np.square(gap, dtype=np.float64).mean()))


# --- levels and solvers --------------------------------------------------------------------------


def levels(steps, start=T, rho=7.0):
    """Return `steps` falling levels from `start`, close together near the data, and a final 0."""
    if steps == 1:
        return torch.tensor([start, 0.0])
    ramp = torch.linspace(0, 1, steps, dtype=torch.float64)
    high, low = start ** (1 / rho), EPS ** (1 / rho)
    falling = ((high + ramp * (low - high)) ** rho).float()
    falling[0], falling[-1] = start, EPS
    return torch.cat([falling, torch.zeros(1)])


class Counted:
    """A denoiser that counts its calls."""

    def __init__(self, denoise):
        self.denoise, self.calls = denoise, 0

    def __call__(self, x, t):
        self.calls += 1
        return self.denoise(x, t)


def gaussian(x, t):
    """The exact denoiser of standard normal data: its trajectories are x_s / x_t =
    sqrt((1 + s²) / (1 + t²)), so that a solver can be held against the truth."""
    return x / (1 + t**2)


def solve_gaussian(x, t, s):
    """Return where the trajectory of the exact Gaussian denoiser through x at level t is at s."""
    return x * ((1 + s**2) / (1 + t**2)) ** 0.5


# --- networks ------------------------------------------------------------------------------------


class Network(nn.Module):
    """F(x, c): points (n, 2) and a number for the level → (n, 2)."""

    def __init__(self, hidden=128, layers=3, frequencies=(1.0, 2.0, 4.0), level_frequencies=8):
        super().__init__()
        width = 2 + 4 * len(frequencies) + 2 * level_frequencies
        sizes = [width] + [hidden] * layers
        pairs = zip(sizes, sizes[1:], strict=False)
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.last = nn.Linear(hidden, 2)
        self.frequencies = torch.tensor(frequencies)
        self.level_frequencies = torch.logspace(-2, 4, level_frequencies, base=2.0)

    def forward(self, x, c):
        c = torch.as_tensor(c, dtype=x.dtype).expand(len(x), 1)
        of_x = (x[:, :, None] * self.frequencies).flatten(1)
        angles = torch.cat([of_x, c * self.level_frequencies], dim=1)
        h = torch.cat([x, angles.sin(), angles.cos()], dim=1)
        for layer in self.hidden:
            h = nn.functional.silu(layer(h))
        return self.last(h)


def load_network(name, seed=0):
    """Return a network of the build, frozen; `seed`: which of its trainings."""
    arrays = load_file(WEIGHTS / f"{name}.safetensors")
    prefix = f"seed{seed}/"
    weights = {key.removeprefix(prefix): w for key, w in arrays.items() if key.startswith(prefix)}
    network = Network()
    network.load_state_dict(weights)
    return network.requires_grad_(False)


def as_teacher(network):
    """Return the denoiser D(x, t) around a network of the diffusion teacher's kind."""

    def denoise(x, t):
        t = torch.as_tensor(t, dtype=x.dtype)
        total = 1 + t**2
        return x / total + t / total.sqrt() * network(x / total.sqrt(), t.log() / 4)

    return denoise


def as_student(network):
    """Return the consistency function f(x, t) around a network of the student's kind."""

    def jump(x, t):
        t = torch.as_tensor(t, dtype=x.dtype)
        total = 1 + t**2
        raw = network(x / total.sqrt(), t.log() / 4)
        return x / ((t - EPS) ** 2 + 1) + (t - EPS) / total.sqrt() * raw

    return jump


def as_flow(network):
    """Return the denoiser x - t F(x, t) around a flow's network; its levels run from 1 to 0."""

    def denoise(x, t):
        t = torch.as_tensor(t, dtype=x.dtype)
        return x - t * network(x, t)

    return denoise


# --- pictures ------------------------------------------------------------------------------------


def panels(points, data="moons", size=2.6, limit=None):
    """Draw named sets of points beside each other, each over the data in grey."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(points), figsize=(size * len(points), size + 0.3))
    behind = real(1500, data)
    for axis, (name, x) in zip(np.atleast_1d(axes), points.items(), strict=True):
        axis.scatter(*behind.T, s=2, color="0.8", linewidths=0)
        axis.scatter(*x[:1500].T, s=2, color="C0", linewidths=0)
        axis.set_title(name, fontsize=9)
        axis.set(xticks=[], yticks=[], aspect="equal")
        axis.set_xlim(*(limit or (-2.2, 2.2)))
        axis.set_ylim(*(limit or (-2.2, 2.2)))
    figure.tight_layout()
    return figure
