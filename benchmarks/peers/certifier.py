"""Certifies images with the code of the method's authors, as it lies in .cache/smoothing.

Their `core.py` is run as it is. Two names are put where it looks for them: scipy has dropped
`binom_test`, and the noise is wanted on CUDA, of which this machine need not have any.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import scipy.stats
import torch

import data
from prepare import CACHE

CLASSES = 10
BATCH = 1000  # as in their certify.py


def authors():
    """Their class, which keeps its counts of the last two samples."""
    scipy.stats.binom_test = lambda k, n, p: scipy.stats.binomtest(int(k), int(n), p).pvalue
    drawn = torch.randn_like
    torch.randn_like = lambda batch, device: drawn(batch)
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
    o = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    x, y = data.read(o.data)
    net = torch.jit.load(str(o.net))
    smooth = authors()(net, CLASSES, o.sigma)
    smooth.certify(torch.from_numpy(x[0]), o.n0, BATCH, o.alpha, BATCH)  # warms up
    rows = []
    began = time.process_time()
    for image, label in zip(torch.from_numpy(x), y):
        prediction, radius = smooth.certify(image, o.n0, o.n, o.alpha, BATCH)
        selection, estimation = smooth.samples
        candidate = int(selection.argmax())
        row = {"label": int(label), "prediction": int(prediction), "radius": float(radius)}
        rows.append(row | {"candidate": candidate, "votes": int(estimation[candidate])})
    seconds = time.process_time() - began
    passes = len(x) * (o.n0 + o.n)
    o.report.write_text(json.dumps({"seconds": seconds, "passes": passes, "examples": rows}))


if __name__ == "__main__":
    main()
