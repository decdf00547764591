"""Which images no attack can break: the convex bound that the published MNIST net was trained with.

Wong, Kolter: Provable Defenses against Adversarial Examples via the Convex Outer Adversarial
Polytope, ICML 2018. An unstable ReLU between l < 0 and u > 0 lies above z u / (u - l), where that
slope is the dual's own choice, and below (z - l) u / (u - l). Bounds are carried backwards layer
by layer, in 64 bits. On `kw_mnist_eps0.1` they give the authors' own certified error of 5.82 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

SLACK = 1e-4  # of a margin: what contenders may lose by computing in 32 bits


@dataclass
class Forms:
    """Rows of linear forms in what enters a layer: what they add up to, and their coefficients."""

    constant: Tensor
    coefficients: Tensor

    def through(self, layer: nn.Module, entry: torch.Size) -> Forms:
        """The same forms in what enters a linear layer instead of what leaves it."""
        c = self.coefficients
        if isinstance(layer, nn.Flatten):
            return Forms(self.constant, c.reshape(len(c), *entry))
        if isinstance(layer, nn.Linear):
            return Forms(self.constant + c @ layer.bias, c @ layer.weight)
        moved = nn.functional.conv_transpose2d(
            c, layer.weight, None, layer.stride, layer.padding, dilation=layer.dilation
        )
        bottom, right = entry[1] - moved.shape[2], entry[2] - moved.shape[3]
        moved = nn.functional.pad(moved, (0, right, 0, bottom))  # what the stride never reaches
        return Forms(self.constant + c.sum((2, 3)) @ layer.bias, moved)


class Certificate:
    """Proves for single images that a net of convolutions, linear layers and ReLUs keeps a label."""

    def __init__(self, net: nn.Module, shape: tuple[int, ...]) -> None:
        self.layers = list(net.double().children())
        known = nn.Conv2d | nn.Linear | nn.ReLU | nn.Flatten
        assert all(isinstance(layer, known) for layer in self.layers)
        self.entries = []
        z = torch.zeros(1, *shape, dtype=torch.double)
        for layer in self.layers:
            self.entries.append(z.shape[1:])
            z = layer(z)
        self.classes = z.shape[1]
        self.relus = [d for d, layer in enumerate(self.layers) if isinstance(layer, nn.ReLU)]
        # down to the ReLU before, the features that enter a ReLU are the same forms for all images
        self.features = {depth: self.unit(depth) for depth in self.relus}

    def unit(self, depth: int) -> tuple[int, Forms]:
        width = int(np.prod(self.entries[depth]))
        every = torch.eye(width, dtype=torch.double).reshape(width, *self.entries[depth])
        return self.linear(depth, Forms(torch.zeros(width, dtype=torch.double), every))

    def linear(self, depth: int, forms: Forms) -> tuple[int, Forms]:
        """Carries forms backwards from before `depth` to behind the next ReLU, or to the image."""
        while depth > 0 and not isinstance(self.layers[depth - 1], nn.ReLU):
            depth -= 1
            forms = forms.through(self.layers[depth], self.entries[depth])
        return depth, forms

    @torch.no_grad()
    def keeps(self, image: np.ndarray, label: int, epsilon: float) -> bool:
        """Whether no image within Linf `epsilon` has another label."""
        x = torch.from_numpy(image).double().flatten()
        relaxed: dict[int, tuple[Tensor, Tensor]] = {}
        for depth in self.relus:
            bounds = self.bounds(*self.features[depth], relaxed, x, epsilon)
            lower, upper = (b.reshape(self.entries[depth]) for b in bounds)
            relaxed[depth] = relaxation(lower, upper)
        others = [c for c in range(self.classes) if c != label]
        margins = -torch.eye(self.classes, dtype=torch.double)[others]
        margins[:, label] = 1
        forms = Forms(torch.zeros(len(others), dtype=torch.double), margins)
        lower, _ = self.bounds(*self.linear(len(self.layers), forms), relaxed, x, epsilon)
        return bool(lower.min() > SLACK)

    def bounds(self, depth: int, forms: Forms, relaxed, x: Tensor, epsilon: float):
        """Least and most that each form can be, given the ReLUs' relaxation."""
        least, most = torch.zeros(2, len(forms.constant), dtype=torch.double)
        while depth > 0:
            slope, above = relaxed[depth - 1]
            sum_above = forms.coefficients.flatten(1) @ above.flatten()
            size_above = forms.coefficients.flatten(1).abs() @ above.flatten()
            least = least + (sum_above - size_above) / 2  # of the negative coefficients
            most = most + (sum_above + size_above) / 2
            behind = Forms(forms.constant, forms.coefficients * slope)
            depth, forms = self.linear(depth - 1, behind)
        coefficients = forms.coefficients.flatten(1)
        centre = forms.constant + coefficients @ x
        radius = epsilon * coefficients.abs().sum(1)
        return least + centre - radius, most + centre + radius


def relaxation(lower: Tensor, upper: Tensor) -> tuple[Tensor, Tensor]:
    """Slope of the triangle around each ReLU, and how far its upper side lies above."""
    unstable = (lower < 0) & (upper > 0)
    slope = torch.where(unstable, upper / (upper - lower), (lower >= 0).to(lower.dtype))
    return slope, torch.where(unstable, -slope * lower, torch.zeros_like(lower))
