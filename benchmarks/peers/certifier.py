"""Certifies images with the code of the method's authors, as it lies in .cache/smoothing.

Their `core.py` is run as it is. Two names are put where it looks for them: scipy has dropped
`binom_test`, and the noise is wanted on CUDA, of which this machine need not have any. With
--copies the noise is the one in the noisy copies that Gauntlet's certifier voted on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import scipy.stats
import torch

import data
from prepare import CACHE

CLASSES = 10
BATCH = 1000  # as in their certify.py
MOST_OFF = 1e-6  # of a pixel, by rounding


class Copies:
    """Noisy copies that another certifier has made of the same images, in the same order."""

    def __init__(self, file: Path, sigma: float) -> None:
        self.stream = file.open("rb")
        self.sigma = sigma
        self.furthest = 0.0  # what a copy is off after its noise was taken out and added again

    def noise(self, batch: torch.Tensor) -> torch.Tensor:
        """What the next of them have in them, in deviations."""
        values = np.frombuffer(self.stream.read(4 * batch.numel()), dtype="<f4")
        copies = torch.from_numpy(values.reshape(batch.shape).copy())
        noise = (copies - batch) / self.sigma
        off = (batch + noise * self.sigma - copies).abs().max()
        self.furthest = max(self.furthest, float(off))
        return noise

    def finish(self) -> None:
        assert not self.stream.read(1), "copies are left"
        assert self.furthest <= MOST_OFF, f"a copy came back {self.furthest} off"


def authors():
    """Their class, which keeps its counts of the last two samples."""
    scipy.stats.binom_test = lambda k, n, p: scipy.stats.binomtest(int(k), int(n), p).pvalue
    sys.path.insert(0, str(CACHE / "smoothing" / "code"))
    import core

    class Keeping(core.Smooth):
        samples = ()

        def _sample_noise(self, *arguments):
            counts = super()._sample_noise(*arguments)
            self.samples = (*self.samples[-1:], counts)
            return counts

    return Keeping


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind in {"net": Path, "data": Path, "sigma": float, "n0": int, "n": int,
                       "alpha": float, "seed": int, "report": Path}.items():
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--copies", type=Path, help="of the Certifier, to take the noise from")
    o = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    x, y = data.read(o.data)
    net = torch.jit.load(str(o.net))
    smooth = authors()(net, CLASSES, o.sigma)
    own = torch.randn_like
    torch.randn_like = lambda batch, device: own(batch)
    smooth.certify(torch.from_numpy(x[0]), o.n0, BATCH, o.alpha, BATCH)  # warms up
    copies = Copies(o.copies, o.sigma) if o.copies else None
    if copies:
        torch.randn_like = lambda batch, device: copies.noise(batch)
    rows = []
    began = time.process_time()
    for image, label in zip(torch.from_numpy(x), y):
        prediction, radius = smooth.certify(image, o.n0, o.n, o.alpha, BATCH)
        selection, estimation = smooth.samples
        candidate = int(selection.argmax())
        row = {"label": int(label), "prediction": int(prediction), "radius": float(radius)}
        rows.append(row | {"candidate": candidate, "votes": int(estimation[candidate])})
    seconds = time.process_time() - began
    if copies:
        copies.finish()
    passes = len(x) * (o.n0 + o.n)
    o.report.write_text(json.dumps({"seconds": seconds, "passes": passes, "examples": rows}))


if __name__ == "__main__":
    main()
