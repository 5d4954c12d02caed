"""Our Adam against torch's: the same bits, and no compiler imported."""

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from pipelines.diffusion.adam import Adam

RATES = (1e-2, 3e-3, 0.0, 1e-3)


def trained(fused: bool) -> list[Tensor]:
    """Return the weights of a small network after steps of one or the other."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 5), nn.SiLU(), nn.Linear(5, 2))
    ours = Adam(network.parameters(), 1e-2, (0.5, 0.99))
    theirs = torch.optim.Adam(network.parameters(), 1e-2, (0.5, 0.99), fused=True)
    for rate in RATES:
        for x in torch.randn(3, 7, 3):
            network(x).square().mean().backward()
            if fused:
                theirs.param_groups[0]["lr"] = rate
                theirs.step()
            else:
                ours.lr = rate
                ours.step()
            ours.zero_grad()
    return [weight.detach() for weight in network.parameters()]


def test_the_same_bits_as_torchs_own() -> None:
    for one, other in zip(trained(fused=True), trained(fused=False), strict=True):
        assert torch.equal(one, other)


def test_a_weight_without_a_gradient_is_told() -> None:
    with pytest.raises(ValueError, match="no part in the loss"):
        Adam([nn.Parameter(torch.ones(2))], 1e-3).step()


@pytest.mark.slow
def test_training_imports_no_compiler() -> None:
    script = """
import sys, torch
from pipelines.diffusion.adam import Adam
from pipelines.evaluation.torch_setup import configure_torch
configure_torch()
x = torch.ones(2, requires_grad=True)
adam = Adam([x], 0.1)
x.sum().backward()
adam.step()
assert torch.are_deterministic_algorithms_enabled()
sys.exit("sympy" in sys.modules or "torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
