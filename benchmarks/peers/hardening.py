"""Times one epoch of PGD adversarial training here and in PyTorch: same net, images and steps.

    python benchmarks/peers/hardening.py --images FOLDER/train-images-idx3-ubyte

Gauntlet and two loops of PyTorch, and Gauntlet with two steps and with the one of fast training, take turns, each in a fresh
process whose first epoch is not counted: `loss.backward()` in the attack as the published code of "Fast is better than free" has it
(which computes gradients by the weights and drops them), and `autograd.grad` by the input alone.
On one core everybody has one thread; on two, PyTorch has two and Gauntlet two workers of one.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from prepare import PEERS, classpath

EPSILON, STEPS, STEP_SIZE, BATCH = 0.3, 7, 0.25, 128
GAUNTLET, FAST, TWO = "Gauntlet", "Gauntlet, fast training", "Gauntlet, 2 steps"
BACKWARD, BY_INPUT = "PyTorch, loss.backward()", "PyTorch, autograd.grad"
RESULTS = PEERS / "results" / "hardening.md"


def examples(images: Path, count: int):
    """The first images, in [0, 1], and their labels."""
    import numpy as np
    import torch

    labels = images.with_name(images.name.replace("images", "labels").replace("idx3", "idx1"))
    x = np.fromfile(images, np.uint8, offset=16)[: count * 784].reshape(count, 1, 28, 28)
    y = np.fromfile(labels, np.uint8, offset=8)[:count]
    return torch.tensor(x, dtype=torch.float32) / 255, torch.tensor(y, dtype=torch.long)


def train(images: Path, count: int, epochs: int, by_input: bool) -> None:
    """PyTorch's side: prints for every epoch its seconds and those of all its threads."""
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    torch.manual_seed(1)
    x, y = examples(images, count)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 4, 2, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(1568, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(epochs):
        began, busy = time.perf_counter(), time.process_time()
        for rows in torch.randperm(count).split(BATCH):
            clean, label = x[rows], y[rows]
            delta = torch.empty_like(clean).uniform_(-EPSILON, EPSILON)
            delta = ((clean + delta).clamp(0, 1) - clean).requires_grad_(True)
            for _ in range(STEPS):
                loss = cross_entropy(net(clean + delta), label)
                if by_input:
                    (slope,) = torch.autograd.grad(loss, delta)
                else:
                    loss.backward()
                    slope = delta.grad.detach()
                moved = delta.detach() + STEP_SIZE * EPSILON * slope.sign()
                moved = moved.clamp(-EPSILON, EPSILON)
                delta.data = (clean + moved).clamp(0, 1) - clean
                if not by_input:
                    delta.grad.zero_()
            optimizer.zero_grad()
            cross_entropy(net(clean + delta.detach()), label).backward()
            optimizer.step()
        print(time.perf_counter() - began, time.process_time() - busy, flush=True)


Cost = tuple[float, float]  # seconds by the clock, and of all threads


def cost(o: argparse.Namespace, contender: str, cores: int, classes: str) -> Cost:
    """The median epoch of a fresh process, its first one left out."""
    work = ["--images", str(o.images), "--count", str(o.count), "--epochs", str(o.epochs)]
    if contender in (GAUNTLET, FAST, TWO):
        command = ["java", "-Xmx1g", f"-XX:ActiveProcessorCount={cores}", "-cp", classes]
        command += ["io.gauntlet.benchmarks.HardeningPace", *work, "--batch", str(BATCH)]
        command += ["--method", "FAST" if contender == FAST else "PGD"]
        steps = ["--steps", "2" if contender == TWO else str(STEPS)]
        command += [*steps, "--step-size", str(STEP_SIZE), "--epsilon", str(EPSILON)]
        threads = 1
    else:
        command = [sys.executable, __file__, *work, "--train"]
        command += ["--by-input"] if contender == BY_INPUT else []
        threads = cores
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    epochs = [[float(word) for word in line.split()] for line in run.stdout.splitlines()]
    clock, busy = zip(*epochs[1:])
    return statistics.median(clock), statistics.median(busy)


def row(cores: int, contender: str, costs: list[Cost], ours: list[Cost]) -> str:
    cells = []
    for kind in (0, 1):
        times = [cost[kind] for cost in costs]
        ratios = [cost[kind] / base[kind] for cost, base in zip(costs, ours)]
        cells += [spread(times), spread(ratios)]
    return f"| {cores} | {contender} | {' | '.join(cells)} |\n"


def spread(numbers: list[float]) -> str:
    return f"{statistics.median(numbers):.2f} ({min(numbers):.2f} to {max(numbers):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2048, help="images of an epoch")
    parser.add_argument("--epochs", type=int, default=3, help="of a process, the first not counted")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--classpath", help="of Gauntlet; otherwise Maven is asked")
    parser.add_argument("--train", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--by-input", action="store_true", help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.train:
        train(o.images, o.count, o.epochs, o.by_input)
        return
    classes = o.classpath or classpath()
    load = os.getloadavg()[0]
    table = ""
    for cores in o.cores:
        costs: dict[str, list[Cost]] = {name: [] for name in (GAUNTLET, BACKWARD, BY_INPUT, TWO, FAST)}
        for _ in range(o.rounds):
            for contender, measured in costs.items():
                measured.append(cost(o, contender, cores, classes))
        for contender, measured in costs.items():
            table += row(cores, contender, measured, costs[GAUNTLET])
    RESULTS.write_text(
        "# hardening\n\n"
        f"Seconds of an epoch of PGD adversarial training, by the clock and of all threads: {o.count} images of MNIST, batches of"
        f" {BATCH}, {STEPS} steps, {o.rounds} rounds in turns; median (least to most). Ratios are"
        " those of the same round. Where other work runs on the machine only the seconds of threads"
        " mean something.\n\n"
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at"
        " the start.\n\n"
        "| cores | contender | seconds by the clock | times Gauntlet's | of all threads |"
        " times Gauntlet's |\n|---|---|---|---|---|---|\n" + table
    )


if __name__ == "__main__":
    main()
