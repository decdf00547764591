"""CLEVER scores by ART and by Gauntlet of the same net and images.

    python benchmarks/peers/clever.py

Same norm, radius, batches and samples; each side draws its own points, two seeds each, so that what
differs between the sides can be held against what differs between seeds. ART's `clever_u` runs as
it is; the maxima that it fits and the location that it finds are read as they pass by. It draws ten
times as many points as a batch has and takes every batch from these; Gauntlet draws each anew.
Writes results/clever.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from art.estimators.classification import PyTorchClassifier
from art.metrics import metrics

import data
import nets
import prepare
import table

NET = "madry_mnist_cnn_tiny"
BALLS = (("linf", np.inf, 0.2), ("l2", 2, 2.0))
IMAGES, BATCHES, SAMPLES, SEEDS = 2, 50, 32, (1, 2)
DIVERGED = 10  # times the largest slope that was seen


class Fits:
    """Stands between ART and SciPy's Weibull distribution and remembers what passes."""

    def __init__(self) -> None:
        self.weibull = metrics.weibull_min
        self.seen: list[tuple[float, float]] = []  # the largest slope and the location

    def fit(self, negated: np.ndarray, *arguments, **options):
        found = self.weibull.fit(negated, *arguments, **options)
        self.seen.append((float(-negated.min()), float(-found[1])))
        return found


def art(x: np.ndarray, norm: float, radius: float, seed: int) -> list[dict]:
    module = nets.build(prepare.SHARED / "models", NET)
    classifier = PyTorchClassifier(
        module, torch.nn.CrossEntropyLoss(), nets.NETS[NET].shape, 10, clip_values=(0, 1)
    )
    np.random.seed(seed)
    rows = []
    for image in x:
        metrics.weibull_min = fits = Fits()
        score = metrics.clever_u(classifier, image, BATCHES, SAMPLES, radius, norm, verbose=False)
        metrics.weibull_min = fits.weibull
        good = [largest <= at <= DIVERGED * largest for largest, at in fits.seen]
        slopes = [at if ok else None for ok, (_, at) in zip(good, fits.seen)]
        rows.append({"score": float(score), "slopes": slopes})
    return rows


def gauntlet(classpath: str, norm: str, radius: float, seed: int) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        command = ["java", "-Xmx1g", "-cp", classpath, "io.gauntlet.benchmarks.Estimator"]
        command += ["--net", str(prepare.torchscript(NET)), "--norm", norm, "--radius", str(radius)]
        command += ["--data", str(prepare.images(NET, IMAGES, "correct")), "--seed", str(seed)]
        command += ["--batches", str(BATCHES), "--samples", str(SAMPLES), "--report", str(report)]
        subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
        rows = json.loads(report.read_text())
    slopes = [[r["slope"] if r["fitted"] else None for r in row["rivals"]] for row in rows]
    return [{"score": row["score"], "slopes": fitted} for row, fitted in zip(rows, slopes)]


def ratios(one: list[dict], other: list[dict]) -> list[float]:
    """Of the locations that both sides have fitted, rival by rival."""
    pairs = [p for a, b in zip(one, other) for p in zip(a["slopes"], b["slopes"])]
    return [a / b for a, b in pairs if a and b]


def spread(name: str, found: list[float]) -> dict[str, str]:
    low, middle, high = np.quantile(found, (0.1, 0.5, 0.9)) if found else [np.nan] * 3
    return {
        "locations of": name,
        "rivals": str(len(found)),
        "median ratio": f"{middle:.3f}",
        "10 % to 90 %": f"{low:.3f} to {high:.3f}",
    }


def section(ball: str, radius: float, ours: list[list[dict]], theirs: list[list[dict]]) -> list[str]:
    sides = {"Gauntlet": ours, "ART": theirs}
    scores = [
        {"image": str(i)}
        | {
            f"{name}, seed {seed}": f"{rows[i]['score']:.4g}"
            for name, runs in sides.items()
            for seed, rows in zip(SEEDS, runs)
        }
        for i in range(IMAGES)
    ]
    comparisons = [
        spread("Gauntlet to ART", [r for a, b in zip(ours, theirs) for r in ratios(a, b)]),
        spread("Gauntlet, seed to seed", ratios(*ours)),
        spread("ART, seed to seed", ratios(*theirs)),
    ]
    lacking = {
        name: sum(slope is None for rows in runs for row in rows for slope in row["slopes"])
        for name, runs in sides.items()
    }
    total = len(SEEDS) * IMAGES * 9
    return [
        f"## {ball} {radius:g}",
        "",
        *table.table(scores),
        "",
        *table.table(comparisons),
        "",
        f"Without a location: Gauntlet {lacking['Gauntlet']} of {total} fits (the largest slope stands"
        f" for it), ART {lacking['ART']} of {total} (what its optimiser ended with stands).",
        "",
    ]


def main(classpath: str) -> None:
    torch.set_num_threads(1)
    x, _ = data.read(prepare.images(NET, IMAGES, "correct"))
    lines = [
        "# clever",
        "",
        f"{NET}, the first {IMAGES} MNIST images that it gets right; {BATCHES} batches of {SAMPLES}"
        " points. ART 1.20.1's `clever_u` and Gauntlet's `Clever`. Written by `clever.py`.",
        "",
    ]
    for ball, norm, radius in BALLS:
        ours = [gauntlet(classpath, ball, radius, seed) for seed in SEEDS]
        theirs = [art(x, norm, radius, seed) for seed in SEEDS]
        lines += section(ball, radius, ours, theirs)
        print("\n".join(lines[4:]), flush=True)
    (prepare.PEERS / "results" / "clever.md").write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main(prepare.classpath())
