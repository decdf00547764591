"""auto_LiRPA's bounds of the published nets, to be met by Gauntlet's.

    git clone https://github.com/Verified-Intelligence/auto_LiRPA   (a050a3d, 0.7.1)
    PYTHONPATH=auto_LiRPA python bounds.py

Lower bounds of the margins of the first MNIST images, in 64 bits, the ball cut to [0, 1]: IBP,
CROWN-IBP and CROWN with their defaults. Writes results/bounds.md, and bounds.csv of all numbers,
which io.gauntlet.examples.PublishedBoundsTest compares with its own.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import auto_LiRPA
import numpy as np
import torch
from auto_LiRPA import BoundedModule, BoundedTensor, PerturbationLpNorm

import data
import nets

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("GAUNTLET_DATA", HERE / "../../../shared/data"))
FIXTURE = HERE / "../../examples/src/test/resources/io/gauntlet/examples/bounds.csv"
METHODS = ("IBP", "CROWN-IBP", "CROWN")
IMAGES = 3
TASKS = (  # net, norm, epsilon
    ("kw_mnist_eps0.1", np.inf, 0.1),
    ("kw_mnist_eps0.1", 2, 0.5),
    ("madry_mnist_cnn_tiny", np.inf, 0.02),
)


def margins(net: str, norm: float, epsilon: float, x: torch.Tensor, y: torch.Tensor):
    """Yields each method with its margins and seconds for one image."""
    module = nets.build(SHARED / "models", net).double()
    classes = torch.eye(10)
    for method in METHODS:
        # a module remembers intermediate bounds: a new one for each method
        bounded = BoundedModule(module, x[:1], bound_opts={"conv_mode": "matrix"})
        for row in range(len(x)):
            ball = PerturbationLpNorm(norm=norm, eps=epsilon)
            if norm == np.inf:
                low, high = (x[row : row + 1] - epsilon).clamp(0), (x[row : row + 1] + epsilon).clamp(max=1)
                ball = PerturbationLpNorm(norm=norm, eps=epsilon, x_L=low, x_U=high)
            asked = (classes[y[row]] - classes)[[c for c in range(10) if c != y[row]]]
            start = time.perf_counter()
            least, _ = bounded.compute_bounds(
                x=(BoundedTensor(x[row : row + 1], ball),), method=method, C=asked[None]
            )
            yield method, row, least[0].tolist(), time.perf_counter() - start


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    images, labels = data.idx(SHARED / "mnist")
    x = torch.from_numpy(images[:IMAGES].astype(np.float32)).double().reshape(-1, 1, 28, 28)
    y = torch.from_numpy(labels[:IMAGES].astype(np.int64))
    table = []
    with FIXTURE.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for net, norm, epsilon in TASKS:
            epsilon32 = float(np.float32(epsilon))  # what Java's float says
            name = "linf" if norm == np.inf else "l2"
            seconds: dict[str, list[float]] = {}
            for method, row, least, took in margins(net, norm, epsilon32, x, y):
                rows.writerow([net, name, epsilon, method, row, int(y[row]), *map(repr, least)])
                seconds.setdefault(method, []).append(took)
            for method, took in seconds.items():
                table.append(f"| {net} | {name} {epsilon} | {method} | {np.median(took):.2f} |")
    lines = [
        "# bounds",
        "",
        f"auto_LiRPA {auto_LiRPA.__version__}, torch {torch.__version__}, one thread, 64 bits; "
        f"the first {IMAGES} MNIST images, one at a time. Written by `bounds.py`.",
        "",
        "| net | ball | method | median seconds for an image |",
        "|---|---|---|---|",
        *table,
    ]
    (HERE / "results/bounds.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
