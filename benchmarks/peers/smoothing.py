"""Runs the suite `smoothing`: certified accuracy by radius, Gauntlet's and the authors' of the method.

    python benchmarks/peers/smoothing.py

Both certify the same images with the same base net, n0, n and alpha; only the noise they draw
differs. The authors' code must lie in .cache/smoothing:

    git clone https://github.com/locuslab/smoothing benchmarks/peers/.cache/smoothing

The results stand in benchmarks/peers/results/smoothing.json and .md, whole after every run;
--resume goes on after a kill.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
import torch
from scipy.stats import beta, binom, chi2, norm
from torch import nn

import data
import prepare
import table
import thefts
from run import machine, reason, watch
from suites import GAUNTLET

FOLDER = prepare.CACHE / "smoothing-nets"
MOST_SECONDS = 4 * 3600  # of one run
EPOCHS, BATCH, RATE = 10, 64, 1e-3  # of a base net
LEAST_ACCURACY = 0.8  # of a base net under its own noise
COLUMNS = 7  # radii to show
AUTHORS, ABSTAIN = "authors", -1


def base(sigma: float) -> Path:
    """A LeNet for MNIST that has learnt under Gaussian noise, fresh for every image of every epoch."""
    file = FOLDER / f"{sigma}.pt"
    if not file.exists():
        torch.manual_seed(0)
        net = thefts.untrained_copy()
        x, y = (torch.from_numpy(a) for a in data.read(thefts.images("mnist", "victims")))
        optimiser = torch.optim.Adam(net.parameters(), RATE)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(x)).split(BATCH):
                noisy = x[rows] + sigma * torch.randn(len(rows), *x.shape[1:])
                optimiser.zero_grad()
                nn.functional.cross_entropy(net(noisy), y[rows]).backward()
                optimiser.step()
        x, y = (torch.from_numpy(a) for a in data.read(thefts.images("mnist", "test")))
        right = float((thefts.answers(net, x + sigma * torch.randn(x.shape)) == y).float().mean())
        print(f"base net for sigma {sigma}: right on {right:.2%} of the noisy test images", flush=True)
        assert right >= LEAST_ACCURACY, f"the base net is right on {right:.2%} only"
        thefts.save(net, file)
    return file


def images(count: int) -> Path:
    """Every k-th of the 10,000 test images, as the authors take every 20th of CIFAR's."""
    file = FOLDER / f"test-{count}.npz"
    if not file.exists():
        x, y = data.read(thefts.images("mnist", "test"))
        data.save(file, x[:: len(x) // count][:count], y[:: len(y) // count][:count])
    return file


def run(o: argparse.Namespace, classpath: str, library: str, sigma: float, seed: int) -> dict:
    """One run; a failure is a result too."""
    java = ["java", *o.jvm, "-cp", classpath, "io.gauntlet.benchmarks.Certifier"]
    command = java if library == GAUNTLET else [sys.executable, "certifier.py"]
    command += ["--net", str(base(sigma)), "--data", str(images(o.images)), "--sigma", str(sigma)]
    command += ["--n0", str(o.n0), "--n", str(o.n), "--alpha", str(o.alpha), "--seed", str(seed)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        report, errors = Path(folder, "report"), Path(folder, "errors")
        usage = watch([*command, "--report", str(report)], environment, errors, MOST_SECONDS)
        if usage.status != 0 or not report.exists():
            return {"failure": reason(usage, errors)}
        found = json.loads(report.read_text())
    found["examples"] = [
        [row["label"], row["prediction"], round(row["radius"], 5)] for row in found["examples"]
    ]
    return found


def radii(sigma: float, settings: dict) -> list[float]:
    """Multiples of a quarter up to the largest radius that can be certified, at most so many."""
    largest = sigma * norm.ppf(settings["alpha"] ** (1 / settings["n"]))
    step = 0.25 * max(1, round(largest / (COLUMNS - 1) / 0.25))
    return [step * i for i in range(COLUMNS) if step * i <= largest]


def certified(found: dict, radius: float) -> float:
    """As their analyze.py counts: right, and at least so far."""
    rows = found["examples"]
    return sum(y == predicted and proven >= radius for y, predicted, proven in rows) / len(rows)


def average_radius(found: dict) -> float:
    rows = found["examples"]
    return sum(proven for y, predicted, proven in rows if y == predicted) / len(rows)


def row(title: str, found: dict, columns: list[float]) -> dict[str, str]:
    abstained = sum(predicted == ABSTAIN for _, predicted, _ in found["examples"])
    alone = found.get("secondsOfPassesAlone")
    return (
        {"contender": title}
        | {f"{radius:g}": f"{100 * certified(found, radius):.1f}" for radius in columns}
        | {
            "mean radius": f"{average_radius(found):.4f}",
            "abstained": str(abstained),
            "copies a second": f"{found['passes'] / found['seconds']:,.0f}",
            "net alone": f"{found['passes'] / alone:,.0f}" if alone else "",
        }
    )


def votes(found: dict, sigma: float, settings: dict) -> np.ndarray:
    """How many copies got the class of each image, which the radius tells; -1 where it abstains."""
    n = settings["n"]
    counts = np.arange(1, n + 1)
    bounds = np.maximum(beta.ppf(settings["alpha"], counts, n - counts + 1), 0.5)
    nearest = abs(sigma * norm.ppf(bounds)[:, None] - [row[2] for row in found["examples"]])
    unsure = [predicted == ABSTAIN for _, predicted, _ in found["examples"]]
    return np.where(unsure, -1, counts[nearest.argmin(0)])


def comparison(ours: dict, theirs: dict, sigma: float, settings: dict) -> list[dict[str, str]]:
    """What one has more than the other, and how much of it two runs of one certifier would have."""
    n, columns = settings["n"], radii(sigma, settings)
    a, b = (votes(found, sigma, settings) for found in (ours, theirs))
    share = np.clip((a + b + 1) / (2 * n + 2), 0, 1)
    luck = {}
    for radius in columns:
        least = enough(radius, sigma, settings)
        reached = binom.sf(least - 1, n, share)
        luck[radius] = math.sqrt(2 * (reached * (1 - reached)).sum()) / len(a)
    told = (a > 0) & (b > 0) & (a + b < 2 * n)
    mean = (a + b)[told] / (2 * n)
    squares = ((a - b)[told] ** 2 / (2 * n * mean * (1 - mean))).sum()
    same = chi2.sf(squares, told.sum())
    every = sorted({proven for found in (ours, theirs) for _, _, proven in found["examples"]})
    largest = max(abs(certified(ours, radius) - certified(theirs, radius)) for radius in every)
    blank = dict.fromkeys(("abstained", "copies a second", "net alone"), "")
    return [
        {"contender": f"difference (at any radius at most {100 * largest:.1f})"}
        | {f"{r:g}": f"{100 * (certified(ours, r) - certified(theirs, r)):+.1f}" for r in columns}
        | {"mean radius": f"{average_radius(ours) - average_radius(theirs):+.4f}"}
        | blank,
        {"contender": f"luck (votes alike: p = {same:.2f} over {told.sum()} images)"}
        | {f"{r:g}": f"±{100 * luck[r]:.1f}" for r in columns}
        | {"mean radius": ""}
        | blank,
    ]


def enough(radius: float, sigma: float, settings: dict) -> int:
    """The fewest votes that certify so far."""
    n, counts = settings["n"], np.arange(1, settings["n"] + 1)
    bounds = beta.ppf(settings["alpha"], counts, n - counts + 1)
    return int(counts[bounds >= norm.cdf(radius / sigma)][0])


def markdown(results: dict) -> str:
    machine, settings = results["machine"], results["settings"]
    lines = [
        "# smoothing",
        "",
        f"{machine['cpu']}, {machine['cores']} cores; {machine['java']};"
        f" Python {machine['python']}; torch {torch.__version__}.",
        "",
        f"Certified accuracy in % on {settings['images']:,} of MNIST's test images by L2 radius, the"
        f" same base net on both sides; n0 {settings['n0']:,}, n {settings['n']:,},"
        f" alpha {settings['alpha']}; one thread each. Columns: ../README.md.",
        "",
    ]
    for sigma, runs in table.grouped(results["runs"], lambda run: run["sigma"]).items():
        columns = radii(sigma, settings)
        good = [run for run in runs if "failure" not in run]
        rows = [row(f"{run['library']}, seed {run['seed']}", run, columns) for run in good]
        by = {(run["library"], run["seed"]): run for run in good}
        for (library, seed), found in by.items():
            if library == GAUNTLET and (AUTHORS, seed) in by:
                rows += comparison(found, by[AUTHORS, seed], sigma, settings)
        lines += [f"## sigma {sigma}", "", *(table.table(rows) if rows else []), ""]
        lines += [f"- {run['library']} failed: {run['failure']}" for run in runs if "failure" in run]
    return "\n".join(lines)


def write(file: Path, results: dict) -> None:
    """Both files, each whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = {file: json.dumps(results) + "\n", file.with_suffix(".md"): markdown(results)}
    for path, text in texts.items():
        half = path.with_name(path.name + ".half")
        half.write_text(text)
        os.replace(half, path)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true",
                        help="20 images, 200 copies; results stay in the cache")
    parser.add_argument("--images", type=int, default=500, help="test images, evenly spread")
    parser.add_argument("--n0", type=int, default=100, help="noisy copies that choose the class")
    parser.add_argument("--n", type=int, default=10_000, help="noisy copies that certify it")
    parser.add_argument("--alpha", type=float, default=0.001)
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--libraries", nargs="+", default=[GAUNTLET, AUTHORS], help="these only")
    parser.add_argument("--jvm", nargs="+", default=["-Xmx1g", "-XX:ActiveProcessorCount=1"],
                        help="options of the JVM")
    parser.add_argument("--resume", action="store_true", help="keep the runs that are finished")
    o = parser.parse_args()
    if o.quick:
        o.images, o.n = 20, 200
    return o


def main() -> None:
    o = options()
    torch.set_num_threads(1)
    folder = FOLDER / "results-quick" if o.quick else prepare.PEERS / "results"
    file = folder / "smoothing.json"
    settings = {"images": o.images, "n0": o.n0, "n": o.n, "alpha": o.alpha}
    before = json.loads(file.read_text()) if o.resume and file.exists() else {"runs": []}
    assert before.get("settings", settings) == settings, "--resume needs the settings of before"
    results = {"suite": "smoothing", "machine": machine(), "settings": settings}
    runs = [found for found in before["runs"] if "failure" not in found]
    classpath = prepare.classpath()
    for seed, sigma, library in product(o.seeds, o.sigmas, o.libraries):
        key = {"sigma": sigma, "library": library, "seed": seed}
        if any(found | key == found for found in runs):
            continue
        print(f"[seed {seed}] sigma {sigma}: {library}", flush=True)
        found = key | run(o, classpath, library, sigma, seed)
        runs.append(found)
        print(f"    {found.get('failure') or format(average_radius(found), '.4f')}", flush=True)
        write(file, results | {"runs": runs})
    print(file.with_suffix(".md"))


if __name__ == "__main__":
    main()
