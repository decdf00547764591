"""ART's detectors of poisoned rows, at its defaults, on the activations that Gauntlet's looked at.

    mvn ... -Dexec.mainClass=io.gauntlet.benchmarks.Detectors -Dexec.args="... --features FOLDER"
    python detectors.py FOLDER detectors-art.json

then Detectors again with --beside detectors-art.json, which measures nothing twice and writes one
table of both. ART asks a classifier for the activations of a layer; the one here has them already.
What is flagged is what ART's own detect_poison returns.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
from art.defences.detector.poison import ActivationDefence, SpectralSignatureDefense

SEED = 0  # ART takes none: its k-means draws from NumPy's global generator


class Recorded:
    """As much of an ART classifier as its detectors ask: the activations that were read before."""

    layer_names = ["penultimate"]
    clip_values = None

    def __init__(self, activations: np.ndarray, classes: int) -> None:
        self.activations = activations
        self.nb_classes = classes

    def get_activations(self, x: np.ndarray, **_: object) -> np.ndarray:
        assert x is self.activations
        return self.activations


def flagged(detector: type, activations: np.ndarray, labels: np.ndarray) -> np.ndarray:
    classes = int(labels.max()) + 1
    found = detector(Recorded(activations, classes), activations, np.eye(classes)[labels])
    _, clean = found.detect_poison()
    return np.asarray(clean) == 0


DETECTORS = {
    "ART spectral signatures": SpectralSignatureDefense,
    "ART activation clustering": ActivationDefence,
}


def measurements(file: Path) -> list[dict[str, object]]:
    attack, rate, seed = file.stem.split(",")
    rows = np.load(file)
    poisoned = np.load(file.with_name("poisoned," + file.name))["x"][:, 0] == 1
    found = []
    for name, detector in DETECTORS.items():
        np.random.seed(SEED)
        accused = flagged(detector, rows["x"], rows["y"])
        found.append(
            {
                "planting": {
                    "attack": attack.replace("_", " "),
                    "rate": float(rate),
                    "seed": int(seed),
                },
                "detector": name,
                "found": {
                    "poisoned": int(poisoned.sum()),
                    "clean": int((~poisoned).sum()),
                    "found": int((accused & poisoned).sum()),
                    "accused": int((accused & ~poisoned).sum()),
                },
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", type=Path, help="folder that Detectors wrote")
    parser.add_argument("out", type=Path, help="JSON to write")
    options = parser.parse_args()
    files = sorted(
        file for file in options.features.glob("*.npz") if not file.name.startswith("poisoned,")
    )
    if not files:
        sys.exit(f"no activations in {options.features}")
    found = [measured for file in files for measured in measurements(file)]
    half = options.out.with_suffix(".half")
    half.write_text(json.dumps({"nets": [], "measurements": found}, indent=1) + "\n")
    os.replace(half, options.out)


if __name__ == "__main__":
    main()
