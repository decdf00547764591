"""Measures what a contender returned, whoever it was: each image alone, in 64 bits."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import data
import nets

HALF_STEP = 2.0**-24  # float rounding of one pixel near 1


def distances(clean: np.ndarray, attacked: np.ndarray, norm: str) -> np.ndarray:
    delta = np.abs(attacked.astype(np.float64) - clean).reshape(len(clean), -1)
    match norm:
        case "linf":
            return delta.max(1)
        case "l2":
            return np.sqrt((delta**2).sum(1))
        case "l1":
            return delta.sum(1)
        case "l0":
            return (delta > 0).sum(1).astype(np.float64)
    raise ValueError(norm)


def rounding(norm: str, features: int) -> float:
    """How far outside a ball the float nearest to a point inside may lie."""
    return HALF_STEP * {"linf": 1, "l2": features**0.5, "l1": features, "l0": 0}[norm]


def judge(
    net: torch.nn.Module,
    clean: np.ndarray,
    labels: np.ndarray,
    attacked: np.ndarray,
    claims: set[int],
    norm: str,
    epsilon: float,
    of: int,
) -> dict:
    """What is adversarial: misclassified when asked alone, legal, and inside the ball.

    `of` is how many images these stand for: whatever is not here is proven to keep its label.
    """
    wrong = nets.logits(net, attacked, 1).argmax(1) != labels
    wrong_before = nets.logits(net, clean, 1).argmax(1) != labels
    legal = ((attacked >= 0) & (attacked <= 1)).reshape(len(clean), -1).all(1)
    distance = distances(clean, attacked, norm)
    excess = np.maximum(0, distance - epsilon)
    inside = legal & (excess <= rounding(norm, clean[0].size))
    fooled = wrong & inside
    reach = np.where(fooled, distance, np.inf)[~wrong_before]
    unfounded = claims - set(np.flatnonzero(wrong | wrong_before).tolist())
    return {
        "images": of,
        "attacked": len(clean),
        "cleanAccuracy": float(1 - wrong_before.sum() / of),
        "accuracyLeft": float(1 - (fooled | wrong_before).sum() / of),
        "medianDistance": float(np.median(reach)) if len(reach) else None,
        "unfoundedClaims": len(unfounded),
        "outside": int((wrong & ~inside).sum()),
        "largestExcess": float(excess[wrong].max(initial=0)),
        "broken": np.flatnonzero(fooled | wrong_before).tolist(),
        "distances": [float(f"{d:.7g}") for d in np.where(fooled, distance, np.inf)],
    }


def claims(report: dict) -> set[int]:
    """The images that a contender says it fooled."""
    if "fooled" in report:
        return set(report["fooled"])
    return {o["index"] for o in report["outcomes"] if o["outcome"] == "fooled"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", required=True, choices=nets.NETS)
    parser.add_argument("--models", required=True, type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--adversarial", required=True, type=Path)
    parser.add_argument("--report", required=True, type=Path)
    parser.add_argument("--norm", required=True)
    parser.add_argument("--epsilon", required=True, type=float)
    parser.add_argument("--of", required=True, type=int)
    parser.add_argument("--verdict", required=True, type=Path)
    s = parser.parse_args()
    torch.set_num_threads(1)
    clean, labels = data.read(s.data)
    attacked, _ = data.read(s.adversarial)
    said = claims(json.loads(s.report.read_text()))
    net = nets.build(s.models, s.net)
    verdict = judge(net, clean, labels, attacked, said, s.norm, s.epsilon, s.of)
    s.verdict.write_text(json.dumps(verdict))


if __name__ == "__main__":
    main()
