"""Runs the suite `smoothing`: certified accuracy by radius, Gauntlet's and the authors' of the method.

    python benchmarks/peers/smoothing.py

Both certify the same images with the same base net, n0, n and alpha, the authors' code twice: under
noise that it draws, and under the very noise that Gauntlet drew. It must lie in .cache/smoothing:

    git clone https://github.com/locuslab/smoothing benchmarks/peers/.cache/smoothing

The results stand in benchmarks/peers/results/smoothing.json and .md, whole after every run;
--resume goes on after a kill.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from scipy.stats import beta, binom, hypergeom, norm
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
ABSTAIN = -1
AUTHORS = "authors"
SAME_NOISE = "authors, Gauntlet's noise"
CONTENDERS = (GAUNTLET, AUTHORS, SAME_NOISE)
ROUNDING = 1e-9  # of a radius: two libraries invert the normal distribution
LEVEL = 0.01  # of the tests whether two counts differ
FIELDS = ("label", "prediction", "radius", "candidate", "votes")  # of an example


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


def images(count: int, turn: int) -> Path:
    """The next so many test images, in an order that is drawn once."""
    file = FOLDER / f"test-{count}-{turn}.npz"
    if not file.exists():
        x, y = data.read(thefts.images("mnist", "test"))
        rows = np.random.default_rng(0).permutation(len(x))[count * turn : count * (turn + 1)]
        data.save(file, x[rows], y[rows])
    return file


def run(o: argparse.Namespace, classpath: str, library: str, sigma: float, turn: int) -> dict:
    """One run; a failure is a result too."""
    java = ["java", *o.jvm, "-cp", classpath, "io.gauntlet.benchmarks.Certifier"]
    command = java if library == GAUNTLET else [sys.executable, "certifier.py"]
    task = ["--net", str(base(sigma)), "--data", str(images(o.images, turn)), "--sigma", str(sigma)]
    task += ["--n0", str(o.n0), "--n", str(o.n), "--alpha", str(o.alpha), "--seed", str(turn)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        report, errors, copies = (Path(folder, name) for name in ("report", "errors", "copies"))
        if library == SAME_NOISE:
            os.mkfifo(copies)
            task += ["--copies", str(copies)]
            source = subprocess.Popen([*java, *task, "--report", os.devnull], env=environment,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            usage = watch([*command, *task, "--report", str(report)], environment, errors, MOST_SECONDS)
        finally:
            if library == SAME_NOISE:
                source.kill()
                source.wait()
        if usage.status != 0 or not report.exists():
            return {"failure": reason(usage, errors)}
        found = json.loads(report.read_text())
    found["examples"] = [[row[field] for field in FIELDS] for row in found["examples"]]
    return found


def radii(sigma: float, settings: dict) -> list[float]:
    """Multiples of a quarter up to the largest radius that can be certified, at most so many."""
    largest = sigma * norm.ppf(settings["alpha"] ** (1 / settings["n"]))
    step = 0.25 * max(1, round(largest / (COLUMNS - 1) / 0.25))
    return [step * i for i in range(COLUMNS) if step * i <= largest]


def certified(found: dict, radius: float) -> float:
    """As their analyze.py counts: right, and at least so far."""
    rows = found["examples"]
    least = radius - ROUNDING
    return sum(y == predicted and proven >= least for y, predicted, proven, *_ in rows) / len(rows)


def expected(found: dict, radius: float, sigma: float, settings: dict) -> float:
    """What a fresh run would certify on average if the shares of this one's votes were the truth."""
    least, n = enough(radius, sigma, settings), settings["n"]
    right = [votes for y, _, _, candidate, votes in found["examples"] if y == candidate]
    return binom.sf(least - 1, n, np.array(right) / n).sum() / len(found["examples"])


def average_radius(found: dict) -> float:
    rows = found["examples"]
    return sum(proven for y, predicted, proven, *_ in rows if y == predicted) / len(rows)


def row(title: str, found: dict, columns: list[float]) -> dict[str, str]:
    abstained = sum(predicted == ABSTAIN for _, predicted, *_ in found["examples"])
    alone = found.get("secondsOfPassesAlone")
    return (
        {"contender": title}
        | {f"{radius:g}": f"{100 * certified(found, radius):.1f}" for radius in columns}
        | {
            "mean radius": f"{average_radius(found):.4f}",
            "abstained": str(abstained),
            "µs a copy": f"{1e6 * found['seconds'] / found['passes']:.1f}",
            "net alone": f"{1e6 * alone / found['passes']:.1f}" if alone else "",
        }
    )


@dataclass(frozen=True)
class Pair:
    """The images of which both have counted the same class. What that is was drawn before."""

    ours: np.ndarray  # votes of n
    theirs: np.ndarray
    n: int

    @staticmethod
    def of(ours: dict, theirs: dict, n: int) -> Pair:
        both = zip(ours["examples"], theirs["examples"])
        counts = [(a[4], b[4]) for a, b in both if a[3] == b[3]]
        return Pair(*np.array(counts).T, n)

    def given_both(self) -> list:
        """If both draw from one distribution, the votes of one among those of both."""
        return [hypergeom(2 * self.n, total, self.n) for total in self.ours + self.theirs]

    def luck(self, least: int) -> float:
        """Standard deviation of the difference between the images that get at least so many votes."""
        totals = self.ours + self.theirs
        one_alone = [
            one.sf(max(least, total - least + 1) - 1)
            for one, total in zip(self.given_both(), totals)
        ]
        return math.sqrt(2 * sum(one_alone))

    def rejected(self, level: float) -> tuple[int, float, float]:
        """Images whose votes Fisher's exact test tells apart, how many it must, and its p-value."""
        found, sizes = 0, []
        for votes, one in zip(self.ours, self.given_both()):
            low, high = one.support()
            probabilities = one.pmf(np.arange(low, high + 1))
            order = np.argsort(probabilities)
            p_values = np.empty(len(order))
            p_values[order] = np.cumsum(probabilities[order])
            found += p_values[votes - low] <= level
            sizes.append(probabilities[p_values <= level].sum())
        counts = np.ones(1)  # probability of each number of rejections
        for size in sizes:
            counts = np.convolve(counts, [1 - size, size])
        return int(found), sum(sizes), float(counts[found:].sum())

    def difference(self) -> tuple[float, float]:
        """Mean difference of the votes in n, and its standard deviation if there is none."""
        variance = sum(4 * one.var() for one in self.given_both())  # of 2 ours - both
        return float((self.ours - self.theirs).mean()), math.sqrt(variance) / len(self.ours)


def comparison(ours: dict, theirs: dict, sigma: float, settings: dict) -> list[dict[str, str]]:
    """What one has more than the other, and how much of it two runs of one certifier would have."""
    columns, pair = radii(sigma, settings), Pair.of(ours, theirs, settings["n"])
    share = 100 / len(ours["examples"])
    luck = {radius: share * pair.luck(enough(radius, sigma, settings)) for radius in columns}
    fresh = {
        radius: expected(ours, radius, sigma, settings) - expected(theirs, radius, sigma, settings)
        for radius in columns
    }
    blank = dict.fromkeys(("abstained", "µs a copy", "net alone"), "")
    return [
        {"contender": "difference"}
        | {f"{r:g}": f"{100 * (certified(ours, r) - certified(theirs, r)):+.1f}" for r in columns}
        | {"mean radius": f"{average_radius(ours) - average_radius(theirs):+.4f}"}
        | blank,
        {"contender": "luck"}
        | {f"{r:g}": f"±{luck[r]:.1f}" for r in columns}
        | {"mean radius": ""}
        | blank,
        {"contender": "of fresh runs"}
        | {f"{r:g}": f"{100 * fresh[r]:+.1f}" for r in columns}
        | {"mean radius": ""}
        | blank,
    ]


def largest_difference(ours: dict, theirs: dict) -> tuple[float, float]:
    """Of the certified accuracies, and the radius where it is."""
    every = sorted({row[2] for run in (ours, theirs) for row in run["examples"]})
    return max((abs(certified(ours, r) - certified(theirs, r)), r) for r in every)


def under_one_noise(ours: dict, theirs: dict) -> str:
    """What is left between the two where they have seen the same copies."""
    fields = [[row[i] for i in (3, 4, 1)] for run in (ours, theirs) for row in run["examples"]]
    half = len(fields) // 2
    same = sum(a == b for a, b in zip(fields[:half], fields[half:]))
    largest, _ = largest_difference(ours, theirs)
    return (
        f"- Under the very noise that Gauntlet drew the authors' code counts the same class, the same"
        f" votes and makes the same prediction on {same} of {half} images; at any radius the certified"
        f" accuracies differ by at most {100 * largest:.1f} points."
    )


def verdict(ours: dict, theirs: dict, sigma: float, settings: dict) -> list[str]:
    """What the single images say."""
    pair = Pair.of(ours, theirs, settings["n"])
    found, expected, p_value = pair.rejected(LEVEL)
    mean, deviation = pair.difference()
    largest, where = largest_difference(ours, theirs)
    off = max(
        abs(reach(row[4], sigma, settings) - row[2])
        for run in (ours, theirs)
        for row in run["examples"]
    )
    return [
        f"- Each under its own noise they differ at any radius by at most {100 * largest:.1f} points, at {where:.3f} of"
        f" {reach(settings['n'], sigma, settings):.3f} that can be certified.",
        f"- Of {len(pair.ours)} images on which both count the same class, Fisher's exact test tells"
        f" the votes of the two apart at {LEVEL:.0%} for {found}; it would for {expected:.2f} if they"
        f" were draws of one distribution (as many or more: p = {p_value:.2f}).",
        f"- Gauntlet counts {mean:+.2f} ± {deviation:.2f} votes in {settings['n']:,} more than the"
        " authors on average.",
        f"- Both make the same of the same votes: their radii are those of one formula within {off:.0e}.",
        "",
    ]


def reach(votes: int, sigma: float, settings: dict) -> float:
    """The radius that so many votes certify."""
    bound = beta.ppf(settings["alpha"], votes, settings["n"] - votes + 1) if votes else 0
    return sigma * norm.ppf(max(bound, 0.5))


def enough(radius: float, sigma: float, settings: dict) -> int:
    """The fewest votes that certify so far."""
    n, counts = settings["n"], np.arange(1, settings["n"] + 1)
    bounds = beta.ppf(settings["alpha"], counts, n - counts + 1)
    return int(counts[bounds >= norm.cdf(radius / sigma)][0])


def together(rounds: list[dict]) -> dict:
    """One run of the images of all rounds."""
    sums = ("seconds", "secondsOfPassesAlone", "passes")
    return {
        "examples": [row for run in rounds for row in run["examples"]],
        **{field: sum(run[field] for run in rounds) for field in sums if field in rounds[0]},
    }


def markdown(results: dict) -> str:
    machine, settings = results["machine"], results["settings"]
    lines = [
        "# smoothing",
        "",
        f"{machine['cpu']}, {machine['cores']} cores; {machine['java']};"
        f" Python {machine['python']}; torch {torch.__version__}.",
        "",
        "Certified accuracy in % on MNIST's test images by L2 radius, the same images and base net on"
        f" both sides; n0 {settings['n0']:,}, n {settings['n']:,}, alpha {settings['alpha']};"
        " one thread each. Columns: ../README.md.",
        "",
    ]
    for sigma, runs in table.grouped(results["runs"], lambda run: run["sigma"]).items():
        columns = radii(sigma, settings)
        good = {(run["library"], run["round"]): run for run in runs if "failure" not in run}
        turns = [turn for _, turn in good if all((one, turn) in good for one in CONTENDERS)]
        every = [together([good[one, turn] for turn in sorted(set(turns))]) for one in CONTENDERS if turns]
        lines += [f"## sigma {sigma}, {sum(len(run['examples']) for run in every[:1])} images", ""]
        if turns:
            ours, theirs, same_noise = every
            rows = [row(title, found, columns) for title, found in zip(CONTENDERS, every)]
            lines += [*table.table(rows + comparison(ours, theirs, sigma, settings)), ""]
            lines += [under_one_noise(ours, same_noise), *verdict(ours, theirs, sigma, settings)]
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
    parser.add_argument("--images", type=int, default=50, help="test images of a round")
    parser.add_argument("--rounds", type=int, default=10, help="each of other images")
    parser.add_argument("--n0", type=int, default=100, help="noisy copies that choose the class")
    parser.add_argument("--n", type=int, default=10_000, help="noisy copies that certify it")
    parser.add_argument("--alpha", type=float, default=0.001)
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    parser.add_argument("--libraries", nargs="+", default=list(CONTENDERS), help="these only")
    parser.add_argument("--jvm", nargs="+", default=["-Xmx1g", "-XX:ActiveProcessorCount=1"],
                        help="options of the JVM")
    parser.add_argument("--resume", action="store_true", help="keep the runs that are finished")
    o = parser.parse_args()
    if o.quick:
        o.images, o.rounds, o.n = 10, 2, 200
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
    for turn, sigma, library in product(range(o.rounds), o.sigmas, o.libraries):
        key = {"sigma": sigma, "library": library, "round": turn}
        if any(found | key == found for found in runs):
            continue
        print(f"[{turn + 1}/{o.rounds}] sigma {sigma}: {library}", flush=True)
        found = key | run(o, classpath, library, sigma, turn)
        runs.append(found)
        print(f"    {found.get('failure') or format(average_radius(found), '.4f')}", flush=True)
        write(file, results | {"runs": runs})
    print(file.with_suffix(".md"))


if __name__ == "__main__":
    main()
