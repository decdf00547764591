"""Backdoors planted by Gauntlet and by ART in the same images, learnt by the same net from the same weights.

    python benchmarks/peers/backdoors.py --out benchmarks/peers/results/backdoors.md

io.gauntlet.benchmarks.Backdoors --export plants Gauntlet's. Both tools use a checkered patch, Gauntlet's
own and ART's own, at the corners where the paper has it, at the paper's rate: one tenth of all images
for BadNets, a third of the target class under its true label for Turner's attack (PGD at Linf 0.3 on one
honest net for both). The net is Backdoors' own, in PyTorch. ART's clean-label attack is also run with
Gauntlet's patch, and Gauntlet's on a net that it trained itself, from other first weights than PyTorch
draws: that tells what the patch and what the proxy does from what the attack does.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from torch import nn

import prepare
import run
import thefts

TARGET, CLASSES, BATCH = 0, 10, 64
PROXY = 1000  # its first weights are not the victim's, nor are those of Gauntlet's
Case = tuple[np.ndarray, np.ndarray, np.ndarray]  # inputs and labels to learn, inputs to ask


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, CLASSES),
    )


def trained(x: np.ndarray, y: np.ndarray, epochs: int, seed: int) -> nn.Module:
    net = network(seed)
    adam, loss = torch.optim.Adam(net.parameters()), nn.CrossEntropyLoss()
    images, labels = torch.from_numpy(x), torch.from_numpy(y)
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=order).split(BATCH):
            adam.zero_grad()
            loss(net(images[rows]), labels[rows]).backward()
            adam.step()
    return net


@torch.no_grad()
def answers(net: nn.Module, x: np.ndarray) -> np.ndarray:
    return torch.cat([net(part).argmax(1) for part in torch.from_numpy(x).split(1000)]).numpy()


def in_corner(x: np.ndarray) -> np.ndarray:
    from art.attacks.poisoning.perturbations import add_pattern_bd

    return add_pattern_bd(x, channels_first=True)


def in_all_corners(x: np.ndarray) -> np.ndarray:
    for axes in [(), (2,), (3,), (2, 3)]:
        x = np.flip(in_corner(np.flip(x, axes)), axes)
    return np.ascontiguousarray(x)


def art_badnets(x: np.ndarray, y: np.ndarray, proxy: nn.Module, rng: np.random.Generator):
    from art.attacks.poisoning import PoisoningAttackBackdoor

    rows = rng.choice(np.flatnonzero(y != TARGET), len(x) // 10, replace=False)
    x, y = x.copy(), y.copy()
    x[rows], labels = PoisoningAttackBackdoor(in_corner).poison(x[rows], np.eye(CLASSES)[TARGET], True)
    y[rows] = labels.argmax(1)
    return x, y, in_corner


def clean_label(stamp: Callable, x: np.ndarray, y: np.ndarray, proxy: nn.Module, rng: np.random.Generator):
    from art.attacks.poisoning import PoisoningAttackBackdoor, PoisoningAttackCleanLabelBackdoor
    from art.estimators.classification import PyTorchClassifier

    classifier = PyTorchClassifier(
        proxy, nn.CrossEntropyLoss(), (1, 28, 28), CLASSES, clip_values=(0, 1), device_type="cpu"
    )
    np.random.seed(rng.integers(2**31))  # ART draws from NumPy's global generator
    attack = PoisoningAttackCleanLabelBackdoor(
        PoisoningAttackBackdoor(stamp), classifier, np.eye(CLASSES)[TARGET]
    )
    poisoned, labels = attack.poison(x, np.eye(CLASSES)[y])
    return poisoned.astype(np.float32), labels.argmax(1), stamp


def patch(poisons: np.ndarray, asked: np.ndarray) -> Callable:
    """What is the same in everything that Gauntlet has stamped, stamped on other images."""
    stamped = np.concatenate([poisons, asked])
    everywhere = (stamped == stamped[:1]).all(0)
    return lambda x: np.where(everywhere, stamped[:1], x).astype(np.float32)


def images(folder: Path, seed: int) -> tuple[np.ndarray, ...]:
    """Those that Backdoors has learnt and asked, as it exported them."""
    clean = np.load(folder / f"clean,{seed},learnt.npz")
    test = np.load(folder / f"clean,{seed},asked.npz")
    return clean["x"], clean["y"], test["x"], test["y"]


def gauntlet(o: argparse.Namespace, classpath: str, folder: Path, seed: int, attack: str, *more: str) -> Case:
    """What Backdoors has learnt and asked."""
    command = ["java", "-cp", classpath, "io.gauntlet.benchmarks.Backdoors", f"--data={o.data}",
               f"--training={o.training}", f"--epochs={o.epochs}", f"--export={folder}",
               f"--out={folder / 'gauntlet.md'}", f"--attack={attack.replace(' ', '_')}", f"--seed={seed}"]
    subprocess.run([*command, *more], check=True, stdout=subprocess.DEVNULL)
    name = f"{attack.replace(' ', '_')},{seed}"
    learnt, asked = (np.load(folder / f"{name},{part}.npz") for part in ("learnt", "asked"))
    return learnt["x"], learnt["y"], asked["x"]


def row(o: argparse.Namespace, attack: str, tool: str, seed: int, case: Case, test, honest: float) -> str:
    x, y, asked = case
    net = trained(x, y, o.epochs, seed)
    accuracy = np.mean(answers(net, test[0]) == test[1])
    success = np.mean(answers(net, asked) == TARGET)
    return f"| {attack} | {tool} | {seed} | {accuracy:.2%} | {100 * (honest - accuracy):.2f} | {success:.2%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=prepare.SHARED / "mnist")
    parser.add_argument("--training", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--out", type=Path, required=True)
    o = parser.parse_args()
    torch.set_num_threads(1)
    machine = run.machine()
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores; {machine['java']}; Python {machine['python']};"
        f" torch {version('torch')}; ART {version('adversarial-robustness-toolbox')}",
        "",
        f"{o.training} images of {o.data.name} learnt for {o.epochs} epochs.",
        "",
        "| attack | planted by | seed | clean accuracy | drop | attack success |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        folder, classpath = Path(scratch), prepare.classpath()
        for seed in o.seeds:
            badnets = gauntlet(o, classpath, folder, seed, "badnets")
            x, y, *test = images(folder, seed)
            honest = trained(x, y, o.epochs, seed)
            accuracy = np.mean(answers(honest, test[0]) == test[1])
            proxy = trained(x, y, o.epochs, seed + PROXY)
            thefts.save(proxy, folder / "proxy.pt")

            def measure(attack: str, tool: str, case: Case) -> None:
                lines.append(row(o, attack, tool, seed, case, test, accuracy))
                o.out.write_text("\n".join(lines) + "\n")
                print(lines[-1], flush=True)

            def of_art(plant: Callable) -> Case:
                px, py, stamp = plant(x, y, proxy, np.random.default_rng(seed))
                return px, py, stamp(test[0][test[1] != TARGET])

            measure("badnets", "Gauntlet", badnets)
            measure("badnets", "ART", of_art(art_badnets))
            ours = gauntlet(o, classpath, folder, seed, "clean label", f"--proxy={folder / 'proxy.pt'}")
            measure("clean label", "Gauntlet", ours)
            measure("clean label", "ART", of_art(partial(clean_label, in_all_corners)))
            stamp = patch(ours[0][(ours[0] != x).any((1, 2, 3))], ours[2])
            case = of_art(partial(clean_label, stamp))
            assert np.array_equal(case[2], ours[2]), "the patch was not found"
            measure("clean label", "ART, Gauntlet's patch", case)
            case = gauntlet(o, classpath, folder, seed, "clean label")
            measure("clean label", "Gauntlet, its own proxy", case)


if __name__ == "__main__":
    main()
