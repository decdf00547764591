"""auto_LiRPA's bounds of the published nets, to be met by Gauntlet's.

    git clone https://github.com/Verified-Intelligence/auto_LiRPA   (a050a3d, 0.7.1)
    pip install appdirs graphviz                                    (what it imports)
    PYTHONPATH=auto_LiRPA python bounds.py

Lower bounds of the margins of the first MNIST images, in 64 bits: Linf balls cut to [0, 1], whole L2
and L1 balls (it cuts no others). Each once as auto_LiRPA comes, and once by the very method that
Gauntlet has, which differs in two things:

* Intervals of a padded convolution. Under L2 and L1 auto_LiRPA moves every output by epsilon times
  the L2 norm of all weights, also at the border, where some of them only see padding, and also under
  L1, where the largest weight is enough. `as_matrix` writes the first layer out, for which it takes
  the dual norm of each row.
* Boxes around what enters the ReLUs. Where intervals are narrower than linear bounds, auto_LiRPA
  uses them if `compare_crown_with_ibp` says so; by default it drops them.

Writes results/bounds.md, and bounds.csv of the numbers, which
io.gauntlet.examples.PublishedBoundsTest compares with its own.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import auto_LiRPA
import numpy as np
import torch
from auto_LiRPA import BoundedModule, BoundedTensor, PerturbationLpNorm
from torch import nn

import data
import nets

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("GAUNTLET_DATA", HERE / "../../../shared/data"))
FIXTURE = HERE / "../../examples/src/test/resources/io/gauntlet/examples/bounds.csv"
METHODS = {  # method and slope of the lines below, by their names at auto_LiRPA
    "IBP": ("IBP", "adaptive"),
    "CROWN-IBP": ("CROWN-IBP", "adaptive"),
    "CROWN": ("CROWN", "adaptive"),
    "Fast-Lin": ("CROWN", "same-slope"),
}
NORMS = {"linf": np.inf, "l2": 2, "l1": 1}
IMAGES = 3
TASKS = (  # net, norm, epsilon
    ("kw_mnist_eps0.1", "linf", 0.1),
    ("kw_mnist_eps0.1", "l2", 0.5),
    ("madry_mnist_cnn_tiny", "linf", 0.02),
    ("madry_mnist_cnn_tiny", "l2", 0.2),
    ("madry_mnist_cnn_tiny", "l1", 0.5),
)


class Matrix(nn.Module):
    """An affine layer written out: one row of weights for each output."""

    def __init__(self, layer: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        size = int(np.prod(shape))
        at_zero = layer(torch.zeros(1, *shape))
        columns = (layer(torch.eye(size).reshape(size, *shape)) - at_zero).flatten(1)
        self.shape = at_zero.shape[1:]
        self.linear = nets.with_weights(
            nn.Linear(size, at_zero.numel()), columns.T, at_zero.flatten()
        ).requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x.flatten(1)).reshape(-1, *self.shape)


def as_matrix(module: nn.Module, shape: tuple[int, ...]) -> nn.Module:
    """The same network, its first layer written out."""
    name, first = next(module.named_children())
    module.add_module(name, Matrix(first, shape))
    return module


def margins(task: tuple, method: str, same: bool, x: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    """The label's logit minus each other one, at least: a row for each image."""
    net, norm, epsilon = task
    epsilon = float(np.float32(epsilon))  # what Java's float says
    module = nets.build(SHARED / "models", net).double()
    theirs, slope = METHODS[method]
    # "matrix" is how coefficients are stored: with "patches" the bounds are the same
    options = {"conv_mode": "matrix", "activation_bound_option": slope}
    if same:
        module = as_matrix(module, tuple(x.shape[1:]))
        options["compare_crown_with_ibp"] = True
    # a module remembers intermediate bounds: a new one for each method
    bounded = BoundedModule(module, x[:1], bound_opts=options)
    classes = torch.eye(10)
    least = []
    for image, label in zip(x[:, None], y, strict=True):
        box = {}
        if norm == "linf":
            box = {"x_L": (image - epsilon).clamp(0), "x_U": (image + epsilon).clamp(max=1)}
        ball = PerturbationLpNorm(norm=NORMS[norm], eps=epsilon, **box)
        asked = (classes[label] - classes)[[c for c in range(10) if c != label]]
        lower, _ = bounded.compute_bounds(x=(BoundedTensor(image, ball),), method=theirs, C=asked[None])
        least.append(lower[0].detach().numpy())
    return np.stack(least)


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    images, labels = data.idx(SHARED / "mnist")
    x = torch.from_numpy(images[:IMAGES].astype(np.float32)).double().reshape(-1, 1, 28, 28)
    y = torch.from_numpy(labels[:IMAGES].astype(np.int64))
    table = []
    with FIXTURE.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for task in TASKS:
            net, norm, epsilon = task
            for method in METHODS:
                default, same = (margins(task, method, option, x, y) for option in (False, True))
                kept = {"same": same}
                if method != "Fast-Lin":  # other boxes, other lines: this one may lose a little
                    kept["default"] = default
                for setting, numbers in kept.items():
                    for row, least in enumerate(numbers.tolist()):
                        rows.writerow(
                            [net, norm, epsilon, method, setting, row, int(y[row]), *map(repr, least)]
                        )
                more = (same - default).round(4) + 0.0  # no minus before a zero
                table.append(
                    f"| {net} | {norm} {epsilon} | {method} | {default.mean():.4f} | {same.mean():.4f} "
                    f"| {more.min():.4f} to {more.max():.4f} |"
                )
                print(table[-1], flush=True)
    lines = [
        "# bounds",
        "",
        f"Lower bounds of margins by auto_LiRPA {auto_LiRPA.__version__}, torch {torch.__version__}, 64 bits: "
        f"{IMAGES} MNIST images, 9 margins each, with its defaults and by the same method as Gauntlet's. "
        "Written by `bounds.py`, which says what differs.",
        "",
        "| net | ball | method | mean, defaults | mean, same method | same minus defaults |",
        "|---|---|---|---|---|---|",
        *table,
    ]
    (HERE / "results/bounds.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
